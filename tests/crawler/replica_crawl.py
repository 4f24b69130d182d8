"""Crawls a replica through the real crawl process, and tells what an archive then holds."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text

from archive.catalogue.engine import create_catalogue, open_catalogue
from archive.runs import SiteIdentity
from crawler.job import CrawlJob, Outcome
from nianbao.replica.families import FamilySite
from nianbao.replica.serving import LoggedRequest
from scheduler.night import SiteTask, run_night

AGENT = "nianbao-test/1 (+https://example.org/crawler)"


@dataclass(frozen=True)
class Crawled:
    """What one night of a replica brought: reports by (agency, year), listings, and the server's log."""

    outcome: Outcome
    reports: list[tuple[str | None, int | None]]
    listings: list[dict[str, object]]
    fetched: list[tuple[str, str, str]]
    log: list[LoggedRequest]
    key: set[tuple[str, int]]
    family: str

    @property
    def recall(self) -> float:
        return len(self.key & set(self.reports)) / len(self.key)

    @property
    def precision(self) -> float:
        return sum(found in self.key for found in self.reports) / max(1, len(self.reports))

    @property
    def doubled(self) -> list[tuple[str | None, int | None]]:
        return [found for found, times in Counter(self.reports).items() if times > 1]

    @property
    def requests_per_report(self) -> float:
        return len(self.log) / max(1, len(self.reports))


def crawl(site: FamilySite, home: Path, *, start: Sequence[str] = (), **options: object) -> Crawled:
    """One night from the home page alone; `options` are fields of the crawl job."""
    url = f"sqlite:///{home / 'catalogue.sqlite3'}"
    if not (home / "catalogue.sqlite3").exists():
        home.mkdir(parents=True, exist_ok=True)
        create_catalogue(url).close()
    starts = tuple(start) or (site.url,)
    job = CrawlJob(
        catalogue_url=url,
        home=str(home),
        run_id=0,
        site_id=None,
        name="replica",
        start=starts,
        user_agent=AGENT,
        delay=0.0,
        allow_private=True,
    )
    job = CrawlJob(**{**{f: getattr(job, f) for f in CrawlJob.__dataclass_fields__}, **options})
    site.requests.clear()
    catalogue = open_catalogue(url)
    try:
        task = SiteTask(SiteIdentity("replica", None, "640502", starts), job)
        summary = run_night(catalogue, task.job.home_path, [task], workers=1)
        with catalogue.reading() as session:
            reports = session.execute(text("SELECT agency, year FROM reports")).all()
            listings = session.execute(
                text("SELECT * FROM listing WHERE run_id = :run"), {"run": summary.run_id}
            )
            captures = session.execute(
                text("SELECT url, kind, verdict FROM captures JOIN resource USING (url) WHERE run_id = :run"),
                {"run": summary.run_id},
            )
            return Crawled(
                summary.sites[0],
                [(row.agency, row.year) for row in reports],
                [dict(row._mapping) for row in listings],
                [(row.url, row.kind, row.verdict) for row in captures],
                list(site.requests),
                site.site.key,
                site.site.family,
            )
    finally:
        catalogue.close()
