"""A crawl whose result is only looked at: it is archived in a folder that is thrown away at once."""

from __future__ import annotations

from contextlib import closing
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import text

from archive.catalogue.engine import Catalogue, create_catalogue, sqlite_url
from crawler.job import Outcome
from crawler.trace import Followed, read_trace
from nianbao.commands.context import Home
from scheduler.night import SiteTask, Watcher, run_night


@dataclass(frozen=True, slots=True)
class Trial:
    """What a trial brought: each step, the lists with their rows' number, and the reports read."""

    outcomes: tuple[Outcome, ...]
    followed: tuple[Followed, ...]
    listings: tuple[dict[str, Any], ...]
    reports: tuple[dict[str, Any], ...]
    given: tuple[dict[str, Any], ...]

    def as_data(self) -> dict[str, Any]:
        """The whole trial as JSON has it."""
        return {
            "outcomes": [asdict(outcome) for outcome in self.outcomes],
            "followed": [asdict(step) for step in self.followed],
            "listings": list(self.listings),
            "reports": list(self.reports),
            "given": list(self.given),
        }


_LISTINGS = """
SELECT l.url, column_name, family, pages_declared, pages_seen, complete, COUNT(sighting_id) AS rows_seen
FROM listing l LEFT JOIN sighting s ON s.listing_id = l.listing_id GROUP BY l.listing_id ORDER BY l.listing_id
"""
_REPORTS = """
SELECT agency, year, edition, title, url, page_url, media_type FROM reports ORDER BY year DESC, agency
"""
_GIVEN = """
SELECT c.url, c.verdict, c.reason, e.outcome, e.reason AS said, r.agency, r.year FROM captures c
JOIN resource USING (url) LEFT JOIN extraction e ON e.sha256 = c.sha256
LEFT JOIN reports r ON r.url = c.url OR r.page_url = c.url WHERE resource.kind = 'given'
"""


def tried(home: Home, tasks: list[SiteTask], watcher: Watcher) -> Trial:
    """Crawl and read for nothing: neither the home's archive nor its catalogue is touched."""
    with TemporaryDirectory(prefix="nianbao-trial-") as name:
        folder = Path(name)
        url = sqlite_url(folder)
        traces = [folder / f"trace-{number}" for number in range(len(tasks))]
        with closing(create_catalogue(url)) as catalogue:
            jobs = (
                replace(task.job, catalogue_url=url, home=name, trace_file=str(trace), log_file=None)
                for task, trace in zip(tasks, traces, strict=True)
            )
            moved = [replace(task, job=job) for task, job in zip(tasks, jobs, strict=True)]
            workers = home.settings.workers
            summary = run_night(catalogue, folder, moved, kind="trial", workers=workers, watcher=watcher)
            followed = tuple(step for trace in traces for step in read_trace(trace))
            return Trial(
                summary.sites,
                followed,
                _rows(catalogue, _LISTINGS),
                _rows(catalogue, _REPORTS),
                _rows(catalogue, _GIVEN),
            )


def _rows(catalogue: Catalogue, query: str) -> tuple[dict[str, Any], ...]:
    with catalogue.reading() as session:
        return tuple(dict(row) for row in session.execute(text(query)).mappings())
