"""Commands about what happened to reports: history, diff, correct, corrections, rebuild."""

from __future__ import annotations

import getpass
import json
import sys
from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.progress import Progress
from rich.text import Text
from sqlalchemy import text

from archive.asof import ask_as_of
from archive.catalogue.engine import Catalogue
from archive.history import rebuild as rebuilding
from archive.history.corrections import CannotCorrect, parse_place, parse_value, withdraw
from archive.history.corrections import correct as make_correction
from archive.history.diff import Diff, Line, Mark, NoSuchVersion, diff_versions
from archive.history.settle import Difference
from archive.history.standing import Clocks
from archive.history.versions import versions_of
from archive.queries import Filter, Rows
from nianbao.commands.context import DONE_WITH_FAILURES, open_home, opened, stop
from nianbao.commands.options import (
    Csv,
    Json,
    Known,
    ReportArgument,
    Seen,
    clocks_of,
    form_of,
    found_report,
)
from nianbao.output import console, errors, plain, print_rows

_COLOURS = {Mark.SAME: "dim", Mark.REMOVED: "red", Mark.ADDED: "green"}


def history(
    context: typer.Context,
    report: ReportArgument,
    seen: Seen = None,
    known: Known = None,
    all_: Annotated[
        bool, typer.Option("--all", help="Also the changes of bytes that no reader sees.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Tell what happened to one report: where it stood, its versions, and every change with its proof.

    Example: nianbao history '吴忠市民政局 2023'
    """
    clocks = clocks_of(seen, known)
    with opened(open_home(context)) as catalogue:
        report_id = found_report(catalogue, report)
        changes = _changes(catalogue, report_id, clocks, all_)
        with catalogue.reading() as session:
            versions = versions_of(session, report_id, clocks)
    if as_json:
        whole = {"report_id": report_id, "versions": [asdict(v) for v in versions], "changes": changes}
        sys.stdout.write(json.dumps(whole, ensure_ascii=False, indent=1) + "\n")
        return
    if not versions:
        errors.print("nothing: the report had not been seen, or was not known, by then")
    for version in versions:
        span = f"{version.first_seen} to {version.last_seen}"
        console.print(
            f"version {version.ordinal}  {span}  {version.sha256[:12]}  {version.url}",
            markup=False, soft_wrap=True,
        )  # fmt: skip
    for change in changes:
        console.print(_told(change), soft_wrap=True)


def _changes(catalogue: Catalogue, report_id: int, clocks: Clocks, all_: bool) -> list[dict[str, Any]]:
    with ask_as_of(catalogue, "changes", Filter(report_id=report_id), clocks) as found:
        rows = [dict(zip(found.columns, map(plain, row), strict=True)) for row in found.rows]
    return [row for row in rows if all_ or row["layer"] != "bytes"]


def _told(change: dict[str, Any]) -> Text:
    """One change as a line: when, what, by whom."""
    since, until = change["window_from"], change["window_to"]
    when = until if since in (None, until) else f"{since} to {until}"
    line = Text(f"{when}  {change['layer']} {change['kind']}")
    if change["cause"] != "source":
        line.append(f" (by our {'parser' if change['cause'] == 'parser' else 'correction'})", "yellow")
    if change["table_code"]:
        line.append(f"  {change['table_code']}/{change['row_code']}/{change['column_code']}")
    if change["layer"] == "bytes":
        line.append(f"  {change['old_value'][:12]} -> {change['new_value'][:12]}")
        return line
    multiline = change["layer"] == "content"
    for sign, value, colour in (("-", change["old_value"], "red"), ("+", change["new_value"], "green")):
        if value is not None:
            for part in value.split("\n") if multiline else [value]:
                line.append(f"\n    {sign} {part}" if multiline else f"  {sign}{part}", colour)
    if change["flicker"]:
        line.append("  (takes back the change before)", "dim")
    return line


def diff(
    context: typer.Context,
    report: ReportArgument,
    old: Annotated[int | None, typer.Option("--from", help="The older version's number.")] = None,
    new: Annotated[int | None, typer.Option("--to", help="The newer version's number.")] = None,
    seen: Seen = None,
    known: Known = None,
    as_json: Json = False,
) -> None:
    """Compare two versions of a report: cells first, then the text. The last two if none are named.

    Example: nianbao diff '吴忠市民政局 2023' --from 1 --to 2
    """
    clocks = clocks_of(seen, known)
    with opened(open_home(context)) as catalogue:
        report_id = found_report(catalogue, report)
        try:
            with catalogue.reading() as session:
                found = diff_versions(session, report_id, old, new, clocks)
        except NoSuchVersion as error:
            raise stop(str(error)) from error
    if as_json:
        sys.stdout.write(json.dumps(asdict(found), ensure_ascii=False, indent=1) + "\n")
    else:
        _print_diff(found)


def _print_diff(found: Diff) -> None:
    for sign, side in (("---", found.old), ("+++", found.new)):
        span = f"{side.first_seen} to {side.last_seen}"
        console.print(
            f"{sign} version {side.ordinal}, {span}, {side.sha256[:12]} {side.url}",
            style="bold", markup=False, soft_wrap=True,
        )  # fmt: skip
    for cell in found.cells:
        line = Text(f"{'/'.join(cell.place)}: ")
        line.append(cell.old or "(absent)", "red").append(" -> ").append(cell.new or "(absent)", "green")
        console.print(line, soft_wrap=True)
    heading = None
    for one in found.lines:
        if one.heading != heading and one.text:
            heading = one.heading
            named = heading or "(title and opening)"
            console.print(f"@@ {named}", style="cyan", markup=False, soft_wrap=True)
        console.print(_line_of(one), soft_wrap=True)
    if not found.cells and not found.lines:
        console.print("nothing that a reader sees differs")


def _line_of(line: Line) -> Text:
    return Text(f"{line.mark} {line.text}" if line.text else "  …", _COLOURS[line.mark])


def correct(
    context: typer.Context,
    report: ReportArgument,
    cell: Annotated[str, typer.Argument(help="TABLE/ROW/COLUMN, such as requests/received/total.")],
    value: Annotated[str, typer.Argument(help="What stands there: a number, or blank, dash, unreadable.")],
    reason: Annotated[str, typer.Option(help="Why the reading is wrong; kept with the correction.")],
    by: Annotated[str | None, typer.Option(help="Who corrects; the system's user if not given.")] = None,
) -> None:
    """Put right a cell that was read wrongly, for this file only. It is open to all and can be withdrawn.

    Example: nianbao correct 3 requests/received/total 12 --reason 'the scan shows 12'
    """
    try:
        place, (number, state) = parse_place(cell), parse_value(value)
        with opened(open_home(context)) as catalogue:
            report_id = found_report(catalogue, report)
            made = make_correction(
                catalogue, report_id, place, number, state, reason=reason, who=by or getpass.getuser()
            )
    except CannotCorrect as error:
        raise stop(str(error)) from error
    console.print(
        f"correction {made.correction_id}: {cell} of {made.sha256[:12]} is {value}; {made.read!r} was read",
        markup=False, soft_wrap=True,
    )  # fmt: skip


def corrections(
    context: typer.Context,
    withdraw_: Annotated[int | None, typer.Option("--withdraw", help="Take this correction back.")] = None,
    by: Annotated[str | None, typer.Option(help="Who withdraws; the system's user if not given.")] = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """List the corrections, or take one back.

    Example: nianbao corrections --withdraw 3
    """
    form = form_of(as_json, as_csv)
    with opened(open_home(context)) as catalogue:
        if withdraw_ is not None:
            try:
                withdraw(catalogue, withdraw_, who=by or getpass.getuser())
            except CannotCorrect as error:
                raise stop(str(error)) from error
        with catalogue.reading() as session:
            result = session.execute(text("SELECT * FROM correction ORDER BY correction_id"))
            print_rows(Rows(tuple(result.keys()), iter(result)), form, shown=_SHOWN)


_SHOWN = (
    "correction_id", "table_code", "row_code", "column_code", "value", "state", "reason", "made_by",
    "made_at", "withdrawn_at",
)  # fmt: skip


def rebuild(
    context: typer.Context,
    check: Annotated[
        bool, typer.Option("--check", help="Only compare; write nothing, and end with 1 if rows differ.")
    ] = False,
) -> None:
    """Derive reports, versions and changes anew from the evidence, and repair what differs.

    Example: nianbao rebuild --check
    """
    with opened(open_home(context)) as catalogue, Progress(console=errors, transient=True) as progress:
        task = progress.add_task("deriving", total=None)
        work = rebuilding.check if check else rebuilding.rebuild
        found = work(catalogue, lambda done, total: progress.update(task, completed=done, total=total))
    for one in found:
        console.print(_line(one), markup=False, soft_wrap=True)
    if not found:
        console.print("everything stored follows from the evidence")
    elif check:
        console.print(f"{len(found)} rows differ; `nianbao rebuild` repairs them")
        raise typer.Exit(DONE_WITH_FAILURES)
    else:
        console.print(f"{len(found)} rows differed and were repaired")


def _line(one: Difference) -> str:
    what = "does not follow" if one.surplus else "is missing"
    return f"{one.report}: {one.table} {what}: {one.row}"
