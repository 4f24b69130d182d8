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
from parsers.forms.rows import Row
from parsers.forms.values import MONEY_UNIT, TEN_THOUSAND_YUAN
from parsers.forms.vocabulary import Block, Label, Table, vocabulary
from parsers.report import Fact, State

CODE = "disclosure"
_EDITIONS = ("2021", "2019")
_BLOCK = "第二十"
_MONEY = frozenset({"amount_10k_yuan", "procurement_amount"})
_PRINTED_UNIT = re.compile(rf"单位[:：]?\s*(?:人民币)?({MONEY_UNIT})|[（(](?:人民币)?({MONEY_UNIT})[）)]")
_UNIT_LINE = re.compile(rf".*单位[:：]?[^元]{{0,8}}?({MONEY_UNIT})[）)]?")
"""A caption ends with the unit, that of other columns before it perhaps: （单位：件、元）."""
_PART = re.compile(r"[一二三四五六七]、")
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
    units that lines above its table or in it state.
    """

    code: str
    label: Cell
    row: Row
    head: Row | None
    title: str
    stated: frozenset[str]


@cache
def _row_labels() -> Labels:
    known = [(r.label, r.code) for edition in _EDITIONS for r in _form(edition).rows()]
    return Labels(known)


@cache
def _column_labels() -> Labels:
    known = [(c.label, c.code) for e in _EDITIONS for b in _form(e).blocks for c in b.columns]
    return Labels([*known, ("本年收费金额", "amount_10k_yuan"), ("本年增减", "change")])


def _form(edition: str) -> Table:
    return vocabulary().table(CODE, edition)


def read(rows: Sequence[Row], above: Sequence[Sequence[str]] = ()) -> Reading | None:
    """Find and read the table among all rows of a document; None when it is not there.

    ``above`` are, for each grid, the paragraphs before it.
    """
    lines = _lines(rows, above)
    heads = {line.head.text for line in lines if line.head}
    if not heads or len({line.code for line in lines}) < 2:
        return None
    edition = _edition(heads)
    result: list[Fact] = []
    for block in _form(edition).blocks:
        for row in block.rows:
            result += _row_facts(block, row, [line for line in lines if line.code == row.code])
    if all(f.state is State.ABSENT for f in result):
        return None
    return Reading(tuple(result), edition, frozenset(line.row.table for line in lines))


def _lines(rows: Sequence[Row], above: Sequence[Sequence[str]]) -> list[_Line]:
    """The form's rows, each with its head; rows of other tables, which have no such head, are passed over."""
    lines: list[_Line] = []
    head: Row | None = None
    title = ""
    stated: frozenset[str] = frozenset()
    table, ours = -1, False
    for row in rows:
        if row.table != table:
            stated = _stated_above(above[row.table] if above else (), stated if ours else frozenset())
            table, ours = row.table, False
        stated |= _unit_of_row(row)
        if _is_head(row):
            head, ours = row, True
            continue
        if words(row.text).startswith(_BLOCK):
            title = row.text
        labels = row.labels
        if not labels or not head:
            continue
        code = _code(labels[0].text)
        if code and row.table - head.table <= 1:
            ours = True
            lines.append(_Line(code, labels[0], row, head, title, stated))
        elif not code and row.table != head.table and words(labels[0].text)[:3] not in (_BLOCK, "信息内"):
            head = None
    return lines


def _is_head(row: Row) -> bool:
    return any(_column_code(c.text) for c in row.labels)


@lru_cache(maxsize=8192)
def _column_code(text: str) -> str | None:
    exact = _column_labels().exact(text)
    if exact:
        return exact[0]
    near = _column_labels().near(text)
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
    return [_fact(line, block, index, row.code) for index in range(len(block.columns))]


def _fact(line: _Line, block: Block, index: int, row: str) -> Fact:
    column = block.columns[index].code
    head, cell = _cells(line, block, index)
    if cell is None:
        return facts.absent(CODE, row, column)
    money = column in _MONEY
    unit = TEN_THOUSAND_YUAN if money else ""
    printed = _units(line, head) if money else set[str]()
    if len(printed) > 1 and "元" not in cell.text:
        return facts.unreadable(CODE, row, column, cell.text, cell.locator)
    return facts.from_cell(CODE, row, column, cell, unit, "".join(printed) if len(printed) == 1 else "")


def _units(line: _Line, head: Cell | None) -> set[str]:
    """The units of money that a column's head, its row's label, its block's title and its caption state."""
    texts = (head.text if head else "", line.label.text, line.title)
    return {
        inside or behind for text in texts for inside, behind in _PRINTED_UNIT.findall(text)
    } | line.stated


def _stated_above(lines: Sequence[str], before: frozenset[str]) -> frozenset[str]:
    """The unit that the lines above a grid state; where they state none, but only bear titles or say that the
    table goes on, that of the grid ``before``.
    """
    for line in reversed(lines):
        if unit := _unit_of_line(line):
            return unit
        if len(line) > _CAPTION_LENGTH or "。" in line or _PART.match(line):
            return frozenset()
    return before


def _unit_of_row(row: Row) -> frozenset[str]:
    """The unit that a row states which says nothing else, and is no block's title."""
    alone = "单位" in row.text and sum(bool(c.text) for c in row.own) == 1
    return _unit_of_line(row.text) if alone and not words(row.text).startswith(_BLOCK) else frozenset()


def _unit_of_line(text: str) -> frozenset[str]:
    """The unit that a caption states."""
    bare = "".join(text.split())
    found = _UNIT_LINE.fullmatch(bare) if "单" in bare and len(bare) <= _CAPTION_LENGTH else None
    return frozenset([found[1]]) if found else frozenset()


def _cells(line: _Line, block: Block, index: int) -> tuple[Cell | None, Cell | None]:
    """The head of the column, and the value's cell: as many cells as columns are taken in order."""
    heads = {_column_code(c.text): c for c in line.head.own} if line.head else {}
    head = heads.get(block.columns[index].code)
    values = [c for c in line.row.own if c.column > line.label.column]
    if head:
        under = [
            c for c in values if c.column < head.column + head.colspan and head.column < c.column + c.colspan
        ]
        written = [c for c in under if c.text] or under
        if len(written) == 1:
            return head, written[0]
    written = [c for c in values if c.text]
    for cells in (values, written):
        if len(cells) == len(block.columns):
            return head, cells[index]
    return head, None
