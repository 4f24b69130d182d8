"""The command line: ``nianbao [--home DIR] COMMAND``."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Annotated, NoReturn

import typer
from sqlalchemy.exc import OperationalError

from nianbao import __version__
from nianbao.commands import (
    alarms,
    ask,
    backfill,
    backup,
    case,
    check,
    crawl,
    exchange,
    history,
    home,
    keep,
    night,
    notices,
    parse,
    schedule,
    years,
)
from nianbao.commands.context import BAD_USAGE, DONE_WITH_FAILURES
from nianbao.commands.demo import demo
from nianbao.commands.migrate import migrate
from nianbao.commands.review import review
from nianbao.commands.tables import export
from nianbao.output import errors

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="The archive of China's government annual reports on information disclosure "
    "(政府信息公开工作年度报告).",
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"nianbao {__version__}")
        raise typer.Exit


@app.callback()
def start(
    context: typer.Context,
    home: Annotated[
        Path, typer.Option(envvar="NIANBAO_HOME", help="The archive's folder.", show_default=True)
    ] = Path("data"),
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    # no docstring: Typer would show it in place of the program's help
    context.obj = home


app.command()(home.init)
home.sites.command("check")(check.sites_check)
app.add_typer(home.sites, name="sites")
app.add_typer(case.case, name="case")
app.command()(crawl.crawl)
app.command()(backfill.backfill)
app.command("import")(exchange.import_)
app.command()(exchange.get)
app.command()(parse.parse)
for command in (
    ask.reports,
    ask.show,
    ask.facts,
    ask.changes,
    ask.checks,
    years.coverage,
    years.series,
    ask.search,
    ask.runs,
    ask.sql,
):
    app.command()(command)
app.command()(night.night)
app.command()(alarms.alarms)
app.command()(notices.notices)
app.command()(history.history)
app.command()(history.diff)
app.command()(history.correct)
app.command()(history.corrections)
app.command()(review)
app.command()(export)
app.command()(migrate)
app.command()(history.rebuild)
app.command()(keep.verify)
app.command()(keep.mend)
app.command()(backup.backup)
app.command()(backup.restore)
app.add_typer(schedule.schedule, name="schedule")
app.add_typer(schedule.config, name="config")
app.command()(home.doctor)
app.command()(demo)


class Terminated(BaseException):
    """Somebody asked this program to end (SIGTERM)."""


def _terminate(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise Terminated


def main() -> None:
    """Run the command line. Known troubles become one line and an exit code."""
    signal.signal(signal.SIGTERM, _terminate)
    try:
        app()
    except KeyboardInterrupt:
        errors.print("nianbao: interrupted; what was fetched is kept, run it again to go on")
        sys.exit(DONE_WITH_FAILURES)
    except Terminated:
        errors.print("nianbao: ended from outside; what was fetched is kept, run it again to go on")
        sys.exit(128 + signal.SIGTERM)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(DONE_WITH_FAILURES)
    except OperationalError as error:
        said, code = _trouble(str(error.orig).strip().splitlines()[0])
        errors.print(f"nianbao: {said}", markup=False, soft_wrap=True)
        sys.exit(code)
    except OSError as error:
        errors.print(f"nianbao: {error.strerror or error}: {error.filename or ''}", markup=False)
        sys.exit(DONE_WITH_FAILURES)


def _trouble(first: str) -> tuple[str, int]:
    """What to do about a trouble that the database has told, and the exit code."""
    if "locked" in first:
        return (
            "another program is writing to the catalogue: run this again when it is done",
            DONE_WITH_FAILURES,
        )
    if any(words in first for words in ("full", "disk I/O error", "No space left")):
        # a full disk, which SQLite calls an I/O error when it is its own small files that find no room
        said = f"the disk is full, or fails ({first}): what was stored is kept; make room and run this again"
        return said, DONE_WITH_FAILURES
    return f"the catalogue cannot be used: {first}", BAD_USAGE


if __name__ == "__main__":
    main()
