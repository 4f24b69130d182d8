"""``nianbao demo``: the whole job on a replica site on loopback, with no network."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from archive.catalogue.engine import Catalogue, create_catalogue
from archive.queries import Filter, ask
from nianbao.commands.context import DONE_WITH_FAILURES, Home
from nianbao.commands.crawl import task_of
from nianbao.commands.run import LiveWatcher, site_line
from nianbao.handover import leave_readme
from nianbao.output import Format, console, print_rows
from nianbao.settings import SiteSettings, add_site, load_settings, write_new
from scheduler.night import NightSummary, run_night

if TYPE_CHECKING:
    from nianbao.replica import ReportKey

CONTACT = "demo@localhost"


def demo(
    keep: Annotated[
        Path | None, typer.Option(help="Keep the demo's home here instead of a folder that is removed.")
    ] = None,
) -> None:
    """Crawl a replica site on loopback on two nights, with edits in between, and show the result.

    Example: nianbao demo
    """
    path = (keep or Path(tempfile.mkdtemp(prefix="nianbao-demo-"))).absolute()
    if keep is not None and path.exists() and any(path.iterdir()):
        console.print(f"{path} is not empty; give an empty folder", markup=False)
        raise typer.Exit(2)
    try:
        right = _play(path)
    finally:
        if keep is None:
            shutil.rmtree(path)
    if keep is not None:
        console.print(f"\nThe home is kept: nianbao --home {path} reports", markup=False, soft_wrap=True)
    if not right:
        raise typer.Exit(DONE_WITH_FAILURES)


def _play(path: Path) -> bool:
    from nianbao.replica import EXPECTED, Replica  # here, so that no other command waits for it

    with Replica() as replica:
        home = _make_home(path, replica.url)
        catalogue = create_catalogue(home.catalogue_url)
        try:
            _say(f"Night 1: crawling {replica.url} (a replica of a government site)")
            _night(home, catalogue)
            right = _compare(catalogue, EXPECTED[1])
            replica.night = 2
            _say("Night 2: the office has edited two figures and published a report")
            second = _night(home, catalogue)
            right &= _compare(catalogue, EXPECTED[2])
            _result(catalogue, second)
        finally:
            catalogue.close()
    return right


def _make_home(path: Path, url: str) -> Home:
    path.mkdir(parents=True, exist_ok=True)
    write_new(path, CONTACT)
    leave_readme(path)
    site = SiteSettings(
        name="replica", title="Replica", start=[url], division="640500", delay=0.05, allow_private=True
    )
    add_site(path, site)
    return Home(path, load_settings(path))


def _night(home: Home, catalogue: Catalogue) -> NightSummary:
    tasks = [task_of(home, site) for site in home.settings.site]
    with LiveWatcher() as watcher:
        summary = run_night(catalogue, home.path, tasks, workers=home.settings.workers, watcher=watcher)
    for outcome in summary.sites:
        console.print(f"  {site_line(outcome)}", markup=False, soft_wrap=True)
    found, changes = summary.reading, summary.projection
    console.print(
        f"  {found.read} files read, {found.reports} of them reports; "
        f"{changes.appeared} reports are new, {changes.edited} changed",
        soft_wrap=True,
    )
    return summary


def _compare(catalogue: Catalogue, keys: tuple[ReportKey, ...]) -> bool:
    """Hold the catalogue against the replica's answer key, cell by cell."""
    cells = wrong = 0
    for key in keys:
        with ask(catalogue, "facts", Filter(agency=key.agency, year=key.year)) as found:
            places = [
                found.columns.index(c) for c in ("agency", "table_code", "row_code", "column_code", "value")
            ]
            rows = [[row[p] for p in places] for row in found.rows]
        stored = {f"{t}/{r}/{c}": value for agency, t, r, c, value in rows if agency == key.agency}
        for place, value in key.facts.items():
            cells += 1
            if stored.get(place) is None or float(stored[place]) != float(value):
                wrong += 1
                console.print(f"  WRONG {key.agency} {key.year} {place}: {stored.get(place)}, not {value}")
    console.print(f"  {cells - wrong} of {cells} published figures stand in the catalogue as published")
    return wrong == 0


def _result(catalogue: Catalogue, second: NightSummary) -> None:
    _say("The reports (nianbao reports)")
    with ask(catalogue, "reports") as found:
        shown = (
            "report_id",
            "agency",
            "year",
            "edition",
            "division_code",
            "published_on",
            "media_type",
            "versions",
        )
        print_rows(found, Format.TABLE, shown=shown)
    _say("What changed on night 2 (nianbao changes)")
    shown = ("agency", "year", "layer", "kind", "row_code", "column_code", "old_value", "new_value")
    for layer in ("presence", "field"):
        with ask(catalogue, "changes", Filter(run_id=second.run_id, layer=layer)) as found:
            print_rows(found, Format.TABLE, shown=shown)
    _say("Applications received, in all (nianbao facts --table requests --row received --column total)")
    with ask(catalogue, "facts", Filter(table="requests", row="received", column="total")) as found:
        print_rows(found, Format.TABLE, shown=("agency", "year", "value"))


def _say(text: str) -> None:
    console.print(f"\n{text}", style="bold", markup=False, soft_wrap=True)
