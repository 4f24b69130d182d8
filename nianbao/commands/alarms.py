"""The command that lists alarms and acknowledges them."""

from __future__ import annotations

import getpass
from typing import Annotated

import typer

from archive.alarms import AlarmRow, NoSuchAlarm, acknowledge, all_alarms, open_alarms
from archive.catalogue.engine import Catalogue
from archive.queries import Rows
from nianbao.commands.context import open_home, opened, stop
from nianbao.commands.options import Json
from nianbao.output import Format, console, print_rows
from scheduler.alarms.words import Language, told_of

ACKNOWLEDGE = "ack"
_COLUMNS = (
    "alarm_id", "state", "kind", "subject", "division_code", "raised_at", "seen_at", "closed_at",
    "acknowledged_at", "acknowledged_by", "title", "what", "do",
)  # fmt: skip


def alarms(
    context: typer.Context,
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="[ack ID]", help="`ack` and the numbers of alarms: you know of them."),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Also those that are over.")] = False,
    by: Annotated[str, typer.Option(help="Who acknowledges; your user name if not given.")] = "",
    as_json: Json = False,
) -> None:
    """List what is wrong with the archive, and what to do about it; or acknowledge it.

    Alarms are raised and closed by `nianbao night --close`. What is acknowledged stays listed until it is
    over, and is told of again only when it grows.

    Example: nianbao alarms ack 3
    """
    home = open_home(context)
    with opened(home) as catalogue:
        if words:
            _acknowledge(catalogue, words, by or getpass.getuser())
            return
        found = all_alarms(catalogue) if every else open_alarms(catalogue)
    if as_json:
        print_rows(Rows(_COLUMNS, (_row(one) for one in found)), Format.JSON)
    else:
        say_alarms(found)


def say_alarms(found: list[AlarmRow]) -> None:
    """Each with what to do; those that are not acknowledged first."""
    for one in sorted(found, key=lambda alarm: (alarm.state != "open", alarm.alarm_id)):
        words = told_of(one, Language.EN)
        until = f" until {one.closed_at}" if one.closed_at else ""
        known = f", acknowledged by {one.acknowledged_by}" if one.acknowledged_by else ""
        head = f"{one.alarm_id}  {words.title}, since {one.raised_at}{until}{known}"
        lines = [head, f"   {words.what}"] + ([f"   do: {words.do}"] if one.closed_at is None else [])
        console.print("\n".join(lines), markup=False, soft_wrap=True)
    if not found:
        console.print("nothing is wrong that is known of")


def _row(alarm: AlarmRow) -> tuple[str | int | None, ...]:
    words = told_of(alarm, Language.EN)
    what = (alarm.alarm_id, alarm.state, alarm.kind, alarm.subject, alarm.division)
    when = (alarm.raised_at, alarm.seen_at, alarm.closed_at, alarm.acknowledged_at, alarm.acknowledged_by)
    return (*what, *when, words.title, words.what, words.do)


def _acknowledge(catalogue: Catalogue, words: list[str], by: str) -> None:
    verb, *numbers = words
    if verb != ACKNOWLEDGE or not numbers or not all(n.isdecimal() for n in numbers):
        raise stop("give `ack` and the numbers of alarms: nianbao alarms ack 3")
    for number in numbers:
        try:
            alarm = acknowledge(catalogue, int(number), by)
        except NoSuchAlarm as error:
            raise stop(str(error)) from error
        console.print(
            f"{number}: {told_of(alarm, Language.EN).title}, {alarm.subject}: acknowledged", markup=False
        )
