"""Commands that fetch and read: crawl, backfill, parse."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer
from rich.live import Live
from sqlalchemy import Row, text
from w3lib.url import safe_url_string

from archive.capture import posted_url
from archive.catalogue.engine import Catalogue
from archive.history.project import project
from archive.history.reread import differences
from archive.jobs import crawl_unfinished, finished_sites
from archive.mend import Mended
from archive.reading import Failure, ReadingSummary, all_blobs, archived, stale_blobs
from archive.runs import SiteIdentity
from archive.times import compact, iso, read_moment, utc_now
from crawler.job import CrawlJob, Outcome
from crawler.job import Progress as CrawlProgress
from nianbao import __version__
from nianbao.commands.context import DONE_WITH_FAILURES, Home, open_home, opened, stop
from nianbao.commands.keep import say_mended
from nianbao.commands.trial import tried
from nianbao.handover import leave_readme
from nianbao.output import console, errors
from nianbao.settings import SiteSettings, site_name, web_address
from parsers.isolation import Readers
from scheduler.night import NightSummary, SiteTask, Watcher, read_stale, run_night
from scheduler.window import Window

_BEST_UNEXPLORED = 5


class LiveWatcher(Watcher):
    """Shows progress on a terminal, and nothing elsewhere. Use as a context manager."""

    def __init__(self) -> None:
        self._counts: dict[str, CrawlProgress] = {}
        self._read: tuple[int, int] | None = None
        self._live = (
            Live(console=errors, refresh_per_second=4, transient=True) if errors.is_terminal else None
        )

    def __enter__(self) -> LiveWatcher:
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()

    def mended(self, done: Mended) -> None:
        say_mended(done)

    def crawling(self, site: str, progress: CrawlProgress) -> None:
        self._counts[site] = progress
        self._show()

    def reading(self, done: int, total: int) -> None:
        self._read = (done, total)
        self._show()

    def _show(self) -> None:
        if self._live is None:
            return
        lines = [
            f"{name}: {p.fetched} fetched, {p.waiting} waiting, {p.found} files of reports"
            for name, p in self._counts.items()
        ]
        if self._read:
            lines.append(f"reading: {self._read[0]} of {self._read[1]} files")
        self._live.update("\n".join(lines))


def crawl(
    context: typer.Context,
    site: Annotated[
        list[str] | None, typer.Argument(help="Names of sites; all of them if none is given.")
    ] = None,
    ask_again: Annotated[
        bool, typer.Option("--ask-again", help="Also ask hosts that refused us and are left alone for now.")
    ] = False,
    night: Annotated[
        bool,
        typer.Option(
            "--night", help="Ask only for what is due tonight, and only within the window of hours."
        ),
    ] = False,
    explore: Annotated[
        bool,
        typer.Option("--explore", help="With --night: also look anew for the columns of reports."),
    ] = False,
    unfinished_since: Annotated[
        str | None,
        typer.Option(
            metavar="TIME", help="Only sites that no crawl since then (UTC) has gone through to its end."
        ),
    ] = None,
) -> None:
    """Crawl the sites once, read what is new, and record what changed.

    A crawl by hand asks for everything that it knows. With `--night`, as for a crawl that cron starts, it
    asks for columns and young reports, and for older ones the more rarely the longer they have not changed;
    the settings say how rarely. A crawl that was killed is gone on with.

    Example: nianbao crawl spt.gov.cn
    """
    if explore and not night:
        raise stop("--explore goes with --night; without it a crawl asks for everything")
    home = open_home(context)
    chosen = _choose(home, site or [])
    since = _moment_of(unfinished_since)
    stop_at = _end_of_window(home) if night else None
    with opened(home) as catalogue:
        if since is not None:
            through = finished_sites(catalogue, [s.name for s in chosen], since)
            chosen = [s for s in chosen if s.name not in through]
            if not chosen and crawl_unfinished(catalogue, since) is None:
                console.print(f"Every site has been crawled since {unfinished_since}.")
                return
        tasks = [task_of(home, s, ask_again, night, stop_at, explore) for s in chosen]
        summary = _run(home, catalogue, tasks, "crawl")
    _end(summary)


def _moment_of(given: str | None) -> datetime | None:
    try:
        return read_moment(given) if given is not None else None
    except ValueError as error:
        raise stop(str(error)) from error


def backfill(
    context: typer.Context,
    url: Annotated[list[str] | None, typer.Argument(help="Pages or files to archive and read now.")] = None,
    file: Annotated[Path | None, typer.Option(help="A text file with one URL a line.")] = None,
    follow: Annotated[bool, typer.Option("--follow", help="Also walk a URL that is a listing.")] = False,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="Let private and loopback addresses be fetched.")
    ] = False,
    delay: Annotated[float, typer.Option(help="Seconds between requests to one host.")] = 1.0,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Fetch and read, say what was found, and keep nothing.")
    ] = False,
) -> None:
    """Archive and read the given pages or files now. One that was interrupted goes on where it stopped.

    Example: nianbao backfill https://www.spt.gov.cn/xxgk/202401/t20240118_1.html
    """
    home = open_home(context)
    urls = addresses([*(url or []), *_listed(file)])
    if not urls:
        raise stop("give at least one URL, or --file LIST")
    with opened(home) as catalogue:
        left = urls if follow or dry_run else _not_yet_archived(catalogue, urls)
        tasks = _tasks_of(home, left, follow, allow_private, delay)
        if dry_run:
            _try_given(home, tasks, urls)
            return
        summary = _run(home, catalogue, tasks, "backfill")
        say_given(catalogue, urls)
    _end(summary)


def _tasks_of(home: Home, urls: list[str], follow: bool, allow_private: bool, delay: float) -> list[SiteTask]:
    by_host: dict[str, list[str]] = {}
    for one in urls:
        by_host.setdefault(urlsplit(one).netloc.lower(), []).append(one)
    return [_given(home, host, part, follow, allow_private, delay) for host, part in by_host.items()]


def _not_yet_archived(catalogue: Catalogue, urls: list[str]) -> list[str]:
    """The URLs that the last backfill, if it was interrupted, has not archived."""
    query = text(
        "SELECT resource.url FROM capture JOIN resource USING (resource_id) WHERE run_id = "
        "(SELECT MAX(run_id) FROM run WHERE kind = 'backfill' AND status IN ('running', 'interrupted') AND "
        "run_id = (SELECT MAX(run_id) FROM run WHERE kind = 'backfill')) "
        "AND verdict IN ('ok', 'not_modified', 'gone', 'soft_gone')"
    )
    with catalogue.reading() as session:
        done = set(session.scalars(query))
    left = [one for one in urls if _kept_as(one) not in done]
    if len(left) < len(urls):
        done_count = len(urls) - len(left)
        console.print(f"{done_count} of {len(urls)} were archived before the interruption; going on.")
    return left


def _kept_as(url: str) -> str:
    """The name under which the archive keeps what is asked for at this address."""
    return posted_url(safe_url_string(url), "")


def _try_given(home: Home, tasks: list[SiteTask], urls: list[str]) -> None:
    """What the URLs would bring; the program ends with 1 when something failed."""
    with LiveWatcher() as watcher:
        trial = tried(home, tasks, watcher)
    for row in trial.listings:
        whole = "whole" if row["complete"] else "NOT whole"
        console.print(f"{row['url']}: a list of {row['rows_seen']} reports, {whole}", soft_wrap=True)
    named = {row["url"]: row for row in trial.given}
    for one in urls:
        found = named.get(_kept_as(one))
        said = _trial_line(found) if found else "not fetched"
        console.print(f"{one}: {said}", markup=False, soft_wrap=True)
    console.print(f"{len(trial.reports)} reports would be archived; nothing is kept.")
    for outcome in trial.outcomes:
        if outcome.problem:
            errors.print(f"{outcome.name}: {outcome.problem}", markup=False, soft_wrap=True)
    if any(outcome.problem for outcome in trial.outcomes):
        raise typer.Exit(DONE_WITH_FAILURES)


def _trial_line(row: Mapping[str, Any]) -> str:
    if row["agency"] or row["year"]:
        return f"a report: {row['agency'] or 'unknown agency'} {row['year'] or 'unknown year'}"
    if row["verdict"] not in ("ok", "not_modified"):
        return f"{row['verdict']} ({row['reason']})"
    said = (row["outcome"] or "not read").replace("_", " ")
    return f"{said} ({row['said']})" if row["said"] else said


def parse(
    context: typer.Context,
    stale: Annotated[
        bool, typer.Option("--stale", help="Files this release has not read yet (the default).")
    ] = False,
    all_: Annotated[
        bool, typer.Option("--all", help="Every archived file, compared with what is stored.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only print what would be read or would differ.")
    ] = False,
) -> None:
    """Read archived files again: from the archive, never from the net.

    Example: nianbao parse --all --dry-run
    """
    home = open_home(context)
    if stale and all_:
        raise stop("give --stale or --all, not both")
    with opened(home) as catalogue:
        if dry_run:
            reading = _compare(home, catalogue, all_blobs(catalogue) if all_ else stale_blobs(catalogue))
        else:
            with LiveWatcher() as watcher:
                reading = read_stale(catalogue, home.path, home.settings.workers, watcher)
            project(catalogue)
            console.print(f"{reading.read} files read, {reading.reports} of them reports")
        if all_ and not dry_run:
            reading = _compare(home, catalogue, all_blobs(catalogue))
    say_failures(reading)
    if reading.failures:
        raise typer.Exit(DONE_WITH_FAILURES)


# ------------------------------------------------------------------ helpers


def _choose(home: Home, names: list[str]) -> list[SiteSettings]:
    known = {s.name: s for s in home.settings.site}
    if not known:
        raise stop("no site is set up yet: nianbao sites add https://www.spt.gov.cn/")
    unknown = [n for n in names if n not in known]
    if unknown:
        raise stop(f"no site is called {', '.join(unknown)}; there are: {', '.join(known)}")
    return [known[n] for n in names] or list(known.values())


def _end_of_window(home: Home) -> str:
    """When the hours end in which a nightly crawl may ask. Ends the program outside of them."""
    closes = Window.parse(home.settings.window).closes_at(utc_now())
    if closes is None:
        raise stop(
            f"it is not within window = {home.settings.window!r} (Asia/Shanghai); "
            "leave out --night to crawl now",
            DONE_WITH_FAILURES,
        )
    return iso(closes)


def task_of(
    home: Home,
    site: SiteSettings,
    ask_again: bool = False,
    night: bool = False,
    stop_at: str | None = None,
    explore: bool = False,
) -> SiteTask:
    identity = SiteIdentity(site.name, site.title, site.division, tuple(site.start))
    job = CrawlJob(
        catalogue_url=home.catalogue_url,
        home=str(home.path),
        run_id=0,
        site_id=None,
        name=site.name,
        start=tuple(site.start),
        user_agent=user_agent(home),
        delay=site.delay,
        robots=site.robots,
        allow_private=site.allow_private,
        max_pages=site.max_pages,
        max_seconds=60.0 * site.max_minutes,
        ask_again=ask_again,
        browser=home.settings.browser,
        max_drawn=site.max_drawn,
        night=night,
        young_days=home.settings.young_days,
        recheck_days=home.settings.recheck_days,
        explore_days=0 if explore else home.settings.explore_days,
        stop_at=stop_at,
        log_file=_log_file(home, site.name),
    )
    return SiteTask(identity, job)


def _given(
    home: Home, host: str, urls: list[str], follow: bool, allow_private: bool, delay: float
) -> SiteTask:
    name = site_name(urls[0])
    job = CrawlJob(
        catalogue_url=home.catalogue_url,
        home=str(home.path),
        run_id=0,
        site_id=None,
        name=name,
        start=tuple(urls),
        user_agent=user_agent(home),
        delay=delay,
        allow_private=allow_private,
        given=True,
        follow=follow,
        browser=home.settings.browser,
        log_file=_log_file(home, f"backfill-{name}"),
    )
    return SiteTask(SiteIdentity(host, None, None, tuple(urls)), job)


def user_agent(home: Home) -> str:
    """Who we are, with where we can be reached (RFC 9110, 10.1.5)."""
    return f"nianbao/{__version__} (+{home.settings.contact or 'no contact set'})"


def _log_file(home: Home, name: str) -> str:
    return str(home.path / "logs" / f"{compact(utc_now())}-{name.replace(':', '_')}.jsonl")


def _run(home: Home, catalogue: Catalogue, tasks: list[SiteTask], kind: str) -> NightSummary:
    if not home.settings.contact and not all(t.job.allow_private for t in tasks):
        errors.print("Set contact in nianbao.toml: site owners should be able to reach you.")
    leave_readme(home.path)
    with LiveWatcher() as watcher:
        return run_night(
            catalogue,
            home.path,
            tasks,
            kind=kind,
            parallel_hosts=home.settings.parallel_hosts,
            workers=home.settings.workers,
            watcher=watcher,
        )


def _end(summary: NightSummary) -> None:
    """The plain summary; the program ends with 1 when something failed."""
    for outcome in summary.sites:
        console.print(site_line(outcome), markup=False, soft_wrap=True)
        for address in outcome.unexplored_best[:_BEST_UNEXPLORED]:
            console.print(f"  left unexplored: {address}", markup=False, soft_wrap=True)
        for note in outcome.notes:
            console.print(f"  note: {note}", markup=False, soft_wrap=True)
    say_failures(summary.reading)
    found, changes = summary.reading, summary.projection
    console.print(
        f"Run {summary.run_id}: {found.read} files read, {found.reports} of them reports; "
        f"{changes.appeared} reports are new, {changes.edited} changed.",
        soft_wrap=True,
    )
    if not summary.clean:
        raise typer.Exit(DONE_WITH_FAILURES)


def site_line(outcome: Outcome) -> str:
    """A site's crawl in one line."""
    if outcome.problem and outcome.listings == 0:
        return f"{outcome.name}: FAILED. {outcome.problem}"
    parts = [
        f"{outcome.fetched} fetched",
        f"{outcome.received_bytes / 1e6:.1f} MB",
        f"{outcome.not_modified} not modified",
        f"{outcome.listings} listings",
        f"{outcome.found} files of reports",
    ]
    counts = {
        "incomplete listings": outcome.incomplete_listings,
        "gone": outcome.gone,
        "failed": outcome.failed,
        "blocked": outcome.blocked,
        "left out by robots.txt": outcome.excluded,
        "left unexplored": outcome.unexplored,
        "not asked for": outcome.not_asked,
        "not due, or fetched before": outcome.spared,
    }
    parts += [f"{count} {what}" for what, count in counts.items() if count]
    line = f"{outcome.name}: {', '.join(parts)}"
    return f"{line}. PROBLEM: {outcome.problem}" if outcome.problem else line


def say_failures(reading: ReadingSummary) -> None:
    for failure in reading.failures:
        errors.print(f"not read: {failure.sha256[:12]}: {failure.reason}", markup=False, soft_wrap=True)


def say_given(catalogue: Catalogue, urls: list[str]) -> None:
    """What each given URL turned out to be."""
    query = text(
        "SELECT c.verdict, e.outcome, e.reason, r.report_id, r.agency, r.year FROM captures c "
        "LEFT JOIN extraction e ON e.sha256 = c.sha256 "
        "JOIN resource s ON s.url = c.url LEFT JOIN resource p ON p.resource_id = s.parent_id "
        "LEFT JOIN reports r ON r.url = c.url OR r.page_url = c.url OR (e.outcome IS NULL AND r.url = p.url) "
        "WHERE c.url = :url ORDER BY c.capture_id DESC, e.revision DESC LIMIT 1"
    )
    with catalogue.reading() as session:
        for url in urls:
            row = session.execute(query, {"url": _kept_as(url)}).first()
            console.print(f"{url}: {_given_line(row)}", markup=False, soft_wrap=True)


def _given_line(row: Row[Any] | None) -> str:
    if row is None:
        return "not fetched"
    if row.report_id is not None:
        return f"report {row.report_id}: {row.agency or 'unknown agency'} {row.year or 'unknown year'}"
    if row.outcome is None:
        return "archived, not read" if row.verdict == "ok" else str(row.verdict)
    said = f"archived, {row.outcome.replace('_', ' ')}"
    return f"{said} ({row.reason})" if row.reason else said


def addresses(urls: list[str]) -> list[str]:
    try:
        return list(dict.fromkeys(web_address(u) for u in urls))
    except ValueError as error:
        raise stop(str(error)) from error


def _listed(file: Path | None) -> list[str]:
    if file is None:
        return []
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise stop(f"{file} cannot be read: {error}") from error
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def _compare(home: Home, catalogue: Catalogue, sha256s: list[str]) -> ReadingSummary:
    """Read the files and print what comes out otherwise than stored; nothing is written."""
    found = 0
    failures: list[Failure] = []
    with Readers(workers=home.settings.workers) as readers, LiveWatcher() as watcher:
        items = archived(catalogue, home.path, sha256s, failures)
        for done, (sha256, fresh) in enumerate(readers.read_many(items), start=1):
            for one in differences(catalogue, sha256, fresh):
                found += 1
                console.print(
                    f"{sha256[:12]} {one.place}: {one.old} -> {one.new}", markup=False, soft_wrap=True
                )
            watcher.reading(done, len(sha256s))
    console.print(f"{len(sha256s)} files read, {found} differences from what is stored")
    return ReadingSummary(len(sha256s), 0, tuple(failures))
