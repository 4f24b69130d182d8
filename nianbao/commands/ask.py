"""Commands that answer questions: reports, show, facts, changes, checks, coverage, runs, sql, get."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import text

from archive.catalogue.engine import Catalogue
from archive.queries import Filter, NoSuchReport, ask, find_blob, find_report
from archive.recorder import BlobMissing, FixityError, read_blob
from archive.sql import DEFAULT_SECONDS, SqlRefused, run_sql
from archive.warc.payload import UndecodableBody
from archive.warc.reader import RecordUnreadable
from nianbao.commands.context import DONE_WITH_FAILURES, open_home, opened, stop
from nianbao.output import Format, console, plain, print_rows

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Csv = Annotated[bool, typer.Option("--csv", help="Print CSV.")]
Agency = Annotated[str | None, typer.Option(help="A part of the agency's name.")]
Year = Annotated[int | None, typer.Option(help="The year reported on.")]
Region = Annotated[str | None, typer.Option(help="A division's code; all below it count, such as 640500.")]
ReportName = Annotated[str | None, typer.Option("--report", help="A report: number, 'AGENCY YEAR' or URL.")]


def _form(as_json: bool, as_csv: bool = False) -> Format:
    if as_json and as_csv:
        raise stop("give --json or --csv, not both")
    return Format.JSON if as_json else Format.CSV if as_csv else Format.TABLE


def _print(
    context: typer.Context, view: str, keep: Filter, form: Format, shown: tuple[str, ...] | None = None
) -> None:
    with opened(open_home(context)) as catalogue, ask(catalogue, view, keep) as found:
        print_rows(found, form, shown=shown)


def _report_id(context: typer.Context, name: str | None) -> int | None:
    if name is None:
        return None
    with opened(open_home(context)) as catalogue:
        return _find(catalogue, name)


def _find(catalogue: Catalogue, name: str) -> int:
    try:
        return find_report(catalogue, name)
    except NoSuchReport as error:
        raise stop(str(error)) from error


def reports(
    context: typer.Context,
    agency: Agency = None,
    year: Year = None,
    region: Region = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """List the reports.

    Example: nianbao reports --region 640500 --year 2023
    """
    shown = (
        "report_id",
        "agency",
        "year",
        "edition",
        "division_code",
        "published_on",
        "status",
        "versions",
        "url",
    )
    _print(context, "reports", Filter(agency=agency, year=year, region=region), _form(as_json, as_csv), shown)


def facts(
    context: typer.Context,
    report: ReportName = None,
    agency: Agency = None,
    year: Year = None,
    region: Region = None,
    table: Annotated[str | None, typer.Option(help="disclosure, requests, review or statistics.")] = None,
    row: Annotated[str | None, typer.Option(help="A row's code, such as received.")] = None,
    column: Annotated[str | None, typer.Option(help="A column's code, such as total.")] = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Print figures: one cell of a form a row.

    Example: nianbao facts --table requests --row received --column total
    """
    keep = Filter(
        report_id=_report_id(context, report),
        agency=agency,
        year=year,
        region=region,
        table=table,
        row=row,
        column=column,
    )
    shown = (
        *("report_id", "agency", "year", "table_code", "row_code", "column_code"),
        *("value", "state", "certainty", "raw"),
    )
    _print(context, "facts", keep, _form(as_json, as_csv), shown)


def changes(
    context: typer.Context,
    report: ReportName = None,
    agency: Agency = None,
    year: Year = None,
    region: Region = None,
    layer: Annotated[str | None, typer.Option(help="presence, location, bytes, content or field.")] = None,
    cause: Annotated[str | None, typer.Option(help="source, parser or correction.")] = None,
    run: Annotated[int | None, typer.Option(help="The number of a run.")] = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Print what changed, with the window between the captures that prove it.

    Example: nianbao changes --layer field
    """
    keep = Filter(
        report_id=_report_id(context, report),
        agency=agency,
        year=year,
        region=region,
        layer=layer,
        cause=cause,
        run_id=run,
    )
    shown = (
        "change_id",
        "agency",
        "year",
        "layer",
        "kind",
        "row_code",
        "column_code",
        "old_value",
        "new_value",
        "window_from",
        "window_to",
    )
    _print(context, "changes", keep, _form(as_json, as_csv), shown)


def checks(
    context: typer.Context,
    report: ReportName = None,
    agency: Agency = None,
    year: Year = None,
    failed: Annotated[bool, typer.Option("--failed", help="Only the checks that failed.")] = False,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Print the forms' own arithmetic, tried on the reports.

    Example: nianbao checks --failed
    """
    keep = Filter(report_id=_report_id(context, report), agency=agency, year=year, failed=failed)
    shown = ("report_id", "agency", "year", "rule", "scope", "passed", "expected", "actual")
    _print(context, "checks", keep, _form(as_json, as_csv), shown)


def coverage(
    context: typer.Context,
    agency: Agency = None,
    year: Year = None,
    region: Region = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Print which agency has published on which year, against the statutory dates.

    Example: nianbao coverage --region 640500
    """
    keep = Filter(agency=agency, year=year, region=region)
    _print(context, "coverage", keep, _form(as_json, as_csv))


def runs(context: typer.Context, as_json: Json = False, as_csv: Csv = False) -> None:
    """List the runs with their counts.

    Example: nianbao runs
    """
    _print(context, "runs", Filter(), _form(as_json, as_csv))


def show(
    context: typer.Context,
    report: Annotated[str, typer.Argument(help="A report: its number, 'AGENCY YEAR', or a URL of it.")],
    as_json: Json = False,
) -> None:
    """Show one report: what it is, its figures, its failed checks and its sections.

    Example: nianbao show '吴忠市民政局 2023'
    """
    with opened(open_home(context)) as catalogue:
        report_id = _find(catalogue, report)
        if as_json:
            _show_json(catalogue, report_id)
        else:
            _show_text(catalogue, report_id)


def _show_json(catalogue: Catalogue, report_id: int) -> None:
    """One object: the report's columns, and its facts, checks, sections and changes as lists."""
    keep = Filter(report_id=report_id)
    whole: dict[str, object] = {}
    for view in ("reports", "facts", "checks", "sections", "changes"):
        with ask(catalogue, view, keep) as found:
            rows = [dict(zip(found.columns, map(plain, row), strict=True)) for row in found.rows]
        if view == "reports":
            whole.update(rows[0])
        else:
            whole[view] = rows
    sys.stdout.write(json.dumps(whole, ensure_ascii=False, indent=1) + "\n")


def _show_text(catalogue: Catalogue, report_id: int) -> None:
    keep = Filter(report_id=report_id)
    with ask(catalogue, "reports", keep) as found:
        row = dict(zip(found.columns, next(found.rows), strict=True))
    console.print(f"{row['title'] or '(no title)'}", style="bold", markup=False, soft_wrap=True)
    for name in found.columns:
        if name != "title" and row[name] is not None:
            console.print(f"  {name:14} {plain(row[name])}", markup=False, soft_wrap=True)
    _show_figures(catalogue, report_id)
    with ask(catalogue, "checks", Filter(report_id=report_id, failed=True)) as found:
        failed = [dict(zip(found.columns, r, strict=True)) for r in found.rows]
    with catalogue.reading() as session:
        total = session.scalar(text("SELECT COUNT(*) FROM checks WHERE report_id = :id"), {"id": report_id})
    console.print(f"\nChecks: {total}, of which {len(failed)} failed", style="bold")
    for one in failed:
        console.print(f"  {one['rule']} {one['scope']}: {one['detail']}", markup=False, soft_wrap=True)
    with ask(catalogue, "sections", keep) as found:
        for _, _, heading, words in found.rows:
            console.print(f"\n{heading}", style="bold", markup=False, soft_wrap=True)
            console.print(words, markup=False, soft_wrap=True)


def _show_figures(catalogue: Catalogue, report_id: int) -> None:
    """All figures that are not 0, and every cell that is no number."""
    query = text(
        "SELECT table_code, row_code, column_code, value, state, raw FROM facts WHERE report_id = :id "
        "AND (value IS NULL OR value <> 0)"
    )
    with catalogue.reading() as session:
        total = session.scalar(text("SELECT COUNT(*) FROM facts WHERE report_id = :id"), {"id": report_id})
        rows = session.execute(query, {"id": report_id}).all()
    console.print(f"\nFigures: {total} cells, {total - len(rows)} of them 0", style="bold")
    for table, row, column, value, state, raw in rows:
        said = plain(value) if value is not None else f"({state}) {raw}"
        console.print(f"  {table}/{row}/{column} = {said}", markup=False, soft_wrap=True)


def sql(
    context: typer.Context,
    statement: Annotated[str, typer.Argument(help="One SELECT over the views or tables.")],
    seconds: Annotated[float, typer.Option(help="How long it may take.")] = DEFAULT_SECONDS,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Run read-only SQL.

    Example: nianbao sql "SELECT agency, value FROM facts WHERE row_code = 'licensing'"
    """
    form = _form(as_json, as_csv)
    with opened(open_home(context)) as catalogue:
        try:
            with run_sql(catalogue, statement, seconds) as found:
                print_rows(found, form)
        except SqlRefused as error:
            raise stop(str(error)) from error


def get(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="A file's sha256, or a URL (its newest capture).")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write here, not to the screen.")
    ] = None,
) -> None:
    """Give back an archived file, byte for byte, its sha256 proved.

    Example: nianbao get https://www.example.gov.cn/report.pdf -o report.pdf
    """
    home = open_home(context)
    with opened(home) as catalogue:
        try:
            data = read_blob(catalogue, home.path, find_blob(catalogue, name))
        except LookupError as error:
            raise stop(str(error)) from error
        except (BlobMissing, FixityError, RecordUnreadable, UndecodableBody) as error:
            raise stop(str(error), DONE_WITH_FAILURES) from error
    if output is None:
        if sys.stdout.isatty():
            raise stop("give -o FILE: a file's bytes are not printed on a terminal")
        sys.stdout.buffer.write(data)
    else:
        output.write_bytes(data)
