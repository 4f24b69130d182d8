"""The reports that the replica publishes: names, dates and figures only, kept as small data files."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from importlib import resources
from importlib.resources.abc import Traversable

from nianbao.replica.form import form

HTML = "text/html"
PDF = "application/pdf"
PROSE_EDITION = "2014"


class Variant(StrEnum):
    """How a published report departs from the printed form; each is seen in real reports."""

    REPEALED_TYPO = "repealed_typo"  # 本年度止件数 for 本年废止件数
    HALF_WIDTH = "half_width"  # (一) for （一）
    TOTAL_BESIDE = "total_beside"  # 总计 beside 申请人情况 and not under it
    SPACED_LABELS = "spaced_labels"  # 结果 维持 on two lines, 总 计


@dataclass(frozen=True, eq=False)
class Report:
    """One annual report; `facts` maps `table/row/column` to the printed figure, zeros left implicit."""

    agency: str
    year: int
    edition: str
    published: date
    document_id: int
    media_type: str
    first_night: int = 1
    invented: bool = False
    variants: frozenset[Variant] = frozenset()
    facts: Mapping[str, Decimal] = field(default_factory=dict)
    prose: Mapping[str, int] = field(default_factory=dict)

    @property
    def title(self) -> str:
        return f"{self.agency} {self.year} 年政府信息公开工作年度报告"

    @property
    def has_tables(self) -> bool:
        return self.edition != PROSE_EDITION

    @property
    def page_name(self) -> str:
        """Article file in the manner of TRS WCM: folder of the month, then day and document id."""
        return f"{self.published:%Y%m}/t{self.published:%Y%m%d}_{self.document_id}.html"

    @property
    def file_name(self) -> str:
        """Attachment beside the article: P0, the day, twelve digits."""
        serial = self.document_id * 104_729 % 10**12
        return f"{self.published:%Y%m}/P0{self.published:%Y%m%d}{serial:012d}.pdf"

    def figure(self, key: str) -> Decimal:
        return self.facts.get(key, Decimal(0))

    def all_facts(self) -> dict[str, Decimal]:
        """Every table cell with its figure, zeros included; empty for a report in prose only."""
        if not self.has_tables:
            return {}
        return {key: self.figure(key) for key in form(self.edition).cells()}

    def with_fact(self, key: str, value: Decimal) -> "Report":
        return replace(self, facts={**self.facts, key: value})


def _read(source: Traversable) -> Report:
    raw = json.loads(source.read_text(encoding="utf-8"))
    raw["published"] = date.fromisoformat(raw["published"])
    raw["variants"] = frozenset(Variant(name) for name in raw["variants"])
    raw["facts"] = {key: Decimal(value) for key, value in raw["facts"].items()}
    return Report(**raw)


def load_reports() -> tuple[Report, ...]:
    """The replica's own reports, by file name."""
    folder = resources.files("nianbao.replica").joinpath("data")
    names = sorted(item.name for item in folder.iterdir() if item.name.endswith(".json"))
    return tuple(_read(folder.joinpath(name)) for name in names)


REPORTS = load_reports()
