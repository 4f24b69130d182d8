"""The command that fetches given pages and files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer
from sqlalchemy import Row, text
from w3lib.url import safe_url_string

from archive.capture import posted_url
from archive.catalogue.engine import Catalogue
from archive.runs import SiteIdentity
from crawler.job import CrawlJob
from nianbao.commands.context import DONE_WITH_FAILURES, Home, open_home, opened, stop
from nianbao.commands.run import LiveWatcher, end, log_file, run, user_agent
from nianbao.commands.trial import tried
from nianbao.output import console, errors
from nianbao.settings import site_name, web_address
from scheduler.night import SiteTask


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
        summary = run(home, catalogue, tasks, "backfill")
        say_given(catalogue, urls)
    end(summary)


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


def _tasks_of(home: Home, urls: list[str], follow: bool, allow_private: bool, delay: float) -> list[SiteTask]:
    by_host: dict[str, list[str]] = {}
    for one in urls:
        by_host.setdefault(urlsplit(one).netloc.lower(), []).append(one)
    return [_given(home, host, part, follow, allow_private, delay) for host, part in by_host.items()]


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
        log_file=log_file(home, f"backfill-{name}"),
    )
    return SiteTask(SiteIdentity(host, None, None, tuple(urls)), job)


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
