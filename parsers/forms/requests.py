"""Table 3 of the forms: 收到和处理政府信息公开申请情况.

25 rows (2021) or 23 (2019) by seven columns. Rows are known by their words, the seven values are those
behind the label. ``（六）其他处理`` is three rows in the 2021 form and one in the 2019 form; many reports of
the years after still print it as one, and it is then read as the row ``other``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from itertools import takewhile
from typing import NamedTuple

from parsers.characters import key
from parsers.document import Cell
from parsers.forms import facts
from parsers.forms.labels import Labels, is_shortened, similarity, words
from parsers.forms.rows import Row, ascending, behind, values_after, without_columns
from parsers.forms.several import Above, stated
from parsers.forms.values import read_value
from parsers.forms.vocabulary import Table, vocabulary
from parsers.report import Fact

CODE = "requests"
COLUMNS = 7
LIKELY = 0.5
"""Least similarity of a label that only its place between known rows helps to tell."""
_EDITIONS = ("2021", "2019")
_HEADS = frozenset((
    "申请人情况", "自然人", "法人或其他组织", "商业企业", "科研机构", "社会公益组织", "法律服务机构",
    "行政复议", "行政诉讼", "结果维持", "结果纠正", "其他结果", "尚未审结", "未经复议直接起诉", "复议后起诉",
))  # fmt: skip
"""Each of these words makes a row a head, this form's or the next one's: its 其他 and 总计 are no rows."""
_LAST = ("other.other", "handled_total")
"""Rows whose labels, 其他 and 总计, are words of heads too; no table begins with them, or goes on with them
behind its last row.
"""
_FIRST = ("received", "carried_in")
_END = "carried_out"
_HEADING = re.compile("申请")
_NOTHING_ABOVE = Above()
_BESIDE = re.compile("行次|栏次|行号|序号|[上去前]一?年度?(?:同期)?(?:总计|合计|总数|数量?)?")
_RECOGNISED = 4
"""So many rows with the form's own words make a table this one; no other table has even one by chance."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The table as read: its facts, the edition its rows show, the grids it stands in."""

    facts: tuple[Fact, ...]
    edition: str
    tables: frozenset[int]


@dataclass(frozen=True, slots=True)
class _Head:
    """Codes of the seven columns from left to right, none where the head contradicts the form and does not
    tell them all; the first column and the width of each where the head shows them.
    """

    codes: tuple[str, ...]
    columns: tuple[tuple[int, int], ...]


class _Line(NamedTuple):
    """One row with values: its code, None when its label is not known, and its seven cells, None when not
    told.
    """

    code: str | None
    row: Row
    values: tuple[Cell, ...] | None
    label: Cell


@cache
def _labels() -> Labels:
    known = [(r.label, r.code) for edition in _EDITIONS for r in _form(edition).rows()]
    known += [("部分公开", "partially_granted"), ("合计", "handled_total")]
    known += [(f"{start}结转下{year}政府信息公开申请数量", "carried_out") for start in ("", "本年", "本年度")
              for year in ("年", "年度", "一年", "一年度")]  # fmt: skip
    return Labels(known)


@cache
def _joined() -> Labels:
    """Labels with their group's before them in one cell: （三）不予公开1.属于国家秘密."""
    rows = [row for edition in _EDITIONS for row in _form(edition).rows() if row.under]
    named = [(f"{row.under[-1]}{row.label}", row.code) for row in rows]
    return Labels([*named, *((f"{words(row.under[-1])}{words(row.label)}", row.code) for row in rows)])


@cache
def _column_labels() -> Labels:
    totals = [(label, "total") for label in ("合计", "小计", "共计", "总数")]
    return Labels([*((c.label, c.code) for c in _form("2021").blocks[0].columns), *totals])


def _columns() -> tuple[str, ...]:
    """The codes of the seven columns in the form's order."""
    return tuple(c.code for c in _form("2021").blocks[0].columns)


def _form(edition: str) -> Table:
    return vocabulary().table(CODE, edition)


def read(
    rows: Sequence[Row], disclosure_edition: str | None, above: Above = _NOTHING_ABOVE
) -> Reading | None:
    """Find and read the table among all rows of a document; None when it is not there."""
    known = [r for r in rows if any(len(c) == 1 and len(words(t)) > 3 for t, c in _exact(r))]
    if len(known) < _RECOGNISED:
        return None
    tables = _adjoining(rows, {r.table for r in known})
    mine = _without_beside([r for r in rows if r.table in tables])
    head = _head(mine)
    lines = _without_shifted(_aligned(_stated(_lines(mine, head.columns), above)), head.columns)
    if not head.codes or (head.codes != _columns() and not _adds_up(lines, head.codes.index("total"))):
        lines = [line._replace(values=None) for line in lines]
    edition = _edition(lines, disclosure_edition)
    read_as = _facts(lines, _form(edition), head.codes or _columns())
    return Reading(read_as, edition, frozenset(line.row.table for line in lines))


def _adds_up(lines: Sequence[_Line], total: int) -> bool:
    """Whether in most rows that say more than nought the column of the total is one: a head in another order
    than the form's may have lost a cell.
    """
    said = [[read_value(c.text).value or Decimal() for c in line.values] for line in lines if line.values]
    tried = [row for row in said if any(row)]
    return 2 * sum(2 * row[total] == sum(row) for row in tried) >= len(tried)


def _exact(row: Row) -> list[tuple[str, tuple[str, ...]]]:
    return [(c.text, codes) for c in row.labels if (codes := _codes(c.text))]


@lru_cache(maxsize=8192)
def _codes(label: str) -> tuple[str, ...]:
    """The rows whose label this is, word for word, with or without its group's."""
    return _labels().exact(label) or _joined().exact(label)


def _adjoining(rows: Sequence[Row], known: set[int]) -> set[int]:
    """The grids from the first with known rows to the last, and those beside them that may be the form's.

    So a table that is cut in pieces keeps its middle, and a piece whose only label has a slip.
    """
    first, last = min(known), max(known)
    while _is_alike(rows, first - 1):
        first -= 1
    while _is_alike(rows, last + 1):
        last += 1
    return set(range(first, last + 1))


def _is_alike(rows: Sequence[Row], table: int) -> bool:
    """Whether a grid has a row whose label may be one of the form's, or the form's head."""
    own = (r for r in rows if r.table == table)
    return any(_is_head(r) or any(_labels().near(c.text) for c in r.labels) for r in own)


def _without_beside(rows: list[Row]) -> list[Row]:
    """The rows without columns that are none of the form's by the word above them: numbers of the lines, the
    totals of the year before.
    """
    heads = takewhile(lambda row: not _exact(row), rows)
    beside = {
        (r.table, c.column) for r in heads for c in r.own if c.colspan == 1 and _BESIDE.fullmatch(key(c.text))
    }
    return [without_columns(r, {c for t, c in beside if t == r.table}) for r in rows] if beside else rows


def _head(rows: Sequence[Row]) -> _Head:
    """The seven columns as the head prints them. One that prints them in another order than the form is
    believed where they stand side by side, and else no column is told. Of a head that shows too little the
    form's order holds.
    """
    found: dict[str, tuple[int, int]] = {}
    usual, in_order, end = _columns(), True, 0
    for row in rows:
        if found and any(not _column_labels().exact(label) for label, _ in _exact(row)):
            break
        for cell in row.own:
            code = _column_code(cell.text)
            if code:
                found.setdefault(code, (cell.column, cell.colspan))
            end = max(end, cell.column)
        shown = [usual.index(code) for cell in row.own if (code := _column_code(cell.text))]
        in_order = in_order and shown == sorted(shown)
    printed = tuple(sorted(found, key=lambda code: found[code]))
    columns = tuple(found[code] for code in printed)
    told = len(columns) == COLUMNS and ascending(columns)
    if told and (printed == usual or columns[-1][0] - columns[0][0] == sum(w for _, w in columns[:-1])):
        return _Head(printed, columns)
    total_lost = printed == usual[:-1] and end <= columns[-1][0]
    return _Head((), ()) if not in_order or total_lost else _Head(usual, ())


def _column_code(label: str) -> str | None:
    exact = _column_labels().exact(label)
    near = None if exact else _column_labels().near(label)
    return exact[0] if exact else near.code if near else None


def _lines(rows: Sequence[Row], columns: tuple[tuple[int, int], ...]) -> list[_Line]:
    """The rows that bear values, halves of a row cut by a page joined."""
    lines: list[_Line] = []
    seen: set[str] = set()
    started = False
    for index, row in enumerate(rows):
        label, code = _label(row, seen, columns[0][0] if columns else None)
        if code in _FIRST and code in seen and _END in seen:
            seen.clear()  # a further table of the form begins
        if label is None or _is_head(row) or (code in _LAST and (not started or _END in seen)):
            continue
        if code is None:
            label, code = _joined_label(rows, index, label, seen)
        values = values_after(row, label, columns, COLUMNS)
        started = started or code is not None
        if code is None and (not started or values is None or not any(c.text for c in values)):
            continue
        if code is not None and values is None and (len(row.cells) < COLUMNS or not behind(row, label)):
            continue  # a group's row, or another table's head
        lines.append(_Line(code, row, values, label))
        seen.add(code or "")
    return lines


def _is_head(row: Row) -> bool:
    return any("勾稽" in c.text or key(c.text) in _HEADS for c in row.labels)


def _label(row: Row, seen: set[str], first: int | None) -> tuple[Cell | None, str | None]:
    """The cell that names the row, and the code it means: the rightmost that is known, else the rightmost.

    A cell that spans several rows, or with words behind it that can be none of the seven values (``first`` is
    the column of the first, if a head tells it), names a group, and no row of it.
    """
    labels = row.labels
    following: Cell | None = None
    for cell in reversed(labels):
        code = _code(cell.text, seen)
        if code and (following is None or (cell.rowspan == 1 and _is_value(row, cell, following, first))):
            return cell, code
        following = cell
    return (labels[-1] if labels else None), None


def _is_value(row: Row, label: Cell, words: Cell, first: int | None) -> bool:
    """Whether words behind a row's label stand where a value does, or behind one as a remark."""
    figures = (c.text for c in row.own if label.column < c.column < words.column)
    among = first is not None and words.column >= first and len(behind(row, label)) <= COLUMNS
    return among or any(figures)


def _code(label: str, seen: set[str]) -> str | None:
    """The row that a label means; 其他 is the last of （六）, and 总计 here is （七）总计."""
    exact = _codes(label)
    if exact:
        return exact[0]
    near = _labels().near(label)
    return near.code if near and near.code not in seen else None


def _joined_label(rows: Sequence[Row], index: int, label: Cell, seen: set[str]) -> tuple[Cell, str | None]:
    """A label cut by a page stands in two rows, one of them without values: try both together."""
    for other in (index - 1, index + 1):
        if not 0 <= other < len(rows) or any(c.text for c in _behind_labels(rows[other])):
            continue
        for part in rows[other].labels:
            pair = (part.text, label.text) if other < index else (label.text, part.text)
            code = _code("".join(pair), seen)
            if code and code not in seen and not _code(part.text, seen):
                return label, code
    return label, None


def _behind_labels(row: Row) -> tuple[Cell, ...]:
    labels = row.labels
    return tuple(c for c in row.own if labels and c.column > labels[-1].column)


def _stated(lines: list[_Line], above: Above) -> list[_Line]:
    """The lines of the table that the report states; of several that it may state, all of them: what they say
    alike is read.
    """
    tables = _tables(lines)
    if len(tables) < 2:
        return lines
    return [line for table in stated(tables, lambda t: t[0].row.table, above, _HEADING) for line in table]


def _tables(lines: list[_Line]) -> list[list[_Line]]:
    """The lines table by table: one ends with its last rows, and the next begins with the first ones."""
    tables: list[list[_Line]] = [[]]
    for line in lines:
        codes = {known.code for known in tables[-1]}
        if line.code in _FIRST and line.code in codes and codes & {_END, "handled_total"}:
            tables.append([])
        tables[-1].append(line)
    return tables


def _aligned(lines: list[_Line]) -> list[_Line]:
    """Rows whose values could not be told from padding are read as others of as many cells are."""
    starts: dict[int, set[int]] = {}
    for line in lines:
        if line.values:
            cells = behind(line.row, line.label)
            starts.setdefault(len(cells), set()).add(cells.index(line.values[0]))
    return [_at_start(line, starts) for line in lines]


def _without_shifted(lines: list[_Line], columns: tuple[tuple[int, int], ...]) -> list[_Line]:
    """Where the others' figures begin under the head, a row that begins with a blank before it may have lost
    its last cell: its values cannot be told.
    """
    firsts = {line.values[0].column for line in lines if line.values and line.values[0].text}
    if not columns or firsts != {columns[0][0]}:
        return lines
    return [line._replace(values=None) if _begins_before(line, columns[0][0]) else line for line in lines]


def _begins_before(line: _Line, column: int) -> bool:
    return line.values is not None and line.values[0].column < column


def _at_start(line: _Line, starts: dict[int, set[int]]) -> _Line:
    cells = behind(line.row, line.label)
    start = starts.get(len(cells), set())
    if line.values or len(start) != 1:
        return line
    values = cells[min(start) : min(start) + COLUMNS]
    beside = [c for c in cells if c.text and c not in values]
    return line if beside or len(values) != COLUMNS else line._replace(values=values)


def _edition(lines: list[_Line], disclosure_edition: str | None) -> str:
    codes = {line.code for line in lines}
    if any(code and code.startswith("other.") for code in codes):
        return "2021"  # 其他处理 beside them is their group's row
    if "other" in codes:
        return "2019"
    unknown = sum(line.code is None for line in lines)
    fitting = [e for e in _EDITIONS if len(_unplaced(lines, _order(_form(e)))) == unknown]
    if len(fitting) == 1:
        return fitting[0]
    return disclosure_edition if disclosure_edition in _EDITIONS else "2021"


def _order(form: Table) -> list[str]:
    return [row.code for row in form.rows()]


def _facts(lines: list[_Line], form: Table, columns: Sequence[str]) -> tuple[Fact, ...]:
    by_code: dict[str, list[_Line]] = {}
    for known in lines:
        if known.code:
            by_code.setdefault(known.code, []).append(known)
    unplaced = _unplaced(lines, _order(form))
    result: list[Fact] = []
    for row in form.rows():
        line = _only(by_code.get(row.code, []))
        doubtful = unplaced.get(row.code)
        if doubtful and _is_likely(words(doubtful.label.text), row.code, form):
            line = line or doubtful
        result += _row_facts(row.code, columns, line, row.code in by_code, doubtful)
    return tuple(result)


def _is_likely(label: str, code: str, form: Table) -> bool:
    """Whether half of a label agrees with a row's, or it is that of this row alone with words left out."""
    known = {row.code: words(row.label) for row in form.rows()}
    if similarity(label, known[code]) >= LIKELY:
        return True
    return [c for c in known if is_shortened(label, known[c])] == [code]


def _only(lines: list[_Line]) -> _Line | None:
    """The one row of this code; of several only if they all say the same."""
    said = {tuple(c.text for c in line.values or ()) for line in lines}
    return lines[0] if len(said) == 1 else None


def _row_facts(
    code: str, columns: Sequence[str], line: _Line | None, printed: bool, unplaced: _Line | None
) -> list[Fact]:
    if line and line.values:
        return [facts.from_cell(CODE, code, c, cell) for c, cell in zip(columns, line.values, strict=True)]
    doubtful = line or unplaced
    if doubtful and doubtful.values:
        cells = zip(columns, doubtful.values, strict=True)
        return [facts.unreadable(CODE, code, c, cell.text, cell.locator) for c, cell in cells]
    if doubtful:
        raw, locator = doubtful.row.text, doubtful.row.cells[0].locator
        return [facts.unreadable(CODE, code, c, raw, locator) for c in columns]
    if printed:
        return [facts.unreadable(CODE, code, c, "", "") for c in columns]
    return [facts.absent(CODE, code, c) for c in columns]


def _unplaced(lines: list[_Line], order: list[str]) -> dict[str, _Line]:
    """Rows whose label is not known, put to the missing codes between their neighbours.

    Order alone is no proof of a place: unless half of the label agrees too, they give unreadable facts.
    """
    found = {line.code for line in lines}
    result: dict[str, _Line] = {}
    place, waiting = -1, list[_Line]()
    for code, line in _with_end(lines):
        if code is None and line is not None:
            waiting.append(line)
            continue
        following = order.index(code) if code in order else len(order)
        missing = [c for c in order[place + 1 : following] if c not in found]
        if len(missing) == len(waiting):
            result.update(zip(missing, waiting, strict=True))
        place, waiting = following, []
    return result


def _with_end(lines: list[_Line]) -> Iterator[tuple[str | None, _Line | None]]:
    """The lines with their codes, and an end that is no line."""
    yield from ((line.code, line) for line in lines)
    yield "", None
