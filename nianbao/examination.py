"""What `nianbao doctor` looks at: settings, catalogue, disk, programs, clock, schedule, nights, notices."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError

from archive.alarms import open_alarms
from archive.catalogue.engine import (
    Catalogue,
    CatalogueMissing,
    CatalogueNewer,
    CatalogueOutdated,
    open_catalogue,
)
from archive.catalogue.models import Run
from archive.outbox import NoticeState, counts
from archive.runs import RunStatus
from archive.times import from_iso, utc_now
from crawler.browser.messages import INSTALL, OFF, BrowserUnavailable, find_chromium
from nianbao.notice_settings import SecretMissing
from nianbao.scheduling import plans_of
from nianbao.settings import FILE_NAME, Settings, SettingsError, load_settings
from parsers.compiled import State, state_of
from parsers.programs import PROGRAMS
from parsers.scans.extra import HOW_TO_INSTALL, NoRecognition, recogniser
from scheduler.health import LEAST_FREE_BYTES, troubles
from scheduler.heartbeat import Heartbeat
from scheduler.nights import night_of
from scheduler.notices.send import readable
from scheduler.plans import JobPlan
from scheduler.report import report_of

_LOOK_AHEAD = 14
_CLOCK_SLACK = timedelta(minutes=5)
_FONT_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: whether it is well, what it is, and how to put it right."""

    good: bool
    what: str
    fix: str = ""


def examine(path: Path) -> Iterator[Finding]:
    """Everything, one after the other; what cannot be looked at without the settings is left out."""
    yield Finding(
        sys.version_info >= (3, 11), f"Python {sys.version.split()[0]}", "install Python 3.11 or newer"
    )
    try:
        settings = load_settings(path)
    except SettingsError as error:
        yield Finding(False, str(error), "correct the file, or run `nianbao init`")
        return
    yield Finding(True, f"settings {path / FILE_NAME}")
    yield from unsound(path, settings)
    yield _catalogue(settings.catalogue_url(path))
    yield from _storage(path)
    yield _browser(settings.browser)
    yield _fonts()
    yield _recognition()
    yield _readers()
    yield from (
        Finding(True, f"{p.name} is installed (optional)" if p.path() else f"{p.missing()} (optional)")
        for p in PROGRAMS
    )
    yield _zone(settings.schedule.zone)
    yield _clock(settings.catalogue_url(path), utc_now())
    yield from _schedule(path, utc_now())
    yield from _nights(settings.catalogue_url(path))
    yield from channels(path, settings)


# ---------------------------------------------------------------- settings


def unsound(path: Path, settings: Settings) -> Iterator[Finding]:
    """What the settings allow and is yet certainly not meant; one finding that all is well otherwise."""
    faults = list(_unsound(path, settings))
    yield from faults
    if not faults:
        jobs = len(plans_of(settings))
        yield Finding(True, f"{len(settings.site)} sites and {jobs} jobs in the settings; they are sound")


def _unsound(path: Path, settings: Settings) -> Iterator[Finding]:
    if not settings.contact:
        yield Finding(
            False,
            "contact is empty: site owners should be able to reach you",
            f"set it in {path / FILE_NAME}",
        )
    if not settings.site:
        yield Finding(False, "there is no site in the settings", "add one: nianbao sites add URL")
    written = tomllib.loads((path / FILE_NAME).read_text(encoding="utf-8")).get("database")
    if written and urlsplit(written).password:
        fix = "give it as NIANBAO_DATABASE, or in a file that NIANBAO_DATABASE_FILE names"
        yield Finding(False, "database holds a password", fix)
    to = settings.schedule.backup.to
    if to is not None and Path(to).resolve().is_relative_to(path.resolve()):
        fix = "name a folder elsewhere, best on another disk"
        yield Finding(False, f"schedule.backup.to = {to!r} lies in the home itself", fix)
    for plan in plans_of(settings):
        shut = _outside_window(plan)
        if shut is not None:
            what = f"schedule.{plan.job}.cron = {plan.timetable.cron!r} falls at {shut}, outside of window"
            yield Finding(False, f"{what} = {settings.window!r}", 'change one, or set the cron to "off"')


def _outside_window(plan: JobPlan) -> str | None:
    """The first of the coming moments at which the job's window is shut."""
    moment = utc_now()
    for _ in range(_LOOK_AHEAD if plan.window is not None else 0):
        due = plan.timetable.next(moment)
        if due is None:
            return None
        if plan.window is not None and plan.window.closes_at(due) is None:
            return f"{due.astimezone(plan.timetable.zone):%Y-%m-%d %H:%M}"
        moment = due
    return None


# ------------------------------------------------------ what the archive is kept in


def _catalogue(url: str) -> Finding:
    try:
        open_catalogue(url).close()
    except CatalogueOutdated as error:
        return Finding(False, str(error).partition(":")[0], "run `nianbao migrate`")
    except (CatalogueMissing, CatalogueNewer) as error:
        return Finding(False, str(error), "run `nianbao init`, or the newer nianbao")
    except SQLAlchemyError as error:
        reason = str(error).splitlines()[0]
        return Finding(False, f"the catalogue: {reason}", "start the database, or correct `database`")
    return Finding(True, "the catalogue opens and is up to date")


def _storage(path: Path) -> Iterator[Finding]:
    probe = path / "warc" / ".probe"
    try:
        probe.parent.mkdir(exist_ok=True)
        probe.write_bytes(b"")
        probe.unlink()
        yield Finding(True, f"{path / 'warc'} can be written")
    except OSError as error:
        fix = f"give yourself write access to {path}"
        yield Finding(False, f"{path / 'warc'} cannot be written: {error.strerror}", fix)
    free = shutil.disk_usage(path).free
    there = f"{free / 1e9:.1f} GB of disk are free"
    yield Finding(free > LEAST_FREE_BYTES, there, "free some space, or move the home")
    left = sorted(path.glob("warc/**/*.open"))
    what = f"{len(left)} WARC files were left open" if left else "no WARC file was left open"
    yield Finding(not left, what, "if no crawl is running: nianbao mend")


# ---------------------------------------------------------------- programs


def _browser(setting: str) -> Finding:
    """Most sites need none, so that it is no fault where none is installed, unless the settings name one."""
    try:
        program = find_chromium(setting)
    except BrowserUnavailable as error:
        return Finding(setting == OFF, f"the browser: {error}", "correct `browser` in the settings")
    own = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH", Path.home() / ".cache" / "ms-playwright"))
    if program is None and not any(own.glob("chromium*")):
        return Finding(True, f"no browser, so pages that a script draws are left out; {INSTALL}")
    from crawler.browser.chromium import tried  # Playwright takes long to load

    problem = asyncio.run(tried(setting))
    what = f"the browser: {problem}" if problem else "the browser draws a page that a script writes"
    return Finding(problem is None, what, INSTALL)


def _fonts() -> Finding:
    """A browser draws without them too, but nobody can read what it drew."""
    fix = "on Debian: apt-get install fonts-noto-cjk"
    program = shutil.which("fc-list")
    if program is None:
        return Finding(True, "whether there is a Chinese font is not known: fc-list is missing (optional)")
    asked = [program, ":lang=zh", "family"]
    done = subprocess.run(asked, capture_output=True, text=True, timeout=_FONT_SECONDS, check=False)
    count = len(done.stdout.splitlines())
    if not count:
        return Finding(True, f"no Chinese font, so pictures of pages show boxes; {fix} (optional)")
    return Finding(True, f"{count} Chinese fonts")


def _recognition() -> Finding:
    try:
        recogniser()
    except NoRecognition:
        return Finding(True, f"no text recognition, so scans are not read: {HOW_TO_INSTALL} (optional)")
    return Finding(True, "text recognition has its models")


def _readers() -> Finding:
    state = state_of()
    how = "" if state is State.USED else "; to read pages faster: python -m parsers.compiled (optional)"
    return Finding(True, f"the busiest readers are {state}{how}")


# ------------------------------------------------------------------- times


def _zone(name: str) -> Finding:
    try:
        ZoneInfo(name)
        ZoneInfo("Asia/Shanghai")
    except ZoneInfoNotFoundError as error:
        return Finding(False, f"time zone: {error}", "install the zones: apt-get install tzdata")
    here = utc_now().astimezone(ZoneInfo(name))
    return Finding(True, f"it is {here:%Y-%m-%d %H:%M} in {name}")


def _clock(url: str, now: datetime) -> Finding:
    """A clock that stands before what is archived already is wrong; another one may be."""
    well = Finding(True, "the clock is later than all that is archived")
    try:
        catalogue = open_catalogue(url)
    except (CatalogueMissing, CatalogueOutdated, CatalogueNewer, SQLAlchemyError):
        return well
    with catalogue.reading() as session:
        newest = session.scalar(text("SELECT MAX(started_at) FROM run"))
    catalogue.close()
    if newest is None or from_iso(newest) <= now + _CLOCK_SLACK:
        return well
    return Finding(False, f"the clock says {now:%Y-%m-%dT%H:%MZ}, a run began at {newest}", "set the clock")


# ---------------------------------------------------------------- schedule


def _schedule(path: Path, now: datetime) -> Iterator[Finding]:
    beat = Heartbeat.of(path, now)
    if beat.beat_at is None:
        yield Finding(True, "no schedule has run here; nianbao schedule run crawls every night (optional)")
        return
    found = troubles(beat, now)
    yield from (Finding(False, one.what, one.fix) for one in found)
    if not found:
        yield Finding(True, "the schedule lives, and the last night is done")


# ------------------------------------------------------- last night, and who is told


def _nights(url: str) -> Iterator[Finding]:
    try:
        catalogue = open_catalogue(url)
    except (CatalogueMissing, CatalogueOutdated, CatalogueNewer, SQLAlchemyError):
        return  # said above
    try:
        yield _last_crawl(catalogue)
        waiting = sum(alarm.state == "open" for alarm in open_alarms(catalogue))
        what = f"{waiting} alarms are open: nianbao alarms says what to do" if waiting else "no alarm is open"
        yield Finding(True, what)
        for channel, states in sorted(counts(catalogue).items()):
            lost = states.get(NoticeState.FAILED, 0)
            if lost:
                what = f"notices {channel}: {lost} events could not be delivered"
                yield Finding(True, f"{what}; nianbao notices --test says why")
    finally:
        catalogue.close()


def _last_crawl(catalogue: Catalogue) -> Finding:
    """That a site failed is an alarm's matter; that the crawl was broken off is this one's."""
    newest = select(Run).where(Run.kind == "crawl").order_by(Run.run_id.desc()).limit(1)
    with catalogue.reading() as session:
        run = session.scalar(newest)
    if run is None:
        return Finding(True, "nothing was crawled yet")
    what = f"the last crawl began at {run.started_at}"
    if run.status == RunStatus.RUNNING:
        return Finding(True, f"{what} and goes on; if its process died, the next one takes it up")
    if run.status != RunStatus.DONE:
        return Finding(False, f"{what} and ended as {run.status}", "nianbao crawl --night goes on with it")
    night = night_of(from_iso(run.started_at))
    sites = [site.on(night) for site in report_of(catalogue, night).sites]
    done = sum(1 for one in sites if one is not None and one.done)
    return Finding(
        True, f"{what}; on that night {done} of {len(sites)} sites were done: nianbao night {night}"
    )


def channels(path: Path, settings: Settings) -> Iterator[Finding]:
    """Whether each channel has an address that can be used."""
    for one in settings.notices:
        try:
            url = one.channel(path).url
        except SecretMissing as error:
            yield Finding(False, str(error), "see docs/notices.md; then nianbao notices --test")
            continue
        file = path / one.url_file.expanduser() if one.url_file is not None else None
        if not readable(url):
            fix = "see docs/notices.md for some; then nianbao notices --test"
            yield Finding(False, f"notices {one.name}: its address is none that apprise can read", fix)
        elif file is not None and file.stat().st_mode & 0o077:
            yield Finding(False, f"notices {one.name}: others may read {file}", f"chmod 600 {file}")
        else:
            yield Finding(True, f"notices {one.name} has its address")
