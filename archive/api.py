"""The archive for programs and notebooks: ``archive.open("data").reports(year=2023)``.

Every question gives frozen dataclasses as they are fetched; :meth:`Archive.to_arrow` gives a whole view as an
Arrow table. Filters are those of the command line. Nothing here writes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

from archive.asof import ask_as_of
from archive.catalogue.engine import open_catalogue, sqlite_url
from archive.exports.shape import WIDE
from archive.history.corrections import parse_place
from archive.history.diff import Diff, diff_versions
from archive.history.standing import NOW, Clocks, moment
from archive.queries import Filter, SeriesRow, find_report, series
from archive.recorder import read_blob
from archive.regions import Level
from archive.search.find import Hit, search
from archive.wide import ask_wide

if TYPE_CHECKING:
    import pyarrow


@dataclass(frozen=True, slots=True)
class Report:
    """An agency's report on a year. Times are UTC, ``2026-11-21T02:30:00Z``; days ``2026-11-21``."""

    report_id: int | None
    agency: str | None
    division_code: str | None
    year: int | None
    title: str | None
    edition: str | None
    published_on: str | None
    status: str
    url: str
    page_url: str | None
    media_type: str
    sha256: str
    versions: int
    first_seen: str
    last_seen: str


@dataclass(frozen=True, slots=True)
class Fact:
    """One cell: ``value`` in the unit that the form prescribes, None unless ``state`` is ``value``."""

    report_id: int | None
    agency: str | None
    year: int | None
    edition: str | None
    table_code: str
    row_code: str
    column_code: str
    value: float | None
    state: str
    raw: str
    locator: str
    sha256: str
    certainty: str
    correction_id: int | None


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a report's text."""

    report_id: int | None
    ordinal: int
    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Check:
    """One sum of the form as it came out; ``passed`` is 1, 0 or None."""

    report_id: int | None
    agency: str | None
    year: int | None
    rule: str
    scope: str
    passed: int | None
    expected: float | None
    actual: float | None
    detail: str


@dataclass(frozen=True, slots=True)
class Change:
    """What changed, in which window, and by whose cause."""

    change_id: int | None
    report_id: int | None
    agency: str | None
    year: int | None
    layer: str
    cause: str
    kind: str
    table_code: str | None
    row_code: str | None
    column_code: str | None
    old_value: str | None
    new_value: str | None
    run_id: int | None
    window_from: str | None
    window_to: str
    recorded_at: str
    url: str
    flicker: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """Whether an agency has reported on a year, against its statutory day."""

    division_code: str | None
    agency: str
    year: int
    state: str
    due_on: str
    published_on: str | None
    late: int | None
    report_id: int | None


Answer = TypeVar("Answer", Report, Fact, Section, Check, Change, Coverage)


class Archive:
    """An archive opened for questions. Use as a context manager, or call :meth:`close`.

    Raises what :func:`archive.catalogue.engine.open_catalogue` raises when the catalogue cannot be used.
    """

    def __init__(self, home: str | Path, database: str | None = None) -> None:
        self.home = Path(home)
        self.catalogue = open_catalogue(database or sqlite_url(self.home))

    def __enter__(self) -> Archive:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self.catalogue.close()

    # ------------------------------------------------------------- questions

    def reports(
        self,
        *,
        agency: str | None = None,
        year: int | None = None,
        region: str | None = None,
        level: Level | str | None = None,
        seen: str | None = None,
        known: str | None = None,
    ) -> Iterator[Report]:
        """The reports, or as they stood at the end of the day ``seen`` and as known on ``known``."""
        keep = Filter(region=region, level=level, agency=agency, year=year)
        return self._ask("reports", Report, keep, seen, known)

    def facts(
        self,
        *,
        report: str | int | None = None,
        agency: str | None = None,
        year: int | None = None,
        region: str | None = None,
        level: Level | str | None = None,
        table: str | None = None,
        row: str | None = None,
        column: str | None = None,
        seen: str | None = None,
        known: str | None = None,
    ) -> Iterator[Fact]:
        """The figures, one a cell."""
        keep = Filter(
            report_id=self._number(report), agency=agency, year=year, region=region, level=level, table=table,
            row=row, column=column,
        )  # fmt: skip
        return self._ask("facts", Fact, keep, seen, known)

    def sections(
        self, report: str | int | None = None, *, seen: str | None = None, known: str | None = None
    ) -> Iterator[Section]:
        """The text, part by part."""
        return self._ask("sections", Section, Filter(report_id=self._number(report)), seen, known)

    def checks(
        self,
        report: str | int | None = None,
        *,
        agency: str | None = None,
        year: int | None = None,
        region: str | None = None,
        level: Level | str | None = None,
        failed: bool = False,
        seen: str | None = None,
        known: str | None = None,
    ) -> Iterator[Check]:
        """The forms' own arithmetic, and copies of a report that do not agree."""
        number = self._number(report)
        keep = Filter(region=region, level=level, report_id=number, agency=agency, year=year, failed=failed)
        return self._ask("checks", Check, keep, seen, known)

    def changes(
        self,
        report: str | int | None = None,
        *,
        region: str | None = None,
        level: Level | str | None = None,
        layer: str | None = None,
        cause: str | None = None,
        kind: str | None = None,
        since: str | None = None,
        seen: str | None = None,
        known: str | None = None,
    ) -> Iterator[Change]:
        """What changed; ``since`` keeps what was recorded on that day or later."""
        keep = Filter(
            region=region, level=level, report_id=self._number(report), layer=layer, cause=cause, kind=kind,
            since=moment(since).replace("T23:59:59Z", "T00:00:00Z") if since else None,
        )  # fmt: skip
        return self._ask("changes", Change, keep, seen, known)

    def coverage(
        self,
        *,
        agency: str | None = None,
        year: int | None = None,
        region: str | None = None,
        level: Level | str | None = None,
        state: str | None = None,
        late: bool = False,
    ) -> Iterator[Coverage]:
        """Which agency has published on which year."""
        keep = Filter(region=region, level=level, agency=agency, year=year, state=state, late=late)
        return self._ask("coverage", Coverage, keep, None, None)

    def series(
        self,
        cell: str,
        *,
        agency: str | None = None,
        region: str | None = None,
        level: Level | str | None = None,
        years: range | None = None,
    ) -> list[SeriesRow]:
        """One figure (``TABLE/ROW/COLUMN``) over agencies and years."""
        table, row, column = parse_place(cell)
        keep = Filter(region=region, level=level, agency=agency, table=table, row=row, column=column)
        return series(self.catalogue, keep, years)

    def search(
        self,
        query: str,
        *,
        agency: str | None = None,
        year: int | None = None,
        region: str | None = None,
        level: Level | str | None = None,
        limit: int | None = 20,
    ) -> Iterator[Hit]:
        """The parts of reports that the query fits, the spot marked with «»."""
        keep = Filter(region=region, level=level, agency=agency, year=year)
        with self.catalogue.reading() as session:
            yield from search(session, query, keep, limit)

    def diff(
        self,
        report: str | int,
        old: int | None = None,
        new: int | None = None,
        *,
        seen: str | None = None,
        known: str | None = None,
    ) -> Diff:
        """How two versions of a report differ; the last two, as of then, if none are named."""
        with self.catalogue.reading() as session:
            return diff_versions(session, self._found(report), old, new, _clocks(seen, known))

    def file(self, sha256: str) -> bytes:
        """An archived file, its sha256 proved."""
        return read_blob(self.catalogue, self.home, sha256)

    def to_arrow(self, view: str, keep: Filter | None = None) -> pyarrow.Table:
        """A whole view (``facts``, ``reports``, …) as an Arrow table. Needs pyarrow.

        ``facts_wide`` has a row for each report and a column for each cell.
        """
        from archive.exports.arrow import arrow_table  # pyarrow is an extra

        kept = keep or Filter()
        wide = view == WIDE
        with ask_wide(self.catalogue, kept) if wide else ask_as_of(self.catalogue, view, kept, NOW) as found:
            return arrow_table(view, found)

    # ------------------------------------------------------------------

    def _ask(
        self, view: str, answer: type[Answer], keep: Filter, seen: str | None, known: str | None
    ) -> Iterator[Answer]:
        with ask_as_of(self.catalogue, view, keep, _clocks(seen, known)) as found:
            places = [found.columns.index(f.name) for f in fields(answer)]
            for row in found.rows:
                values: list[Any] = [row[p] for p in places]
                yield answer(*values)

    def _number(self, report: str | int | None) -> int | None:
        return None if report is None else self._found(report)

    def _found(self, report: str | int) -> int:
        return report if isinstance(report, int) else find_report(self.catalogue, report)


def _clocks(seen: str | None, known: str | None) -> Clocks:
    return Clocks(moment(seen) if seen else None, moment(known) if known else None)
