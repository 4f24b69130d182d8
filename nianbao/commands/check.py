"""The command that explains what a crawl of a site would find, without keeping anything."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer

from archive.runs import SiteIdentity
from crawler.job import CrawlJob, Outcome
from crawler.trace import Followed
from nianbao.commands.context import DONE_WITH_FAILURES, open_home, stop
from nianbao.commands.run import LiveWatcher, user_agent
from nianbao.commands.trial import Trial, tried
from nianbao.output import console
from nianbao.settings import site_name, web_address
from scheduler.night import SiteTask

DEEPEST_INDENT = 8


def sites_check(
    context: typer.Context,
    url: Annotated[str, typer.Argument(help="The site's start page.")],
    sample: Annotated[int, typer.Option(min=0, help="Reports to fetch and read of each list.")] = 2,
    pages: Annotated[int, typer.Option(min=1, help="Pages to fetch at most.")] = 150,
    delay: Annotated[float, typer.Option(help="Seconds between requests to one host.")] = 1.0,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="Let the site be on a private or loopback address.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Explain what a crawl would find on a site: links followed and why, lists, some reports. Keeps nothing.

    Example: nianbao sites check https://www.spt.gov.cn/
    """
    home = open_home(context)
    try:
        address = web_address(url)
    except ValueError as error:
        raise stop(str(error)) from error
    job = CrawlJob(
        catalogue_url="",
        home="",
        run_id=0,
        site_id=None,
        name=site_name(address),
        start=(address,),
        user_agent=user_agent(home),
        delay=delay,
        allow_private=allow_private,
        max_pages=pages,
        sample=sample,
    )
    with LiveWatcher() as watcher:
        trial = tried(home, [SiteTask(SiteIdentity(job.name, None, None, job.start), job)], watcher)
    if as_json:
        sys.stdout.write(json.dumps(trial.as_data(), ensure_ascii=False, indent=1) + "\n")
    else:
        _explain(trial)
    if any(outcome.problem for outcome in trial.outcomes):
        raise typer.Exit(DONE_WITH_FAILURES)


def _explain(trial: Trial) -> None:
    _say("Followed, best first:")
    for step in trial.followed:
        if step.kind not in ("article", "attachment", "picture"):
            _say(f"{'  ' * min(step.depth + 1, DEEPEST_INDENT)}{_step_line(step)}")
    _say(f"Lists: {len(trial.listings)}")
    for row in trial.listings:
        whole = "whole" if row["complete"] else "NOT whole"
        pages = f"{row['pages_seen']} of {row['pages_declared'] or row['pages_seen']} pages"
        _say(f"  {row['url']}  {row['column_name'] or ''}")
        _say(f"    family {row['family']}, {row['rows_seen']} reports, {pages}, {whole}")
    _say(f"A sample of the reports: {len(trial.reports)}")
    for row in trial.reports:
        _say(f"  {row['agency'] or 'unknown agency'} {row['year'] or 'unknown year'}  {row['url']}")
    for outcome in trial.outcomes:
        _say_end(outcome)


def _step_line(step: Followed) -> str:
    title = f" “{step.title}”" if step.title else ""
    answer = step.found if step.verdict == "ok" else f"{step.verdict}: {step.found}"
    family = f" [{step.family}]" if step.family else ""
    return f"{step.url}{title}: {step.reason} -> {answer}{family}"


def _say_end(outcome: Outcome) -> None:
    megabytes = outcome.received_bytes / 1e6
    _say(f"{outcome.fetched} pages and files fetched, {megabytes:.1f} MB; nothing is kept.")
    if outcome.unexplored:
        _say(f"Left unexplored: {outcome.unexplored}, the best of them:")
        for address in outcome.unexplored_best:
            _say(f"  {address}")
    for text in (*outcome.notes, *((outcome.problem,) if outcome.problem else ())):
        _say(f"PROBLEM: {text}")


def _say(line: str) -> None:
    console.print(line, markup=False, soft_wrap=True)
