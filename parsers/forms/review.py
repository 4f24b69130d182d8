"""Table 4 of the forms: 政府信息公开行政复议、行政诉讼情况. One row of fifteen values in three groups of
five; in some reports the groups stand one below the other, or each value in a row of its own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from parsers.characters import key
from parsers.document import Cell
from parsers.forms import facts
from parsers.forms.rows import Row
from parsers.forms.several import Above, stated
from parsers.forms.values import looks_like_value
from parsers.forms.vocabulary import vocabulary
from parsers.report import Fact

CODE = "review"
ROW = "cases"
_GROUPS = (
    ("未经复议", "litigation_direct"),
    ("直接起诉", "litigation_direct"),
    ("复议后", "litigation_after_reconsideration"),
    ("行政复议", "reconsideration"),
)
_LEAVES = (
    ("维持", "upheld"),
    ("纠正", "corrected"),
    ("其他", "other"),
    ("审结", "pending"),
    ("尚未", "pending"),
    ("总计", "total"),
)
_OUTCOMES = 5
_LITIGATION = "行政诉讼"
_MARKS = ("复议", "诉讼", "起诉", "维持", "纠正", "审结", "尚未")
_BEGINS_MARK = re.compile("[复诉起维纠审尚]")
_HEAD = "行政诉讼 结果维持 结果纠正 其他结果 尚未审结 总计"
"""The head's words; a page's end parts even 结果维 from 持."""
_HEADING = re.compile("复议|诉讼")
_NOTHING_ABOVE = Above()


@dataclass(frozen=True, slots=True)
class Reading:
    """The table's facts and the grids it stands in."""

    facts: tuple[Fact, ...]
    tables: frozenset[int]


@dataclass(slots=True)
class _Table:
    """One table as it is walked through: its first grid, all of them, those with values, and its cells by
    column.
    """

    first: int
    tables: set[int] = field(default_factory=set)
    bearing: set[int] = field(default_factory=set)
    cells: dict[str, list[Cell]] = field(default_factory=dict)

    def take(self, found: dict[str, Cell], table: int) -> None:
        for code, cell in found.items():
            self.cells.setdefault(code, []).append(cell)
        if found:
            self.tables.add(table)
            self.bearing.add(table)


def read(rows: Sequence[Row], above: Above = _NOTHING_ABOVE) -> Reading | None:
    """Find and read the table among all rows of a document; None when it is not there. Of several that the
    report may state, what they say alike is read.
    """
    columns = tuple(c.code for c in vocabulary().table(CODE, "2021").blocks[0].columns)
    tables = _upright(rows, columns) or _tables(rows, columns)
    told = stated(tables, lambda table: table.first, above, _HEADING)
    if not told:
        return None
    cells: dict[str, list[Cell]] = {}
    for table in told:
        for code, found in table.cells.items():
            cells.setdefault(code, []).extend(found)
    read_as = tuple(_fact(code, cells.get(code, [])) for code in columns)
    return Reading(read_as, frozenset(i for table in told for i in table.tables))


def _tables(rows: Sequence[Row], columns: tuple[str, ...]) -> list[_Table]:
    """All tables of the form; one that goes on in another grid, under a head of its own, is one."""
    tables: list[_Table] = []
    table: _Table | None = None
    head: list[Row] = []
    valued = False  # whether the head bears values already: another head then begins a group below
    for index, row in enumerate(rows):
        if table is None:
            if not _opens(rows, index):
                continue
            table, head = _Table(row.table), []
            tables.append(table)
        if not _is_blank_group(row, head) and (_is_head(row) or (head and _ends_head(row))):
            anew = row.table > max(table.bearing, default=row.table) and _opens(rows, index)
            below = valued or (_names_groups(row) and _is_whole(head))
            goes_on = not below and not anew and (not head or _is_head_of(head[-1], row))
            head, valued = [*head, row] if goes_on else [row], False
            table.tables.add(row.table)
        elif head and (_bears_values(row) or _is_blank_group(row, head) or (not valued and _is_blank(row))):
            found = _placed(row, head, columns)
            if _is_blank(row) and table.cells.keys() & found.keys():
                continue
            if table.cells.keys() & found.keys() and head[0].table > max(table.bearing):
                table = _Table(head[0].table)
                tables.append(table)
            table.take(found, row.table)
            valued = True
        elif row.labels:
            table = None
    return tables


def _upright(rows: Sequence[Row], columns: tuple[str, ...]) -> list[_Table]:
    """The tables in which each value stands in a row of its own, behind its group's and outcome's labels."""
    tables: list[_Table] = []
    found: dict[str, tuple[Cell, int]] = {}
    for row in rows:
        words = [c for c in row.cells if not looks_like_value(c.text)]
        values = [c for c in row.cells if words and c.column > words[-1].column]
        code = _code("".join(key(c.text) for c in words)) if len(values) == 1 else None
        if code is None or code in found or columns[len(found)] != code:
            found = {}
        if code == columns[len(found)]:
            found[code] = values[0], row.table
        if len(found) == len(columns):
            grids = {grid for _, grid in found.values()}
            cells = {code: [cell] for code, (cell, _) in found.items()}
            tables.append(_Table(min(grids), grids, set(grids), cells))
            found = {}
    return tables


_SPOILT = 6
"""Of so many words in a row of the head one may be unknown."""


def _opens(rows: Sequence[Row], index: int) -> bool:
    """Whether the head of the table starts here: its words within three rows."""
    if not _is_head(rows[index]):
        return False
    text = key("".join(r.text for r in rows[index : index + 3]))
    return "复议" in text and "维持" in text and ("审结" in text or "尚未" in text)


def _is_head(row: Row) -> bool:
    """A row of nothing but the head's words; of many, one may be spoilt (a seal over a scan's head)."""
    if not _BEGINS_MARK.search(row.text):
        return False
    text = key(row.text)
    if not any(mark in text for mark in _MARKS):
        return False
    words = [key(c.text) for c in row.own if c.text]
    known = [
        w for w in words if w in _HEAD or (len(w) > 1 and any(mark in w for mark, _ in (*_GROUPS, *_LEAVES)))
    ]
    return bool(known) and len(words) - len(known) <= len(words) // _SPOILT


def _ends_head(row: Row) -> bool:
    """Whether the row holds but the ends of the head's words, which a page's end cut off."""
    words = [key(c.text) for c in row.own if c.text]
    return bool(words) and all(w and w in _HEAD for w in words)


def _is_head_of(above: Row, row: Row) -> bool:
    return row.table - above.table <= 1


def _bears_values(row: Row) -> bool:
    cells = [c for c in row.own if c.text and not _group(key(c.text))]
    return bool(cells) and sum(looks_like_value(c.text) for c in cells) * 2 > len(cells)


def _is_blank(row: Row) -> bool:
    """A row of value cells in which nothing is written: an office that leaves zeros out."""
    return len(row.own) >= _OUTCOMES and not any(c.text for c in row.own)


def _is_blank_group(row: Row, head: Sequence[Row]) -> bool:
    """A row under a whole head in which a group is named and nothing else written."""
    blank = sum(not c.text for c in row.own)
    return blank >= _OUTCOMES and _names_groups(row) and _is_whole(head)


def _names_groups(row: Row) -> bool:
    """Whether a row names groups and says nothing else."""
    words = [key(c.text) for c in row.own if c.text]
    return bool(words) and all(_group(word) or word == _LITIGATION for word in words)


def _is_whole(head: Sequence[Row]) -> bool:
    """Whether a head has come down to the outcomes, the last of which is the total."""
    return any(_LEAVES[-1][0] in key(row.text) for row in head)


def _placed(row: Row, head: list[Row], columns: Sequence[str]) -> dict[str, Cell]:
    """The row's cells by column code: through the head above them, else fifteen in order."""
    under: dict[str, Cell] = {}
    twice = set()
    for cell in row.own:
        code = _column(cell, head, row)
        if code in under:
            twice.add(code)
        elif code:
            under[code] = cell
    under = {code: cell for code, cell in under.items() if code not in twice}
    if not _fits(row, head):
        under = {}
    if len(under) in (_OUTCOMES, 3 * _OUTCOMES):
        return under
    cells = _fifteen(row)
    return dict(zip(columns, cells, strict=True)) if cells else under


def _fits(row: Row, head: Sequence[Row]) -> bool:
    """Whether a row ends where the head does, and the head's rows of outcomes too. Else a cell is missing
    in one of them, and what stands behind it may stand under another's head.
    """
    outcomes = [above for above in head if any(mark in key(above.text) for mark, _ in _LEAVES)]
    end = max((_end(above) for above in head), default=0)
    whole = min((_end(line) for line in (row, *outcomes)), default=0) >= end
    return whole and not any(c.text for c in row.cells if c.column >= end)


def _end(row: Row) -> int:
    """The column behind the last cell."""
    return max((c.column + c.colspan for c in row.cells), default=0)


def _column(cell: Cell, head: list[Row], row: Row) -> str | None:
    """The code that the head cells above say together, with the group that may stand before the row; None
    where they are those of two columns.
    """
    above = dict.fromkeys(
        c for row in head for c in row.cells if c.column <= cell.column < c.column + c.colspan
    )
    text = "".join(key(c.text) for c in above)
    before = "".join(key(c.text) for c in row.cells if c.column < cell.column)
    return _code(text) or (_code(before + text) if not _group(text) else None)


def _group(text: str) -> str | None:
    return next((code for mark, code in _GROUPS if mark in text), None)


def _code(text: str) -> str | None:
    """The column that a group and an outcome name."""
    group = _group(text)
    leaves = {code for mark, code in _LEAVES if mark in text}
    return f"{group}.{leaves.pop()}" if group and len(leaves) == 1 else None


def _fifteen(row: Row) -> tuple[Cell, ...] | None:
    cells = row.own
    if cells and not looks_like_value(cells[0].text):
        cells = cells[1:]
    return cells if len(cells) == 15 else None


def _fact(code: str, cells: list[Cell]) -> Fact:
    if not cells:
        return facts.absent(CODE, ROW, code)
    if len({c.text for c in cells}) > 1:
        return facts.unreadable(CODE, ROW, code, " | ".join(c.text for c in cells), cells[0].locator)
    return facts.from_cell(CODE, ROW, code, cells[0])
