"""The report of a night: as a summary, as JSON, as a page."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from archive.queries import Rows
from archive.times import utc_now
from nianbao.commands.context import open_home, opened, stop
from nianbao.commands.options import Json
from nianbao.night_page import night_page
from nianbao.output import Format, console, print_rows
from scheduler.nights import night_of
from scheduler.report import NightReport, as_json, report_of

_SHOWN = ("found", "new", "changed", "unchanged", "gone", "blocked", "failed", "bytes", "seconds")


def night(
    context: typer.Context,
    day: Annotated[
        str | None,
        typer.Argument(
            metavar="DATE", help="The day the night ends on, in China; the present one if none is given."
        ),
    ] = None,
    html: Annotated[Path | None, typer.Option(help="Write it as a page into this file.")] = None,
    as_json_: Json = False,
) -> None:
    """Report a night: each site held against its own history, and what changed.

    A night lasts from noon to noon by the clock of Asia/Shanghai.

    Example: nianbao night 2026-11-21 --html night.html
    """
    home = open_home(context)
    with opened(home) as catalogue:
        report = report_of(catalogue, night_named(day))
    if html is not None:
        html.write_text(night_page(report), encoding="utf-8")
    if as_json_:
        typer.echo(json.dumps(as_json(report), ensure_ascii=False, indent=1))
    elif html is None:
        _say(report)


def night_named(day: str | None) -> date:
    """Ends the program with code 2 when it is no date."""
    try:
        return date.fromisoformat(day) if day else night_of(utc_now())
    except ValueError as error:
        raise stop(f"{day!r} is no date: give one such as 2026-11-21") from error


def _say(report: NightReport) -> None:
    console.print(f"Night of {report.night}: {len(report.runs)} runs, {len(report.sites)} sites asked")
    rows = [_row(report, place) for place in range(len(report.sites))]
    if rows:
        print_rows(Rows(("site", "status", *_SHOWN, "usually_found"), iter(rows)), Format.TABLE)
    for history in report.sites:
        tonight = history.on(report.night)
        if tonight is not None and tonight.message:
            console.print(f"{history.site}: {tonight.message}", markup=False, soft_wrap=True)
    if report.not_asked:
        console.print(f"not asked: {', '.join(report.not_asked)}", markup=False, soft_wrap=True)
    more = report.changes_left + len(report.changes)
    console.print(f"{more} changes by offices; {report.reports} reports in the archive")


def _row(report: NightReport, place: int) -> tuple[object, ...]:
    history = report.sites[place]
    tonight, usual = history.on(report.night), history.usual(report.night)
    assert tonight is not None
    counts = (getattr(tonight.counts, name) for name in _SHOWN)
    return (history.site, tonight.status.value, *counts, usual.found if usual else None)
