"""The command that crawls the sites."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from archive.jobs import crawl_unfinished, finished_sites
from archive.runs import SiteIdentity
from archive.times import iso, read_moment, utc_now
from crawler.job import CrawlJob
from nianbao.commands.context import DONE_WITH_FAILURES, Home, open_home, opened, stop
from nianbao.commands.run import end, log_file, run, user_agent
from nianbao.output import console
from nianbao.settings import SiteSettings
from scheduler.night import SiteTask
from scheduler.window import Window


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
        summary = run(home, catalogue, tasks, "crawl")
    end(summary)


def _moment_of(given: str | None) -> datetime | None:
    try:
        return read_moment(given) if given is not None else None
    except ValueError as error:
        raise stop(str(error)) from error


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
        log_file=log_file(home, site.name),
    )
    return SiteTask(identity, job)
