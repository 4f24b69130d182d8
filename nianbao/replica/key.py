"""The answer key: what an archive must hold after each night, and what changed between them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from nianbao.replica.reports import PDF, REPORTS, Report

COLUMN = "/zwgk/bmxxgkml/mzj/zfxxgknb_49470/"
NIGHTS = (1, 2)


@dataclass(frozen=True)
class ReportKey:
    """One report that is to be found; `mentions` are figures that stand in its prose and in no table."""

    agency: str
    year: int
    edition: str
    path_page: str
    path_file: str | None
    media_type: str
    facts: dict[str, Decimal] = field(hash=False)
    mentions: dict[str, int] = field(hash=False)


class EditKind(StrEnum):
    CELL_CHANGED = "cell_changed"
    REPORT_PUBLISHED = "report_published"


@dataclass(frozen=True)
class Edit:
    """One change of night 2; the codes and figures are None where a whole report is new."""

    kind: EditKind
    agency: str
    year: int
    media_type: str
    table_code: str | None = None
    row_code: str | None = None
    column_code: str | None = None
    old: Decimal | None = None
    new: Decimal | None = None

    @property
    def fact(self) -> str:
        """The cell's key in `ReportKey.facts`."""
        return f"{self.table_code}/{self.row_code}/{self.column_code}"

    def touches(self, report: Report) -> bool:
        same = (self.agency, self.year) == (report.agency, report.year)
        return same and self.kind is EditKind.CELL_CHANGED


EDITS: tuple[Edit, ...] = (
    Edit(
        EditKind.CELL_CHANGED, "吴忠市民政局", 2023, "text/html",
        "disclosure", "licensing", "decisions", Decimal(17), Decimal(18),
    ),
    Edit(
        EditKind.CELL_CHANGED, "沙坡头区人民政府办公室", 2023, "application/pdf",
        "disclosure", "normative_documents", "in_force", Decimal(36), Decimal(37),
    ),
    Edit(EditKind.REPORT_PUBLISHED, "中卫市水务局", 2023, "text/html"),
)  # fmt: skip


def edited_on(report: Report, night: int) -> bool:
    return night > 1 and any(edit.touches(report) for edit in EDITS)


def as_published(report: Report, night: int) -> Report:
    """The report as it stands on that night, edits applied."""
    for edit in EDITS if night > 1 else ():
        if edit.touches(report) and edit.new is not None:
            report = report.with_fact(edit.fact, edit.new)
    return report


def published(night: int, reports: Sequence[Report] = REPORTS) -> tuple[Report, ...]:
    """The reports visible on that night, newest first."""
    visible = [as_published(report, night) for report in reports if report.first_night <= night]
    return tuple(sorted(visible, key=lambda report: report.published, reverse=True))


def key_of(report: Report) -> ReportKey:
    return ReportKey(
        agency=report.agency,
        year=report.year,
        edition=report.edition,
        path_page=COLUMN + report.page_name,
        path_file=COLUMN + report.file_name if report.media_type == PDF else None,
        media_type=report.media_type,
        facts=report.all_facts(),
        mentions=dict(report.prose),
    )


def expected(night: int, reports: Sequence[Report] = REPORTS) -> tuple[ReportKey, ...]:
    return tuple(key_of(report) for report in published(night, reports))


EXPECTED: Mapping[int, tuple[ReportKey, ...]] = {night: expected(night) for night in NIGHTS}
