"""The annex of the reports for 2014 to 2018: 政府信息公开情况统计表 (统计指标 | 单位 | 统计数)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from parsers.document import Cell
from parsers.forms import facts
from parsers.forms.labels import NEAR, Labels, similarity, words
from parsers.forms.rows import Row
from parsers.forms.values import TEN_THOUSAND_YUAN
from parsers.forms.vocabulary import Label, vocabulary
from parsers.report import Fact

CODE = "statistics"
COLUMN = "value"
_RECOGNISED = 8
_UNITS = frozenset({"条", "件", "次", "篇", "个", "人", "人次", "万元", "元", "份", "单位"})


@dataclass(frozen=True, slots=True)
class Reading:
    """The annex's facts and the grids it stands in."""

    facts: tuple[Fact, ...]
    tables: frozenset[int]


@dataclass(frozen=True, slots=True)
class _Line:
    label: str
    value: Cell
    unit: str
    table: int


@cache
def _form() -> tuple[Label, ...]:
    return vocabulary().table(CODE, "2014").rows()


@cache
def _labels() -> Labels:
    return Labels(
        (row.label.partition("（不")[0] if "（不" in row.label else row.label, row.code) for row in _form()
    )


def read(rows: Sequence[Row]) -> Reading | None:
    """Find and read the annex among all rows of a document; None when it is not there."""
    if len({code for row in rows for cell in row.labels for code in _exact(cell.text)}) < _RECOGNISED:
        return None
    lines = [line for row in rows if (line := _line(row))]
    if len({code for line in lines for code in _exact(line.label)}) < _RECOGNISED:
        return None
    placed = _place(lines)
    result: list[Fact] = []
    for row in _form():
        line = placed.get(row.code)
        unit = TEN_THOUSAND_YUAN if row.unit == TEN_THOUSAND_YUAN else ""
        result.append(
            facts.from_cell(CODE, row.code, COLUMN, line.value, unit, line.unit if unit else "")
            if line
            else facts.absent(CODE, row.code, COLUMN)
        )
    return Reading(tuple(result), frozenset(line.table for line in placed.values()))


@lru_cache(maxsize=4096)
def _exact(label: str) -> tuple[str, ...]:
    return _labels().exact(_words(label))


def _words(label: str) -> str:
    """The label without its explanation in brackets."""
    return label.replace("(", "（").partition("（不")[0]


def _line(row: Row) -> _Line | None:
    """The row's last label, the cell behind its unit, and the unit that is printed."""
    cells = row.own
    labels = [c for c in row.labels if not _is_unit(c)]
    if not labels:
        return None
    behind = [c for c in cells if c.column > labels[-1].column]
    unit = next((words(c.text) for c in behind if _is_unit(c)), "")
    values = [c for c in behind if not _is_unit(c)]
    return _Line(labels[-1].text, values[-1], unit, row.table) if values else None


def _is_unit(cell: Cell) -> bool:
    return words(cell.text) in _UNITS


def _place(lines: Sequence[_Line]) -> dict[str, _Line]:
    """Each line's code; of labels that repeat (被依法纠错数) the next one behind the line before is meant,
    unless that line is not known.
    """
    order = [row.code for row in _form()]
    placed: dict[str, _Line] = {}
    last, lost = -1, False
    for line in lines:
        code = _code(line.label, placed, order, last, lost)
        lost = code is None
        if code:
            placed[code] = line
            last = order.index(code)
    return placed


def _code(label: str, placed: dict[str, _Line], order: list[str], last: int, lost: bool) -> str | None:
    exact = [c for c in _exact(label) if c not in placed]
    following = [c for c in exact if order.index(c) > last]
    if exact:
        meant = following or exact
        return None if lost and len(meant) > 1 else meant[0]
    near = _labels().near(_words(label))
    if near and near.code not in placed:
        return near.code
    return _next(label, order[last + 1 : last + 2])


def _next(label: str, following: Sequence[str]) -> str | None:
    """The row that comes next in the form, if the label is like it, and like no other one as much: many rows
    are like each other.
    """
    text, known = words(label), {row.code: words(row.label) for row in _form()}
    like = {each: similarity(text, each) for each in known.values()}
    most = max(like.values())
    nearest = [each for each in like if like[each] == most >= NEAR]
    return next((code for code in following if nearest == [known[code]]), None)
