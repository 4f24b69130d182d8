"""Commands that lay agencies out over the years: coverage and series."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import astuple, fields
from typing import Annotated, Any

import typer

from archive.history.corrections import parse_place
from archive.queries import COLUMNS, Filter, Rows, SeriesRow, ask
from archive.queries import series as figures_over_years
from nianbao.commands.context import open_home, opened, stop
from nianbao.commands.options import Agency, Csv, Json, LevelName, Region, Year, form_of, year_span
from nianbao.output import print_rows


def coverage(
    context: typer.Context,
    agency: Agency = None,
    year: Year = None,
    region: Region = None,
    level: LevelName = None,
    state: Annotated[
        str | None, typer.Option(help="not_due, due, overdue, found, parsed, verified or gone.")
    ] = None,
    late: Annotated[bool, typer.Option("--late", help="Only what was published after its day.")] = False,
    wide: Annotated[
        bool, typer.Option("--wide", help="A row for each agency, a column for each year.")
    ] = False,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Print which agency has published on which year, against the statutory dates.

    Example: nianbao coverage --region 640500 --state overdue
    """
    keep = Filter(agency=agency, year=year, region=region, level=level, state=state, late=late)
    form = form_of(as_json, as_csv)
    shown = None if wide else ("division_code", "agency", "year", "state", "due_on", "published_on", "late")
    columns = f"{COLUMNS['coverage']}, agency_id" if wide else None
    with opened(open_home(context)) as catalogue, ask(catalogue, "coverage", keep, columns) as found:
        print_rows(_by_year(_states(found)) if wide else found, form, shown=shown)


def series(
    context: typer.Context,
    cell: Annotated[str, typer.Argument(help="TABLE/ROW/COLUMN, such as requests/received/total.")],
    agency: Agency = None,
    region: Region = None,
    level: LevelName = None,
    years: Annotated[str | None, typer.Option(help="A span of years, such as 2019-2024.")] = None,
    long: Annotated[bool, typer.Option("--long", help="A row for each year, not a column.")] = False,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Print one figure over the years, a row for each agency.

    Example: nianbao series requests/received/total --region 640500 --years 2019-2024
    """
    form = form_of(as_json, as_csv)
    try:
        table, row, column = parse_place(cell)
        span = year_span(years)
    except ValueError as error:
        raise stop(str(error)) from error
    with opened(open_home(context)) as catalogue:
        keep = Filter(agency=agency, region=region, level=level, table=table, row=row, column=column)
        found = figures_over_years(catalogue, keep, span)
    print_rows(_long(found) if long else _by_year(_figures(found)), form)


def _long(found: list[SeriesRow]) -> Rows:
    return Rows(tuple(f.name for f in fields(SeriesRow)), (astuple(row) for row in found))


_Whose = tuple[str | None, str | None, int | None]
"""Division, name and number of an agency: two may have one name."""
_Cell = tuple[_Whose, int, Any]
"""Whose, of which year, and what is said there."""


def _figures(found: Iterable[SeriesRow]) -> Iterator[_Cell]:
    """What is no number shows as its state."""
    for row in found:
        said = row.value if row.value is not None else f"({row.state})"
        yield (row.division_code, row.agency, row.agency_id), row.year, said


def _states(found: Rows) -> Iterator[_Cell]:
    for values in found.rows:
        row = dict(zip(found.columns, values, strict=True))
        said = f"{row['state']} (late)" if row["late"] == 1 else row["state"]
        yield (row["division_code"], row["agency"], row["agency_id"]), row["year"], said


def _by_year(found: Iterable[_Cell]) -> Rows:
    """A row for each agency, in their order, and a column for each year, empty where nothing is said."""
    lines: dict[_Whose, dict[int, Any]] = {}
    for who, year, said in found:
        lines.setdefault(who, {})[year] = said
    years = sorted({year for line in lines.values() for year in line})
    columns = ("division_code", "agency", *map(str, years))
    rows = ([division, agency, *map(line.get, years)] for (division, agency, _), line in lines.items())
    return Rows(columns, rows)
