"""The command that writes tables, snapshots and feeds for other programs."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from archive.catalogue.engine import Catalogue
from archive.exports.feeds import write_feeds
from archive.exports.snapshot import write_snapshot
from archive.exports.tables import Form, export_tables
from archive.history.standing import Clocks
from archive.queries import Filter
from nianbao.commands.context import open_home, opened, stop
from nianbao.commands.options import Agency, Known, Region, Seen, Year, clocks_of
from nianbao.output import console


def export(
    context: typer.Context,
    csv: Annotated[Path | None, typer.Option("--csv", help="A folder for CSV files.")] = None,
    jsonl: Annotated[Path | None, typer.Option("--jsonl", help="A folder for JSON lines.")] = None,
    parquet: Annotated[Path | None, typer.Option("--parquet", help="A folder for Parquet files.")] = None,
    sqlite: Annotated[
        Path | None, typer.Option("--sqlite", help="A SQLite file for Datasette; metadata.json beside it.")
    ] = None,
    feeds: Annotated[
        Path | None, typer.Option("--feeds", help="A folder for changes.atom and changes.json.")
    ] = None,
    agency: Agency = None,
    year: Year = None,
    region: Region = None,
    seen: Seen = None,
    known: Known = None,
    licence: Annotated[
        str | None, typer.Option(help="The licence you give; it is written into what is exported.")
    ] = None,
) -> None:
    """Write the views as tables (figures long and wide, with a dictionary), a snapshot, or feeds of changes.

    Example: nianbao export --parquet out --region 640500 --licence CC0-1.0
    """
    folders = {Form.CSV: csv, Form.JSONL: jsonl, Form.PARQUET: parquet}
    if not any((*folders.values(), sqlite, feeds)):
        raise stop("say what to write: --csv, --jsonl, --parquet, --sqlite or --feeds")
    if parquet is not None and find_spec("pyarrow") is None:
        raise stop("--parquet needs pyarrow: pip install 'nianbao[parquet]'")
    clocks = clocks_of(seen, known)
    if not clocks.now and (sqlite or feeds):
        raise stop("--seen and --known go with --csv, --jsonl and --parquet")
    keep = Filter(agency=agency, year=year, region=region)
    with opened(open_home(context)) as catalogue:
        for form, folder in folders.items():
            if folder is not None:
                _tables(catalogue, folder, form, keep, clocks, licence)
        if sqlite is not None:
            counts = write_snapshot(catalogue, sqlite, keep=keep, licence=licence)
            told = ", ".join(f"{count} {view}" for view, count in counts.items())
            console.print(f"{sqlite}: {told}", markup=False, soft_wrap=True)
        if feeds is not None:
            for path in write_feeds(catalogue, feeds, keep, _feed_title(region, agency)):
                console.print(str(path), markup=False, soft_wrap=True)


def _tables(
    catalogue: Catalogue, folder: Path, form: Form, keep: Filter, clocks: Clocks, licence: str | None
) -> None:
    for one in export_tables(catalogue, folder, form, keep=keep, clocks=clocks, licence=licence):
        console.print(f"{one.path}: {one.rows} rows", markup=False, soft_wrap=True)


def _feed_title(region: str | None, agency: str | None) -> str:
    whose = " ".join(word for word in (region, agency) if word)
    return f"政府信息公开年报的变化{'：' + whose if whose else ''}"
