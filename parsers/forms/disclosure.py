"""Table 2 of the forms: 主动公开政府信息情况 (articles 20 and 21 of the Regulation).

Blocks of a head row (信息内容 and the columns) and one or two rows, published as one grid or as several.
A row's name is unique in the form, so it tells its block; the head tells edition and columns.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

from parsers.characters import key
from parsers.document import Cell
from parsers.forms import facts
from parsers.forms.labels import Labels, words
from parsers.forms.review_words import is_remark
from parsers.forms.rows import Row
from parsers.forms.several import Above, stated
from parsers.forms.values import MONEY_UNIT, TEN_THOUSAND_YUAN, looks_like_value
from parsers.forms.vocabulary import Block, Label, Table, vocabulary
from parsers.report import Fact, State

CODE = "disclosure"
_EDITIONS = ("2021", "2019")
_BLOCK = "第二十"
_MONEY = frozenset({"amount_10k_yuan", "procurement_amount"})
_PRINTED_UNIT = re.compile(
    rf"单位[:：]?\s*(?:人民币)?(?P<unit>{MONEY_UNIT})|[（(](?:人民币)?(?P<inside>{MONEY_UNIT})(?:/人民币)?[）)]|"
    rf"[:：]\s*(?:人民币)?(?P<behind>{MONEY_UNIT})$"
)
_UNIT_LINE = re.compile(rf".*单位[:：]?[^元]{{0,8}}?({MONEY_UNIT})[）)。]*")
"""A caption ends with the unit, that of other columns before it perhaps: （单位：件、元）."""
_UNIT = re.compile(MONEY_UNIT)
_UNKNOWN_UNIT = "?"
_NOTE = re.compile("[（(]?(?:注|备注|说明|附注)")
_CHANGE = "change"
_DOWN, _UP = "减少|下降|降低|减|降|↓", "增加|增长|上升|增|↑"
_DIRECTION = re.compile(
    rf"(?:(?P<before>{_DOWN}|{_UP})\s*(?P<of>\d[\d,.]*)|(?P<number>\d[\d,.]*)\s*[（(]?(?P<behind>{_DOWN}|{_UP})[）)]?)"
)
_PART = re.compile(r"[一二三四五六七]、")
_OTHER_SPAN = re.compile("上一?年|去年|前年|往年|历年|近.年|累计|同比|环比|增长|计划")
"""A column of another span of time beside the form's own: 上年处理决定数量 is near 本年处理决定数量."""
_HEADING = re.compile("主动公开")
_NOTHING_ABOVE = Above()
_FAR = 10_000
"""Behind every column."""
_CAPTION_LENGTH = 40
"""A longer line above a table is the text before it, not its caption."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The table as read: its facts, its edition, the grids it stands in."""

    facts: tuple[Fact, ...]
    edition: str
    tables: frozenset[int]


class _Line(NamedTuple):
    """A row of values, with the head row above it if one is printed, its block's title (第二十条第…), and the
    units that lines above its table or in it state. Where two blocks stand side by side it ends before column
    ``end``.
    """

    code: str
    label: Cell
    end: int
    row: Row
    head: Row | None
    title: str
    stated: frozenset[str]


@cache
def _row_labels() -> Labels:
    known = [(r.label, r.code) for edition in _EDITIONS for r in _form(edition).rows()]
    known += [(label, "regulations") for label in ("行政规章", "政府规章", "部门规章", "地方政府规章")]
    return Labels(known)


@cache
def _column_labels() -> Labels:
    known = [(c.label, c.code) for e in _EDITIONS for b in _form(e).blocks for c in b.columns]
    return Labels([*known, ("本年收费金额", "amount_10k_yuan"), ("本年增减", "change")])


def _form(edition: str) -> Table:
    return vocabulary().table(CODE, edition)


def read(rows: Sequence[Row], above: Above = _NOTHING_ABOVE) -> Reading | None:
    """Find and read the table among all rows of a document; None when it is not there."""
    lines = _lines(rows, above)
    heads = {line.head.text for line in lines if line.head}
    if not heads or len({line.code for line in lines}) < 2:
        return None
    edition = _edition(heads)
    result: list[Fact] = []
    for block in _form(edition).blocks:
        for row in block.rows:
            of_row = [line for line in lines if line.code == row.code]
            result += _row_facts(block, row, _stated(of_row, above))
    if all(f.state is State.ABSENT for f in result):
        return None
    return Reading(tuple(result), edition, frozenset(line.row.table for line in lines))


def _stated(lines: list[_Line], above: Above) -> list[_Line]:
    """The lines that the report may state; of one printed once more those of its own form."""
    return stated(lines, lambda line: line.row.table, above, _HEADING) if len(lines) > 1 else lines


def _lines(rows: Sequence[Row], above: Above) -> list[_Line]:
    """The form's rows, each with its head; rows of other tables, which have no such head, are passed over."""
    lines: list[_Line] = []
    head: Row | None = None
    title = ""
    unit: frozenset[str] = frozenset()
    table, ours = -1, False
    for row in rows:
        if row.table != table:
            unit = _unit_above(above.of(row.table), unit if ours else frozenset())
            unit |= _unit_below(above.of(row.table + 1))
            table, ours = row.table, False
        unit |= _unit_of_row(row)
        if _is_head(row):
            head, ours = row, True
            continue
        if words(row.text).startswith(_BLOCK):
            title = row.text
        labels = row.labels
        if not labels or not head:
            continue
        named = _named(row)
        if named and row.table - head.table <= 1:
            ours = True
            ends = [*(label.column for _, label in named[1:]), _FAR]
            for (code, label), end in zip(named, ends, strict=True):
                lines.append(_Line(code, label, end, row, head, title, unit))
        elif not named and row.table != head.table and words(labels[0].text)[:3] not in (_BLOCK, "信息内"):
            head = None
    return lines


def _named(row: Row) -> list[tuple[str, Cell]]:
    """The rows of the form that a printed row bears, each with its label: one, but for blocks side by side.

    Before the label may stand its block's title; a label behind others must be the form's, word for word.
    """
    first, *others = row.labels
    if words(first.text).startswith(_BLOCK) and others:
        first, *others = others
    code = _code(first.text)
    if code is None:
        return []
    return [(code, first), *((codes[0], c) for c in others if (codes := _row_labels().exact(c.text)))]


def _is_head(row: Row) -> bool:
    return any(_column_code(c.text) for c in row.labels)


@lru_cache(maxsize=8192)
def _column_code(text: str) -> str | None:
    exact = _column_labels().exact(text)
    if exact:
        return exact[0]
    near = None if _OTHER_SPAN.search(words(text)) else _column_labels().near(text)
    return near.code if near else None


@lru_cache(maxsize=8192)
def _code(text: str) -> str | None:
    exact = _row_labels().exact(text)
    if exact:
        return exact[0]
    near = _row_labels().near(text)
    return near.code if near else None


def _edition(heads: set[str]) -> str:
    """The form whose columns the heads show: 本年新制作数量 is of 2019, 本年制发件数 of 2021."""
    votes = dict.fromkeys(_EDITIONS, 0)
    for head in heads:
        for edition in _EDITIONS:
            votes[edition] += sum(start in key(head) for start in _distinctive(edition))
    return max(_EDITIONS, key=lambda e: votes[e])


@cache
def _distinctive(edition: str) -> tuple[str, ...]:
    """How the columns begin that no other edition has; as often as the form prints them."""
    other = {start for e in _EDITIONS if e != edition for start in _starts(e)}
    return tuple(start for start in _starts(edition) if start not in other)


def _starts(edition: str) -> list[str]:
    return [key(c.label)[:4] for block in _form(edition).blocks for c in block.columns]


def _row_facts(block: Block, row: Label, lines: list[_Line]) -> list[Fact]:
    if not lines:
        return [facts.absent(CODE, row.code, c.code) for c in block.columns]
    line = lines[0]
    if len({tuple(c.text for c in other.row.own) for other in lines}) > 1:
        raw, locator = " | ".join(x.row.text for x in lines), line.row.cells[0].locator
        return [facts.unreadable(CODE, row.code, c.code, raw, locator) for c in block.columns]
    heads = _heads(line)
    return [_fact(line, block, index, row.code, heads) for index in range(len(block.columns))]


def _fact(line: _Line, block: Block, index: int, row: str, heads: dict[str, list[Cell]]) -> Fact:
    column = block.columns[index].code
    head = _one_of(heads.get(column, []))
    cell = _value(line, block, index, heads)
    if cell is None:
        return facts.absent(CODE, row, column)
    if isinstance(cell, Row):
        return facts.unreadable(CODE, row, column, cell.text, line.label.locator)
    money = column in _MONEY
    unit = TEN_THOUSAND_YUAN if money else ""
    printed = _units(line, head) if money else set[str]()
    if len(printed) > 1 and "元" not in cell.text:
        return facts.unreadable(CODE, row, column, cell.text, cell.locator)
    if column == _CHANGE:
        return _change(row, cell)
    return facts.from_cell(CODE, row, column, cell, unit, "".join(printed) if len(printed) == 1 else "")


def _change(row: str, cell: Cell) -> Fact:
    """How much more or less than the year before: ``20（减少）`` and ``↓20`` are -20."""
    told = _DIRECTION.fullmatch("".join(cell.text.split()))
    if told:
        sign = "-" if re.fullmatch(_DOWN, told["before"] or told["behind"]) else ""
        signed = cell._replace(text=f"{sign}{told['of'] or told['number']}")
        return facts.from_cell(CODE, row, _CHANGE, signed)._replace(raw=cell.text)
    fact = facts.from_cell(CODE, row, _CHANGE, cell)
    if fact.value is not None and fact.value > 0 and re.search(_DOWN, cell.text):
        return facts.unreadable(CODE, row, _CHANGE, cell.text, cell.locator)
    return fact


def _units(line: _Line, head: Cell | None) -> set[str]:
    """The units of money that a column's head, its row's label, its block's title, a cell beside the figure
    and the lines round the table state; an unknown one where the head speaks of money otherwise.
    """
    texts = (head.text if head else "", line.label.text, line.title)
    found = {unit for text in texts for match in _PRINTED_UNIT.findall(text) for unit in match if unit}
    if not found and head and "元" in head.text:
        found = {_UNKNOWN_UNIT}
    beside = (c.text for c in line.row.own if line.label.column < c.column < line.end)
    return found | {text for text in beside if _UNIT.fullmatch(text)} | line.stated


def _unit_above(lines: Sequence[str], before: frozenset[str]) -> frozenset[str]:
    """The unit that the lines above a grid state; where they state none, but only bear titles or say that the
    table goes on, that of the grid ``before``.
    """
    for line in reversed(lines):
        if unit := _unit_of_line(line):
            return unit
        if len(line) > _CAPTION_LENGTH or "。" in line or _PART.match(line):
            return frozenset()
    return before


def _unit_below(lines: Sequence[str]) -> frozenset[str]:
    """The unit that a note directly below a grid states."""
    return _unit_of_line(lines[0]) if lines and _NOTE.match(lines[0]) else frozenset()


def _unit_of_row(row: Row) -> frozenset[str]:
    """The unit that a row states which says nothing else, and is no block's title."""
    alone = "单位" in row.text and sum(bool(c.text) for c in row.own) == 1
    return _unit_of_line(row.text) if alone and not words(row.text).startswith(_BLOCK) else frozenset()


def _unit_of_line(text: str) -> frozenset[str]:
    """The unit that a caption states."""
    bare = "".join(text.split())
    found = _UNIT_LINE.fullmatch(bare) if "单" in bare and len(bare) <= _CAPTION_LENGTH else None
    return frozenset([found[1]]) if found else frozenset()


def _heads(line: _Line) -> dict[str, list[Cell]]:
    """The cells that head the row's columns, by code."""
    found: dict[str, list[Cell]] = {}
    for cell in line.head.own if line.head else ():
        if line.label.column <= cell.column < line.end and (code := _column_code(cell.text)):
            found.setdefault(code, []).append(cell)
    return found


def _one_of(heads: list[Cell]) -> Cell | None:
    """The head of a column: of several the one that has the form's words; None where that is not one."""
    exact = [c for c in heads if _column_labels().exact(c.text)] if len(heads) > 1 else heads
    return exact[0] if len(exact) == 1 else None


def _value(line: _Line, block: Block, index: int, heads: dict[str, list[Cell]]) -> Cell | Row | None:
    """The value's cell; None where the table has none, the row where it cannot be told which it is.

    It stands under its column's head, if the row ends where the head does: else a cell is missing in one of
    them, and what stands behind it may stand under another's head. Otherwise as many cells as columns are
    taken in order.
    """
    values = [c for c in line.row.own if line.label.column < c.column < line.end]
    printed = heads.get(block.columns[index].code, [])
    fits = _ends_with_head(line)
    if printed and fits:
        head = _one_of(printed)
        under = _under(head, values) if head else values
        written = [c for c in under if c.text] or under
        if len(written) == 1:
            return written[0]
        if head is None or len(written) > 1:
            return line.row
    written = [c for c in values if c.text]
    for cells in (values, written) if fits or _in_order(line, heads, values) else ():
        if len(cells) == len(block.columns):
            return cells[index]
    if not fits and written:
        return line.row
    told = [c for cells in heads.values() for head in cells for c in _under(head, values)]
    return None if all(c in told for c in written) else line.row


def _ends_with_head(line: _Line) -> bool:
    """Whether a row and its head end in the same column; behind the head's end only words may stand."""
    if line.head is None:
        return True
    end = max((c.column + c.colspan for c in line.head.cells if c.column < line.end), default=0)
    cells = [c for c in line.row.cells if c.column < line.end]
    return max(c.column + c.colspan for c in cells) >= end and not any(
        c.text and looks_like_value(c.text) for c in cells if c.column >= end
    )


def _in_order(line: _Line, heads: dict[str, list[Cell]], values: Sequence[Cell]) -> bool:
    """Whether the cells of a row that does not end with its head can be told by their order: the head names
    no column beside the form's, or but remarks and units, and each cell bears a figure.
    """
    known = {id(c) for cells in heads.values() for c in cells}
    own = line.head.own if line.head else ()
    others = [c for c in own if c.text and line.label.column < c.column < line.end and id(c) not in known]
    figures = all(any(ch.isdecimal() for ch in c.text) for c in values)
    return not others or (figures and all(is_remark(key(c.text)) for c in others))


def _under(head: Cell, values: Sequence[Cell]) -> list[Cell]:
    return [c for c in values if c.column < head.column + head.colspan and head.column < c.column + c.colspan]
