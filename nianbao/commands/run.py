"""One run as the commands do it: what is shown meanwhile, and what is said at its end."""

from __future__ import annotations

from types import TracebackType

import typer
from rich.live import Live

from archive.catalogue.engine import Catalogue
from archive.mend import Mended
from archive.reading import ReadingSummary
from archive.times import compact, utc_now
from crawler.job import Outcome
from crawler.job import Progress as CrawlProgress
from nianbao import __version__
from nianbao.commands.context import DONE_WITH_FAILURES, Home
from nianbao.commands.keep import say_mended
from nianbao.handover import leave_readme
from nianbao.output import console, errors
from scheduler.night import NightSummary, SiteTask, Watcher, run_night

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


def run(home: Home, catalogue: Catalogue, tasks: list[SiteTask], kind: str) -> NightSummary:
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


def end(summary: NightSummary) -> None:
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


def user_agent(home: Home) -> str:
    """Who we are, with where we can be reached (RFC 9110, 10.1.5)."""
    return f"nianbao/{__version__} (+{home.settings.contact or 'no contact set'})"


def log_file(home: Home, name: str) -> str:
    return str(home.path / "logs" / f"{compact(utc_now())}-{name.replace(':', '_')}.jsonl")
