"""Commands about the home itself: init, sites, doctor."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated
from urllib.parse import urlsplit

import typer
from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError

from archive.catalogue.engine import create_catalogue
from archive.history.project import project
from archive.hosts import HostState, known_hosts
from archive.queries import Rows
from nianbao.commands.context import DONE_WITH_FAILURES, home_path, open_home, opened, stop
from nianbao.examination import Finding, examine
from nianbao.handover import leave_readme
from nianbao.output import Format, console, print_rows
from nianbao.settings import (
    FILE_NAME,
    SettingsError,
    SiteSettings,
    add_site,
    site_name,
    web_address,
    write_new,
)

sites = typer.Typer(help="Manage the sites that are crawled.", no_args_is_help=True)


def init(
    context: typer.Context,
    contact: Annotated[
        str, typer.Option(help="A web page or mail address for site owners; sent with every request.")
    ] = "",
) -> None:
    """Make a home, or bring an older one up to date.

    Example: nianbao --home data init --contact https://example.org/crawler
    """
    path = home_path(context)
    path.mkdir(parents=True, exist_ok=True)
    if not (path / FILE_NAME).exists():
        write_new(path, contact)
    home = open_home(context)
    for folder in ("warc", "logs"):
        (path / folder).mkdir(exist_ok=True)
    leave_readme(path)
    try:
        catalogue = create_catalogue(home.catalogue_url)
        project(catalogue)  # an older catalogue's reports are derived anew
        catalogue.close()
    except SQLAlchemyError as error:
        raise stop(f"the catalogue cannot be made: {str(error).splitlines()[0]}") from error
    console.print(f"The home is ready: {path}", soft_wrap=True)
    if not home.settings.contact:
        console.print(
            f"Set contact in {path / FILE_NAME}, so that site owners can reach you.", soft_wrap=True
        )
    console.print("Next: nianbao sites add https://www.spt.gov.cn/")


@sites.command("add")
def sites_add(
    context: typer.Context,
    url: Annotated[str, typer.Argument(help="The site's start page, or its annual-report column.")],
    name: Annotated[
        str | None, typer.Option(help="A short name; made from the address if not given.")
    ] = None,
    title: Annotated[str | None, typer.Option(help="What the site is called.")] = None,
    division: Annotated[
        str | None, typer.Option(help="Its division's code (GB/T 2260), such as 640502.")
    ] = None,
    delay: Annotated[float, typer.Option(help="Seconds between requests to one host.")] = 1.0,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="Let the site be on a private or loopback address.")
    ] = False,
) -> None:
    """Add a site to the settings.

    Example: nianbao sites add https://www.spt.gov.cn/ --division 640502
    """
    home = open_home(context)
    try:
        address = web_address(url)
        site = SiteSettings(
            name=name or site_name(address),
            title=title,
            start=[address],
            division=division,
            delay=delay,
            allow_private=allow_private,
        )
        add_site(home.path, site)
    except ValidationError as error:
        raise stop("; ".join(f"{p['loc'][0]}: {p['msg']}" for p in error.errors())) from error
    except (ValueError, SettingsError) as error:
        raise stop(str(error)) from error
    console.print(f"Added {site.name} ({address}). Next: nianbao crawl {site.name}", soft_wrap=True)


@sites.command("list")
def sites_list(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the sites of the settings, whether their hosts refuse us, and the systems they are made with.

    Example: nianbao sites list
    """
    home = open_home(context)
    with opened(home) as catalogue:
        known = known_hosts(catalogue)
    rows = (_site_row(s, known) for s in home.settings.site)
    columns = ("name", "title", "start", "division", "delay", "state", "retry_at", "reason")
    found = Rows((*columns, "family", "needs_browser"), rows)
    print_rows(found, Format.JSON if as_json else Format.TABLE)


def _site_row(site: SiteSettings, known: dict[str, HostState]) -> tuple[object, ...]:
    hosts = [known[h] for u in site.start if (h := urlsplit(u).netloc.lower()) in known]
    refused = next((host for host in hosts if host.refusals), None)
    state = ("refused", refused.retry_at, refused.reason) if refused else ("ok", None, None)
    family = next((host.family for host in hosts if host.family), None)
    drawn = any(host.needs_browser for host in hosts)
    return (site.name, site.title, " ".join(site.start), site.division, site.delay, *state, family, drawn)


def doctor(
    context: typer.Context, as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False
) -> None:
    """Check settings, catalogue, disk, programs, clock, schedule, the last night and notices; each fault
    with its one-line fix.

    Example: nianbao doctor
    """
    findings = examine(home_path(context))
    faults = _print_findings(list(findings)) if as_json else say_findings(findings)
    if faults:
        raise typer.Exit(DONE_WITH_FAILURES)


def _print_findings(findings: list[Finding]) -> int:
    rows = (("ok" if one.good else "fault", one.what, one.fix if not one.good else "") for one in findings)
    print_rows(Rows(("state", "what", "fix"), rows), Format.JSON)
    return sum(not one.good for one in findings)


def say_findings(findings: Iterable[Finding]) -> int:
    """Print each as it is found; how many are faults."""
    faults = 0
    for one in findings:
        line = f"ok     {one.what}" if one.good else f"fault  {one.what}\n       fix: {one.fix}"
        console.print(line, markup=False, soft_wrap=True)
        faults += not one.good
    return faults
