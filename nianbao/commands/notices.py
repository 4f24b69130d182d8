"""The command that tells people what is new."""

from __future__ import annotations

from typing import Annotated

import typer

from archive.catalogue.engine import Catalogue
from archive.outbox import NoticeState, counts
from archive.times import iso, utc_now
from nianbao.commands.context import DONE_WITH_FAILURES, Home, open_home, opened, stop
from nianbao.notice_settings import SecretMissing
from nianbao.output import console, errors
from scheduler.notices.channel import Channel
from scheduler.notices.dispatch import Dispatched, dispatch, preview
from scheduler.notices.send import send


def notices(
    context: typer.Context,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be sent to whom; send and note nothing.")
    ] = False,
    test: Annotated[
        bool, typer.Option("--test", help="Send each channel a message that only tests it.")
    ] = False,
    status: Annotated[
        bool, typer.Option("--status", help="Show how many events were sent, wait, or failed.")
    ] = False,
) -> None:
    """Tell the channels of the settings what is new: alarms, and what offices changed. Each thing once.

    `nianbao night --close` does so too. Exits with 1 if something could not be sent.

    Example: nianbao notices --dry-run
    """
    if sum((dry_run, test, status)) > 1:
        raise stop("give only one of --dry-run, --test and --status")
    home = open_home(context)
    if not home.settings.notices:
        raise stop("the settings have no [[notices]]: see docs/notices.md")
    with opened(home) as catalogue:
        if status:
            _say_status(home, catalogue)
        elif dry_run:
            _say_preview(home, catalogue)
        elif test:
            _test(home)
        elif not send_notices(home, catalogue):
            raise typer.Exit(DONE_WITH_FAILURES)


def send_notices(home: Home, catalogue: Catalogue) -> bool:
    """Tell every channel; False when something could not be sent, which is said."""
    channels, fine = _channels(home)
    done = dispatch(catalogue, home.path, channels)
    for one in done:
        _say(one)
    return fine and not any(one.problems for one in done)


def _channels(home: Home) -> tuple[list[Channel], bool]:
    """Those whose address can be had; a channel without does not keep the others from their messages."""
    found, fine = [], True
    for one in home.settings.notices:
        try:
            found.append(one.channel(home.path))
        except SecretMissing as error:
            errors.print(f"nianbao: {error}", markup=False, soft_wrap=True)
            fine = False
    return found, fine


def _say(done: Dispatched) -> None:
    if done.sent:
        console.print(f"{done.channel}: {done.events} events in {done.sent} messages", markup=False)
    for problem in done.problems:
        errors.print(f"nianbao: notices {done.channel}: {problem}", markup=False, soft_wrap=True)


def _say_preview(home: Home, catalogue: Catalogue) -> None:
    """No address is needed for that."""
    for one in home.settings.notices:
        channel = Channel(
            one.name, "", tuple(one.regions), one.alarms, frozenset(one.changes), one.language, one.digest
        )
        told = preview(catalogue, channel)
        console.print(f"{one.name}: {len(told)} messages would be sent", markup=False)
        for message in told:
            console.print(f"  {message.title}", markup=False, soft_wrap=True)
            for line in message.body.splitlines():
                console.print(f"    {line}", markup=False, soft_wrap=True)


def _say_status(home: Home, catalogue: Catalogue) -> None:
    found = counts(catalogue)
    for name in dict.fromkeys((*(one.name for one in home.settings.notices), *sorted(found))):
        said = ", ".join(f"{count} {state}" for state, count in sorted(found.get(name, {}).items()))
        console.print(f"{name}: {said or 'nothing yet'}", markup=False)


def _test(home: Home) -> None:
    channels, fine = _channels(home)
    for channel in channels:
        state, why = send(
            channel.url, "年报档案 nianbao", f"测试消息，发自 {iso(utc_now())} · a test: nothing is wrong"
        )
        sent = state is NoticeState.SENT
        fine = fine and sent
        console.print(f"{channel.name}: {'sent' if sent else why}", markup=False, soft_wrap=True)
    if not fine:
        raise typer.Exit(DONE_WITH_FAILURES)
