"""Several tables of one form in one report: this year's, last year's for comparison, a wider body's.

Which one the report states is told by what stands above it, and by nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import takewhile
from typing import TypeVar

from parsers.identity import parse_title

_OTHERS = re.compile(
    "上一?年度?|去年|前年|往年|历年|近.年|累计|同期|全[省市区县州盟旗]|本地区|各(?:单位|部门)|汇总"
)
_YEAR = re.compile(r"(?<!\d)(20\d\d)\s*年")
_PART = re.compile(r"\s*[一二三四五六]\s*、")
_LONGEST = 40
"""A longer line is the text before a table, and does not say what the table is."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Above:
    """The paragraphs before each grid of a document, and the year that is reported on."""

    lines: Sequence[Sequence[str]] = ()
    year: int | None = None

    def of(self, table: int) -> Sequence[str]:
        """The paragraphs between a grid and the one before it."""
        return self.lines[table] if table < len(self.lines) else ()

    def titled(self, table: int) -> int | None:
        """The year of the last title of such a report before a grid: a page may show last year's too."""
        lines = (line for above in reversed(self.lines[: table + 1]) for line in reversed(above))
        titles = (parse_title(line) for line in lines)
        return next((title.year for title in titles if title and title.year), None)


class _Claim(IntEnum):
    """What a table's caption says of it."""

    ANOTHERS = 0
    OPEN = 1
    THE_FORMS = 2


def stated(tables: Sequence[T], first: Callable[[T], int], above: Above, heading: re.Pattern[str]) -> list[T]:
    """Those of some tables of one form that the report may state: all under the form's own ``heading``, else
    all but those of another year or body. ``first`` gives the grid that a table begins in.
    """
    claims = [_claim(above, first(table), heading) for table in tables]
    best = max(claims, default=_Claim.OPEN)
    return [table for table, claim in zip(tables, claims, strict=True) if claim is best]


def _claim(above: Above, table: int, heading: re.Pattern[str]) -> _Claim:
    if above.year not in (None, above.titled(table) or above.year):
        return _Claim.ANOTHERS
    lines = above.of(table)[::-1]
    caption = takewhile(lambda line: len(line) <= _LONGEST and "。" not in line, lines)
    if any(_is_anothers(line, above.year) for line in caption):
        return _Claim.ANOTHERS
    part = next((line for line in lines if _PART.match(line)), "")
    return _Claim.THE_FORMS if heading.search(part) else _Claim.OPEN


def _is_anothers(line: str, year: int | None) -> bool:
    """Whether a caption names another span of time, or a wider body."""
    return bool(_OTHERS.search(line)) or any(int(said) != year for said in _YEAR.findall(line) if year)
