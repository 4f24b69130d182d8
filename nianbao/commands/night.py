"""The report of a night: as a summary, as JSON, as a page; and its alarms."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from archive.alarms import AlarmRow, all_alarms
from archive.catalogue.engine import Catalogue
from archive.queries import Rows
from archive.tallies import count_open_runs
from archive.times import utc_now
from nianbao.alarm_section import alarms_section
from nianbao.commands.alarms import say_alarms
from nianbao.commands.context import DONE_WITH_FAILURES, open_home, opened, stop
from nianbao.commands.notices import send_notices
from nianbao.commands.options import Json
from nianbao.night_page import night_page
from nianbao.output import Format, console, print_rows
from scheduler.alarms.watch import watch
from scheduler.alarms.words import Language, told_of
from scheduler.nights import newest_night
from scheduler.report import NightReport, as_json, report_of

REPORTS = "reports"
_SHOWN = ("found", "new", "changed", "unchanged", "gone", "blocked", "failed", "bytes", "seconds")


def night(
    context: typer.Context,
    day: Annotated[
        str | None,
        typer.Argument(
            metavar="DATE", help="The day the night ends on, in China; the last one if none is given."
        ),
    ] = None,
    html: Annotated[Path | None, typer.Option(help="Write it as a page into this file.")] = None,
    close: Annotated[
        bool,
        typer.Option(
            "--close",
            help="Also raise and close alarms, leave the page and JSON in `reports/`, and send notices.",
        ),
    ] = False,
    as_json_: Json = False,
) -> None:
    """Report a night: each site held against its own history, what changed, and what is wrong.

    A night lasts from noon to noon by the clock of Asia/Shanghai. `--close` is what the schedule does each
    morning; it may be done any number of times.

    Example: nianbao night 2026-11-21 --html night.html
    """
    home = open_home(context)
    with opened(home) as catalogue:
        named = _night_named(catalogue, day)
        if close:
            count_open_runs(catalogue)
            watch(catalogue, home.path, [site.name for site in home.settings.site], named)
        report = report_of(catalogue, named)
        told = _alarms_of(catalogue, report)
        page = night_page(report, (alarms_section(told),))
        said = json.dumps({**as_json(report), "alarms": _as_json(told)}, ensure_ascii=False, indent=1)
        if close:
            _leave(home.path / REPORTS, report, page, said)  # before a mail server is waited for
        sent = not close or not home.settings.notices or send_notices(home, catalogue)
    if html is not None:
        html.write_text(page, encoding="utf-8")
    if as_json_:
        typer.echo(said)
    elif html is None:
        _say(report)
        say_alarms([alarm for alarm in told if alarm.closed_at is None])
    if not sent:
        raise typer.Exit(DONE_WITH_FAILURES)


def _alarms_of(catalogue: Catalogue, report: NightReport) -> list[AlarmRow]:
    """Those that are open, and those that ended since the night began; of a night gone by, those of then."""
    return [
        alarm
        for alarm in all_alarms(catalogue)
        if alarm.raised_on <= report.night and (alarm.closed_at is None or alarm.closed_at >= report.begins)
    ]


def _as_json(told: list[AlarmRow]) -> list[dict[str, object]]:
    return [
        {
            "alarm_id": alarm.alarm_id,
            "kind": alarm.kind,
            "subject": alarm.subject,
            "state": alarm.state,
            "raised_at": alarm.raised_at,
            "closed_at": alarm.closed_at,
            "details": dict(alarm.details),
            **asdict(told_of(alarm, Language.EN)),
        }
        for alarm in told
    ]


def _leave(folder: Path, report: NightReport, page: str, said: str) -> None:
    folder.mkdir(exist_ok=True)
    for suffix, text in (("html", page), ("json", said)):
        fresh = folder / f".{report.night}.{suffix}.new"
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(folder / f"{report.night}.{suffix}")


def _night_named(catalogue: Catalogue, day: str | None) -> date:
    """Ends the program with code 2 when it is no date."""
    try:
        return date.fromisoformat(day) if day else newest_night(catalogue, utc_now())
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
