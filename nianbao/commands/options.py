"""Options that several commands share, and what they mean."""

from __future__ import annotations

import re
from typing import Annotated

import typer

from archive.catalogue.engine import Catalogue
from archive.history.standing import BadDate, Clocks, moment
from archive.queries import NoSuchReport, find_report
from archive.regions import Level, NoSuchRegion, region_code
from nianbao.commands.context import stop
from nianbao.output import Format


def _region(text: str | None) -> str | None:
    """The region's code. Ends the program with code 2 when it is no region."""
    try:
        return None if text is None else region_code(text)
    except NoSuchRegion as error:
        raise stop(str(error)) from error


Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Csv = Annotated[bool, typer.Option("--csv", help="Print CSV.")]
Agency = Annotated[str | None, typer.Option(help="A part of the agency's name.")]
Year = Annotated[int | None, typer.Option(help="The year reported on.")]
Region = Annotated[
    str | None,
    typer.Option(callback=_region, help="A division and all below it: its code, such as 640500, or name."),
]
LevelName = Annotated[
    Level | None,
    typer.Option("--level", case_sensitive=False, help="The agency's level: its division's, by its code."),
]
ReportName = Annotated[str | None, typer.Option("--report", help="A report: number, 'AGENCY YEAR' or URL.")]
ReportArgument = Annotated[str, typer.Argument(help="A report: its number, 'AGENCY YEAR', or a URL of it.")]
Seen = Annotated[
    str | None, typer.Option(help="As the site showed it at the end of this day (UTC), such as 2026-11-21.")
]
Known = Annotated[
    str | None, typer.Option(help="As far as was known at the end of this day: read, corrected, captured.")
]


def form_of(as_json: bool, as_csv: bool = False) -> Format:
    if as_json and as_csv:
        raise stop("give --json or --csv, not both")
    return Format.JSON if as_json else Format.CSV if as_csv else Format.TABLE


def clocks_of(seen: str | None, known: str | None) -> Clocks:
    """The two clocks. Ends the program with code 2 when one is no date."""
    try:
        return Clocks(moment(seen) if seen else None, moment(known) if known else None)
    except BadDate as error:
        raise stop(str(error)) from error


def year_span(text: str | None) -> range | None:
    """``2019-2024``, or one year. Raises ValueError."""
    if text is None:
        return None
    match = re.fullmatch(r"\s*(\d{4})\s*(?:-\s*(\d{4}))?\s*", text)
    if match is None:
        raise ValueError(f"{text!r} is no span of years: give 2019-2024")
    return range(int(match[1]), int(match[2] or match[1]) + 1)


def beginning_of(since: str | None) -> str | None:
    """The first moment of a day, or the time given. Ends the program with code 2 when it is no date."""
    if since is None:
        return None
    try:
        return moment(since).replace("T23:59:59Z", "T00:00:00Z")
    except BadDate as error:
        raise stop(str(error)) from error


def found_report(catalogue: Catalogue, name: str) -> int:
    """The number of the report called so. Ends the program with code 2 when none or several are."""
    try:
        return find_report(catalogue, name)
    except NoSuchReport as error:
        raise stop(str(error)) from error
