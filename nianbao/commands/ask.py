"""Commands that answer questions: reports, show, facts, changes, checks, search, runs, sql."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import astuple, fields, replace
from pathlib import Path
from typing import Annotated, Any

import typer

from archive.asof import ask_as_of
from archive.catalogue.engine import Catalogue
from archive.history.standing import NOW, Clocks
from archive.queries import Filter, Rows, ask
from archive.search.find import Hit
from archive.search.find import search as find_text
from archive.search.query import BadQuery
from archive.sql import DEFAULT_SECONDS, SqlRefused, run_sql
from archive.wide import ask_wide, wide_cells
from nianbao.commands.context import open_home, opened, stop
from nianbao.commands.options import (
    Agency,
    Csv,
    Json,
    Known,
    LevelName,
    Region,
    ReportArgument,
    ReportName,
    Seen,
    Year,
    beginning_of,
    clocks_of,
    form_of,
    found_report,
)
from nianbao.commands.spot import Cell, show_spot
from nianbao.output import Format, console, plain, print_rows

FOLLOW_SECONDS = 2.0
MOST_WIDE_CELLS = 16


def _print(
    context: typer.Context,
    view: str,
    keep: Filter,
    form: Format,
    shown: tuple[str, ...] | None = None,
    clocks: Clocks = NOW,
) -> None:
    with opened(open_home(context)) as catalogue, ask_as_of(catalogue, view, keep, clocks) as found:
        print_rows(found, form, shown=shown)


def _report_id(context: typer.Context, name: str | None) -> int | None:
    if name is None:
        return None
    with opened(open_home(context)) as catalogue:
        return found_report(catalogue, name)


def reports(
    context: typer.Context,
    agency: Agency = None,
    year: Year = None,
    region: Region = None,
    level: LevelName = None,
    seen: Seen = None,
    known: Known = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """List the reports; with --seen or --known as they stood then.

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
    keep = Filter(agency=agency, year=year, region=region, level=level)
    _print(context, "reports", keep, form_of(as_json, as_csv), shown, clocks_of(seen, known))


def facts(
    context: typer.Context,
    report: ReportName = None,
    agency: Agency = None,
    year: Year = None,
    region: Region = None,
    level: LevelName = None,
    table: Annotated[str | None, typer.Option(help="disclosure, requests, review or statistics.")] = None,
    row: Annotated[str | None, typer.Option(help="A row's code, such as received.")] = None,
    column: Annotated[str | None, typer.Option(help="A column's code, such as total.")] = None,
    wide: Annotated[
        bool, typer.Option("--wide", help="A row for each report, a column for each cell.")
    ] = False,
    seen: Seen = None,
    known: Known = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Print figures: one cell of a form a row; with --wide one report a row, empty where no number stands.

    Example: nianbao facts --table requests --row received --column total --level county
    """
    keep = Filter(
        report_id=_report_id(context, report),
        agency=agency,
        year=year,
        region=region,
        level=level,
        table=table,
        row=row,
        column=column,
    )
    form, clocks = form_of(as_json, as_csv), clocks_of(seen, known)
    if wide:
        _print_wide(context, keep, form, clocks)
        return
    shown = (
        *("report_id", "agency", "year", "table_code", "row_code", "column_code"),
        *("value", "state", "certainty", "raw"),
    )
    _print(context, "facts", keep, form, shown, clocks)


def _print_wide(context: typer.Context, keep: Filter, form: Format, clocks: Clocks) -> None:
    """Ends the program with code 2 when no cell of the forms is meant, or too many for a table."""
    names = wide_cells(keep)
    if not names:
        raise stop("the forms have no such cell; `nianbao export --csv` writes all codes into codes.csv")
    if form is Format.TABLE and len(names) > MOST_WIDE_CELLS:
        raise stop(
            f"{len(names)} columns fit no terminal: name --table, --row or --column, or give --csv or --json"
        )
    shown = ("report_id", "agency", "year", *names)
    with opened(open_home(context)) as catalogue, ask_wide(catalogue, keep, clocks) as found:
        print_rows(found, form, shown=shown)


def changes(
    context: typer.Context,
    report: ReportName = None,
    agency: Agency = None,
    year: Year = None,
    region: Region = None,
    level: LevelName = None,
    layer: Annotated[str | None, typer.Option(help="presence, location, bytes, content or field.")] = None,
    cause: Annotated[str | None, typer.Option(help="source, parser or correction.")] = None,
    kind: Annotated[str | None, typer.Option(help="appeared, edited, moved, gone, returned, …")] = None,
    run: Annotated[int | None, typer.Option(help="The number of a run.")] = None,
    since: Annotated[str | None, typer.Option(help="Recorded on this day or later.")] = None,
    seen: Seen = None,
    known: Known = None,
    follow: Annotated[
        bool, typer.Option("--follow", help="Then wait for further ones, one JSON object a line.")
    ] = False,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Print what changed, with the window between the captures that prove it.

    Example: nianbao changes --region 640500 --cause source --since 2026-11-01
    """
    clocks = clocks_of(seen, known)
    keep = Filter(
        report_id=_report_id(context, report),
        agency=agency,
        year=year,
        region=region,
        level=level,
        layer=layer,
        cause=cause,
        kind=kind,
        run_id=run,
        since=beginning_of(since),
    )
    if follow:
        if not clocks.now or as_csv:
            raise stop("--follow prints JSON of what comes; give it without --seen, --known and --csv")
        _follow(context, replace(keep, after=0))
        return
    shown = (
        *("change_id", "agency", "year", "layer", "kind", "row_code", "column_code"),
        *("old_value", "new_value", "window_from", "window_to"),
    )
    _print(context, "changes", keep, form_of(as_json, as_csv), shown, clocks)


def _follow(context: typer.Context, keep: Filter) -> None:
    """Print each change as a line of JSON, and go on until interrupted."""
    with opened(open_home(context)) as catalogue:
        while True:
            with ask(catalogue, "changes", keep) as found:
                for values in found.rows:
                    row = dict(zip(found.columns, map(plain, values), strict=True))
                    sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
                    keep = replace(keep, after=row["change_id"])
            sys.stdout.flush()
            time.sleep(FOLLOW_SECONDS)


def checks(
    context: typer.Context,
    report: ReportName = None,
    agency: Agency = None,
    year: Year = None,
    region: Region = None,
    level: LevelName = None,
    failed: Annotated[bool, typer.Option("--failed", help="Only the checks that failed.")] = False,
    seen: Seen = None,
    known: Known = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Print the forms' own arithmetic, tried on the reports.

    Example: nianbao checks --failed
    """
    keep = Filter(
        report_id=_report_id(context, report),
        agency=agency,
        year=year,
        region=region,
        level=level,
        failed=failed,
    )
    shown = ("report_id", "agency", "year", "rule", "scope", "passed", "expected", "actual", "fault")
    _print(context, "checks", keep, form_of(as_json, as_csv), shown, clocks_of(seen, known))


def search(
    context: typer.Context,
    query: Annotated[str, typer.Argument(help='Words, "phrases", AND, OR, NOT, parentheses.')],
    report: ReportName = None,
    agency: Agency = None,
    year: Year = None,
    region: Region = None,
    level: LevelName = None,
    limit: Annotated[int, typer.Option(help="At most so many parts; 0 for all.")] = 20,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Search the reports' text, part by part; Chinese of any length, from one character.

    Example: nianbao search '信息处理费 NOT 没有' --region 640500
    """
    form = form_of(as_json, as_csv)
    with opened(open_home(context)) as catalogue, catalogue.reading() as session:
        keep = Filter(
            report_id=None if report is None else found_report(catalogue, report),
            agency=agency,
            year=year,
            region=region,
            level=level,
        )
        try:
            hits = (astuple(hit) for hit in find_text(session, query, keep, limit or None))
            shown = ("report_id", "agency", "year", "heading", "snippet")
            print_rows(Rows(tuple(f.name for f in fields(Hit)), hits), form, shown=shown)
        except BadQuery as error:
            raise stop(str(error)) from error


def runs(context: typer.Context, as_json: Json = False, as_csv: Csv = False) -> None:
    """List the runs with their counts.

    Example: nianbao runs
    """
    _print(context, "runs", Filter(), form_of(as_json, as_csv))


def show(
    context: typer.Context,
    report: ReportArgument,
    seen: Seen = None,
    known: Known = None,
    where: Annotated[
        str | None, typer.Option(metavar="TABLE/ROW/COLUMN", help="One cell: where it stands in the file.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="With --where: the PNG to write, if the cell is on a page.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Show one report: what it is, its figures, its failed checks and its sections.

    With --where, show one cell's place in the archived file; of a PDF or a scan a PNG of it is written.

    Example: nianbao show '吴忠市民政局 2023' --where requests/received/total
    """
    if out is not None and where is None:
        raise stop("--out goes with --where TABLE/ROW/COLUMN")
    clocks = clocks_of(seen, known)
    home = open_home(context)
    with opened(home) as catalogue:
        report_id = found_report(catalogue, report)
        if where is not None:
            show_spot(home, Cell(catalogue, report_id, where, clocks), out, as_json)
            return
        whole = _whole(catalogue, report_id, clocks)
    if as_json:
        sys.stdout.write(json.dumps(whole, ensure_ascii=False, indent=1) + "\n")
    else:
        _show_text(whole)


Row = dict[str, Any]


def _whole(catalogue: Catalogue, report_id: int, clocks: Clocks) -> dict[str, Any]:
    """The report's columns, and its facts, checks, sections and changes as lists."""
    keep = Filter(report_id=report_id)
    whole: dict[str, Any] = {}
    for view in ("reports", "facts", "checks", "narrative", "contacts", "citations", "sections", "changes"):
        with ask_as_of(catalogue, view, keep, clocks) as found:
            rows: list[Row] = [dict(zip(found.columns, map(plain, r), strict=True)) for r in found.rows]
        if view == "reports":
            if not rows:
                raise stop(f"report {report_id} had not been seen, or was not known, by then")
            whole.update(rows[0])
        else:
            whole[view] = rows
    return whole


def _show_text(whole: dict[str, Any]) -> None:
    console.print(f"{whole['title'] or '(no title)'}", style="bold", markup=False, soft_wrap=True)
    for name, value in whole.items():
        if name != "title" and value is not None and not isinstance(value, list):
            console.print(f"  {name:14} {value}", markup=False, soft_wrap=True)
    _show_figures(whole["facts"])
    failed = [check for check in whole["checks"] if check["passed"] == 0]
    console.print(f"\nChecks: {len(whole['checks'])}, of which {len(failed)} failed", style="bold")
    for one in failed:
        fault = f" [{one['fault']}]" if one["fault"] else ""
        console.print(f"  {one['rule']} {one['scope']}: {one['detail']}{fault}", markup=False, soft_wrap=True)
    for view, title, columns in _OF_TEXT:
        _show_listed(title, whole[view], columns)
    for part in whole["sections"]:
        console.print(f"\n{part['heading']}", style="bold", markup=False, soft_wrap=True)
        console.print(part["text"], markup=False, soft_wrap=True)


_OF_TEXT = (
    ("narrative", "Stated in the text", ("code", "value", "sentence")),
    ("contacts", "Contact", ("kind", "value")),
    ("citations", "Cited", ("document",)),
)


def _show_listed(title: str, rows: list[Row], columns: tuple[str, ...]) -> None:
    if rows:
        console.print(f"\n{title}", style="bold")
    for row in rows:
        line = "  ".join(str(row[column]) for column in columns)
        console.print(f"  {line}", markup=False, soft_wrap=True)


def _show_figures(facts: list[Row]) -> None:
    """All figures that are not 0, and every cell that is no number."""
    rows = [fact for fact in facts if fact["value"] != 0]
    zero = len(facts) - len(rows)
    console.print(f"\nFigures: {len(facts)} cells, {zero} of them 0", style="bold")
    for fact in rows:
        said = fact["value"] if fact["value"] is not None else f"({fact['state']}) {fact['raw']}"
        place = f"{fact['table_code']}/{fact['row_code']}/{fact['column_code']}"
        console.print(f"  {place} = {said}", markup=False, soft_wrap=True)


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
    form = form_of(as_json, as_csv)
    with opened(open_home(context)) as catalogue:
        try:
            with run_sql(catalogue, statement, seconds) as found:
                print_rows(found, form)
        except SqlRefused as error:
            raise stop(str(error)) from error
