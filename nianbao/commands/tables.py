"""The command that writes tables, snapshots, feeds and captures for other programs."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from archive.catalogue.engine import Catalogue
from archive.exports.feeds import write_feeds
from archive.exports.snapshot import write_snapshot
from archive.exports.tables import Form, export_tables
from archive.exports.wacz import NoSuchSite, NothingToExport, Selection, export_wacz
from archive.history.standing import Clocks
from archive.queries import Filter, NoSuchReport, ask, find_report
from archive.regions import Level
from nianbao import __version__
from nianbao.commands.context import DONE_WITH_FAILURES, Home, open_home, opened, stop
from nianbao.commands.options import Agency, Known, LevelName, Region, Seen, Year, clocks_of
from nianbao.output import console, errors
from parsers.divisions import path_name


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
    wacz: Annotated[
        Path | None, typer.Option("--wacz", help="A WACZ file of captures, for programs that replay them.")
    ] = None,
    site: Annotated[str | None, typer.Option(help="With --wacz: what was crawled for one site.")] = None,
    report: Annotated[
        str | None, typer.Option(help="With --wacz: one report, by its number, 'AGENCY YEAR' or URL.")
    ] = None,
    agency: Agency = None,
    year: Year = None,
    region: Region = None,
    level: LevelName = None,
    seen: Seen = None,
    known: Known = None,
    licence: Annotated[
        str | None, typer.Option(help="The licence you give; it is written into what is exported.")
    ] = None,
) -> None:
    """Write the views as tables (figures long and wide, with a dictionary), a snapshot, feeds, or captures.

    Captures go out as they are, all or those that are named, with what their revisits refer to.

    Example: nianbao export --parquet out --region 640500 --licence CC0-1.0
    """
    folders = {Form.CSV: csv, Form.JSONL: jsonl, Form.PARQUET: parquet}
    if not any((*folders.values(), sqlite, feeds, wacz)):
        raise stop("say what to write: --csv, --jsonl, --parquet, --sqlite, --feeds or --wacz")
    if wacz is None and (site or report):
        raise stop("--site and --report go with --wacz")
    if wacz is not None and wacz.exists():
        raise stop(f"{wacz} exists already; give another name, or remove it")
    if parquet is not None and find_spec("pyarrow") is None:
        raise stop("--parquet needs pyarrow: pip install 'nianbao[parquet]'")
    clocks = clocks_of(seen, known)
    if not clocks.now and (sqlite or feeds or wacz):
        raise stop("--seen and --known go with --csv, --jsonl and --parquet")
    keep = Filter(agency=agency, year=year, region=region, level=level)
    home = open_home(context)
    with opened(home) as catalogue:
        for form, folder in folders.items():
            if folder is not None:
                _tables(catalogue, folder, form, keep, clocks, licence)
        if sqlite is not None:
            counts = write_snapshot(catalogue, sqlite, keep=keep, licence=licence)
            told = ", ".join(f"{count} {view}" for view, count in counts.items())
            console.print(f"{sqlite}: {told}", markup=False, soft_wrap=True)
        if feeds is not None:
            for path in write_feeds(catalogue, feeds, keep, _feed_title(region, level, agency)):
                console.print(str(path), markup=False, soft_wrap=True)
        if wacz is not None:
            _captures(home, catalogue, wacz, _selection(catalogue, site, report, keep))


def _selection(catalogue: Catalogue, site: str | None, report: str | None, keep: Filter) -> Selection:
    """Which captures are meant: of one site, one report, the reports that the filter keeps, or all."""
    if sum(way is not None for way in (site, report)) + (keep != Filter()) > 1:
        raise stop("of --site, --report and the filters of reports give only one with --wacz")
    if report is not None:
        try:
            return Selection(reports=(find_report(catalogue, report),))
        except NoSuchReport as error:
            raise stop(str(error)) from error
    if keep == Filter():
        return Selection(site=site)
    with ask(catalogue, "reports", keep) as found:
        place = found.columns.index("report_id")
        return Selection(reports=tuple(row[place] for row in found.rows))


def _captures(home: Home, catalogue: Catalogue, target: Path, keep: Selection) -> None:
    try:
        done = export_wacz(catalogue, home.path, target, keep, software=f"nianbao/{__version__}")
    except (NoSuchSite, NothingToExport) as error:
        raise stop(str(error)) from error
    size = f"{target.stat().st_size / 1e6:.1f} MB"
    told = f"{done.captures} captures of {done.files} WARC files, {done.pages} pages, {size}"
    console.print(f"{target}: {told}", markup=False, soft_wrap=True)
    if done.still_open:
        left = f"{done.still_open} captures are in WARC files that are not closed, and so not in it"
        console.print(f"{left}: export again when the crawl has ended", soft_wrap=True)
    for reason in done.unreadable:
        errors.print(f"not exported: {reason}", markup=False, soft_wrap=True)
    if done.unreadable:
        raise typer.Exit(DONE_WITH_FAILURES)


def _tables(
    catalogue: Catalogue, folder: Path, form: Form, keep: Filter, clocks: Clocks, licence: str | None
) -> None:
    for one in export_tables(catalogue, folder, form, keep=keep, clocks=clocks, licence=licence):
        console.print(f"{one.path}: {one.rows} rows", markup=False, soft_wrap=True)


_LEVELS = {Level.PROVINCE: "省级", Level.CITY: "市级", Level.COUNTY: "县级"}


def _feed_title(region: str | None, level: Level | None, agency: str | None) -> str:
    words = (path_name(region) if region else None, _LEVELS[level] if level else None, agency)
    whose = " ".join(word for word in words if word)
    return f"政府信息公开年报的变化{'：' + whose if whose else ''}"
