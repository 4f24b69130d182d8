"""What a history consists of: the rows that are stored of a report."""

from __future__ import annotations

from dataclasses import dataclass

from archive.history.identity import AgencyName
from archive.history.reckoning import ReckoningRow


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One change, as the table ``change`` keeps it."""

    layer: str
    cause: str
    kind: str
    table_code: str | None
    row_code: str | None
    column_code: str | None
    old_value: str | None
    new_value: str | None
    old_sha256: str | None
    new_sha256: str | None
    resource_id: int
    run_id: int | None
    window_from: str | None
    window_to: str
    recorded_at: str
    flicker: bool = False

    @property
    def place(self) -> tuple[str | None, str | None, str | None]:
        return self.table_code, self.row_code, self.column_code


@dataclass(frozen=True, slots=True)
class NamingRow:
    """A name under which the report has named its agency."""

    name: str


@dataclass(frozen=True, slots=True)
class LinkageRow:
    """A resource bearing the report over a span."""

    resource_id: int
    role: str
    since: str
    until: str | None
    decided_by: str


@dataclass(frozen=True, slots=True)
class VersionRow:
    """What a resource said over a span of captures."""

    resource_id: int
    ordinal: int
    sha256: str
    extraction_id: int
    first_seen: str
    last_seen: str
    first_capture_id: int
    last_capture_id: int


@dataclass(frozen=True, slots=True)
class PresenceRow:
    """The report there (``present``) or not (``gone``) over a span."""

    state: str
    since: str
    until: str | None


@dataclass(frozen=True, slots=True)
class OverrideRow:
    """A correction as it applies to a reading."""

    extraction_id: int
    table_code: str
    row_code: str
    column_code: str
    correction_id: int


@dataclass(frozen=True, slots=True)
class DisagreementRow:
    """A cell in which another file of the report differs from the one taken."""

    resource_id: int
    table_code: str
    row_code: str
    column_code: str
    taken: str | None
    other: str | None


@dataclass(frozen=True, slots=True)
class ReportRow:
    """The report as it stands at the end of its history."""

    key: str
    agency: AgencyName | None
    year: int | None
    title: str | None
    status: str
    resource_id: int
    page_id: int | None
    extraction_id: int
    published_on: str | None
    first_seen: str
    last_seen: str
    known_at: str


@dataclass(frozen=True, slots=True)
class History:
    """A report with everything that happened to it."""

    report: ReportRow
    namings: tuple[NamingRow, ...]
    linkages: tuple[LinkageRow, ...]
    versions: tuple[VersionRow, ...]
    presences: tuple[PresenceRow, ...]
    changes: tuple[ChangeRow, ...]
    overrides: tuple[OverrideRow, ...]
    reckonings: tuple[ReckoningRow, ...]
    disagreements: tuple[DisagreementRow, ...]
