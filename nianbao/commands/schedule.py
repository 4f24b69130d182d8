"""The schedule: run, list, now, history; and config check."""

from __future__ import annotations

import signal
from datetime import datetime, timedelta
from threading import Event
from types import FrameType
from typing import Annotated, NoReturn

import typer
from apscheduler.schedulers.blocking import BlockingScheduler

from archive.catalogue.engine import Catalogue
from archive.jobs import JobStatus, Last
from archive.queries import Filter, Rows, ask
from archive.times import utc_now
from nianbao.commands.context import DONE_WITH_FAILURES, NOT_DONE, Home, open_home, opened, stop
from nianbao.commands.home import say_findings
from nianbao.commands.options import Csv, Json, form_of
from nianbao.examination import Finding, channels, unsound
from nianbao.output import Format, console, print_rows
from nianbao.schedule_settings import OFF, address_of
from nianbao.scheduling import plans_of, program
from scheduler.daemon import Daemon, executors
from scheduler.events import to_files
from scheduler.health import Trouble, troubles
from scheduler.heartbeat import Heartbeat
from scheduler.locks import Taken, file_lock
from scheduler.plans import Job, JobPlan
from scheduler.recovery import recover
from scheduler.runner import Runner
from scheduler.watch import Watch

SCHEDULE_LOCK = "schedule"

schedule = typer.Typer(help="The nightly schedule.", no_args_is_help=True)
config = typer.Typer(help="The settings.", no_args_is_help=True)


class _Ended(BaseException):
    """The schedule is asked to end."""


def _end(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise _Ended


@schedule.command("run")
def run(context: typer.Context) -> None:
    """Do the jobs of the settings when they are due, until ended. One schedule works on an archive at a time.

    A job that was interrupted is gone on with; one that was missed is made up for within `misfire_hours`.
    SIGTERM ends the job that is being done, and the schedule.

    Example: nianbao schedule run
    """
    home = open_home(context)
    plans = plans_of(home.settings)
    if not plans:
        raise stop("every job is off in the settings: give one a cron")
    to_files(home.path)
    with opened(home) as catalogue:
        try:
            with file_lock(home.path, SCHEDULE_LOCK):
                _run(home, catalogue, plans)
        except Taken as error:
            raise stop(f"a schedule works on this archive already: {error}", DONE_WITH_FAILURES) from error


def _run(home: Home, catalogue: Catalogue, plans: list[JobPlan]) -> None:
    heartbeat = Heartbeat.of(home.path, utc_now())
    watched = _watched(home, catalogue, heartbeat)
    runner = Runner(catalogue, home.path, program(home.path))
    keep_logs = timedelta(days=home.settings.schedule.log_days)
    scheduler = BlockingScheduler(executors=executors())
    try:
        _run_until_ended(Daemon(runner, plans, scheduler, heartbeat, keep_logs=keep_logs))
    finally:
        if watched is not None:
            watched.close()


def _watched(home: Home, catalogue: Catalogue, heartbeat: Heartbeat) -> Watch | None:
    listen = home.settings.schedule.listen
    heartbeat.listens = None
    if listen == OFF:
        return None
    host, port = address_of(listen)
    try:
        return Watch(catalogue, home.path, heartbeat, host, port)
    except OSError as error:
        reason = error.strerror or str(error)
        raise stop(f'schedule.listen = {listen!r}: {reason}; give another address, or "off"') from error


def _run_until_ended(daemon: Daemon) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _end)
    try:
        daemon.start()
    except _Ended:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
    finally:
        daemon.stop()


@schedule.command("list")
def list_(context: typer.Context, as_json: Json = False, as_csv: Csv = False) -> None:
    """List the jobs: when each is due next, and how it went last.

    Example: nianbao schedule list
    """
    home = open_home(context)
    now = utc_now()
    beat = Heartbeat.of(home.path, now)
    found = Rows(
        ("job", "cron", "zone", "next_at", "last_due_at", "last_status", "last_reason"),
        (_line(plan, beat.last.get(plan.job), now) for plan in plans_of(home.settings)),
    )
    form = form_of(as_json, as_csv)
    print_rows(found, form)
    if not (as_json or as_csv):
        if beat.doing is not None:
            console.print(f"{beat.doing} is being done.")
        _say_troubles(troubles(beat, now))


def _line(plan: JobPlan, last: Last | None, now: datetime) -> tuple[object, ...]:
    due = plan.timetable.next(now)
    line = (plan.job, plan.timetable.cron, plan.timetable.zone.key, due and _by_its_clock(due, plan))
    if last is None:
        return (*line, None, None, None)
    return (*line, _by_its_clock(last.due, plan), last.status, last.reason)


def _by_its_clock(moment: datetime, plan: JobPlan) -> str:
    """As the cron says it, with what that is ahead of UTC."""
    return moment.astimezone(plan.timetable.zone).isoformat(timespec="seconds")


@schedule.command("health")
def health(context: typer.Context, as_json: Json = False) -> None:
    """Tell whether the schedule lives and how the last night went. Exits with 1 if not all is well.

    It reads the schedule's heartbeat, `schedule.json` in the home, and asks nobody.

    Example: nianbao schedule health
    """
    now = utc_now()
    found = troubles(Heartbeat.of(open_home(context).path, now), now)
    if as_json:
        print_rows(Rows(("what", "fix"), ((one.what, one.fix) for one in found)), Format.JSON)
    else:
        _say_troubles(found)
        if not found:
            console.print("The schedule is well.")
    if found:
        raise typer.Exit(DONE_WITH_FAILURES)


def _say_troubles(found: list[Trouble]) -> None:
    say_findings(Finding(False, one.what, one.fix) for one in found)


@schedule.command("now")
def now(
    context: typer.Context, job: Annotated[Job, typer.Argument(help="The job, as `schedule list` names it.")]
) -> None:
    """Do a job now, here, with its limits, and take it down as the schedule does.

    Exits with 1 if it was done with failures, with 3 if it could not be done or was cut short.

    Example: nianbao schedule now crawl
    """
    home = open_home(context)
    plan = next((p for p in plans_of(home.settings) if p.job is job), None)
    if plan is None:
        raise stop(f"schedule.{job} is off in the settings" + (": give it `to`" if job is Job.BACKUP else ""))
    ended = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    with opened(home) as catalogue:
        recover(catalogue, home.path)
        try:
            end = Runner(catalogue, home.path, program(home.path)).run(plan, utc_now(), 1, ended)
        except Taken as error:
            raise stop(f"{job} is being done: {error}", NOT_DONE) from error
    console.print(f"{job}: {end.status}" + (f". {end.reason}" if end.reason else ""), markup=False)
    if end.status is not JobStatus.DONE:
        raise typer.Exit(DONE_WITH_FAILURES if end.status is JobStatus.FAILURES else NOT_DONE)


@schedule.command("history")
def history(
    context: typer.Context,
    job: Annotated[Job | None, typer.Option(help="Only this job.")] = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """What the schedule started, when, and how it ended; the newest first.

    Example: nianbao schedule history --job crawl
    """
    home = open_home(context)
    with opened(home) as catalogue, ask(catalogue, "job_runs", Filter(job=job)) as found:
        shown = ("job", "due_at", "attempt", "started_at", "finished_at", "status", "peak_mb", "reason")
        print_rows(found, form_of(as_json, as_csv), shown=shown)


@config.command("check")
def check(context: typer.Context) -> None:
    """Check `nianbao.toml` and what the environment puts in its place. Exits with 1 if something is amiss.

    Example: nianbao config check
    """
    home = open_home(context)
    found = (*unsound(home.path, home.settings), *channels(home.path, home.settings))
    if say_findings(found):
        raise typer.Exit(DONE_WITH_FAILURES)
