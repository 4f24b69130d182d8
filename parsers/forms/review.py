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
from parsers.forms.review_upright import upright
from parsers.forms.review_words import (
    LITIGATION,
    OUTCOMES,
    column_of,
    group_of,
    is_beside,
    is_remark,
    is_title,
    names_group,
    outcomes_of,
)
from parsers.forms.rows import Row
from parsers.forms.several import Above, stated
from parsers.forms.values import looks_like_value, read_value
from parsers.forms.vocabulary import vocabulary
from parsers.report import Fact

CODE = "review"
ROW = "cases"
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
    told = stated(_all(rows, columns), lambda table: table.first, above, _HEADING)
    if not told:
        return None
    cells: dict[str, list[Cell]] = {}
    for table in told:
        for code, found in table.cells.items():
            cells.setdefault(code, []).extend(found)
    read_as = tuple(_fact(code, cells.get(code, [])) for code in columns)
    return Reading(read_as, frozenset(i for table in told for i in table.tables))


def _all(rows: Sequence[Row], columns: tuple[str, ...]) -> list[_Table]:
    """All tables of the form, whichever way they stand, in the document's order."""
    standing = upright(rows, columns)
    if not standing:
        return _tables(rows, columns)
    taken = frozenset(index for one in standing for index in one.rows)
    lying = _tables([row for index, row in enumerate(rows) if index not in taken], columns)
    tables = [
        _Table(
            min(one.tables),
            set(one.tables),
            set(one.tables),
            {code: [cell] for code, cell in one.cells.items()},
        )
        for one in standing
    ]
    return sorted([*(t for t in lying if t.cells), *tables], key=lambda table: table.first)


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
            below = valued or (_names_groups(row) and _is_whole(head)) or _repeats(row, head)
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
        w for w in words if w in _HEAD or (len(w) > 1 and (group_of(w) or outcomes_of(w) or is_title(w)))
    ]
    others = [w for w in words if w not in known and not is_beside(w)]
    return bool(known) and len(others) <= len(words) // _SPOILT


def _ends_head(row: Row) -> bool:
    """Whether the row holds but the ends of the head's words, which a page's end cut off."""
    words = [key(c.text) for c in row.own if c.text]
    return bool(words) and all(w and w in _HEAD for w in words)


def _is_head_of(above: Row, row: Row) -> bool:
    return row.table - above.table <= 1


def _bears_values(row: Row) -> bool:
    cells = [c for c in row.own if c.text and not names_group(c.text)]
    return bool(cells) and sum(looks_like_value(c.text) for c in cells) * 2 > len(cells)


def _is_blank(row: Row) -> bool:
    """A row of value cells in which nothing is written: an office that leaves zeros out."""
    return len(row.own) >= OUTCOMES and not any(c.text for c in row.own)


def _is_blank_group(row: Row, head: Sequence[Row]) -> bool:
    """A row under a whole head in which a group is named and nothing else written."""
    blank = sum(not c.text for c in row.own)
    return blank >= OUTCOMES and _names_groups(row) and _is_whole(head)


def _names_groups(row: Row) -> bool:
    """Whether a row names groups and says nothing else."""
    words = [c.text for c in row.own if c.text]
    return bool(words) and all(names_group(word) for word in words)


def _is_whole(head: Sequence[Row]) -> bool:
    """Whether a head has come down to the outcomes, the last of which is the total."""
    return any("total" in outcomes_of(key(row.text)) for row in head)


def _repeats(row: Row, head: Sequence[Row]) -> bool:
    """Whether a row names outcomes that the head above it names already."""
    for cell in row.own:
        again = outcomes_of(key(cell.text)) - {"pending"}  # which a page's end may part
        if again and any(outcomes_of(key(c.text)) & again for c in _above(cell, head)):
            return True
    return False


def _placed(row: Row, head: list[Row], columns: Sequence[str]) -> dict[str, Cell]:
    """The row's cells by column code: through the head above them, else fifteen in order."""
    found: dict[str, list[Cell]] = {}
    group_lost = False
    for cell in row.own:
        code, words = _column(cell, head, row)
        if code:
            found.setdefault(code, []).append(cell)
        group_lost = group_lost or (code is None and len(outcomes_of(words)) == 1)
    under = {code: cells[0] for code, cells in found.items() if len(cells) == 1}
    if group_lost or not _fits(row, head):
        under = {}  # what is told may be another's
    if len(under) in (OUTCOMES, 3 * OUTCOMES):
        return under
    in_order = _fifteen(row, head, columns)
    if in_order:
        return dict(zip(columns, in_order, strict=True))
    return under if _names_all(head, columns) else {}


def _fits(row: Row, head: Sequence[Row]) -> bool:
    """Whether a row ends where the head does, and the head's rows of outcomes too. Else a cell is missing
    in one of them, and what stands behind it may stand under another's head; so it may if a number stands
    under a head of remarks. Remarks behind the outcomes need not be in every row; its last value must be
    written then.
    """
    end = max((_end(above) for above in head), default=0)
    outcomes = [above for above in head if outcomes_of(key(above.text))]
    remarks = [c for above in head for c in above.own if is_remark(key(c.text))]
    needed = min((c.column for c in remarks if c.column + c.colspan >= end), default=end)
    reach = [max(c.column + c.colspan for c in above.cells if c not in remarks) for above in outcomes]
    if min(reach, default=0) < needed:
        return False
    if _end(row) < end and not (_end(row) >= needed and row.cells[-1].text):
        return False
    numbers = {
        c.column for c in row.cells if any(ch.isdecimal() for ch in c.text) and looks_like_value(c.text)
    }
    return not any(column >= end for column in numbers) and numbers.isdisjoint(c.column for c in remarks)


def _end(row: Row) -> int:
    """The column behind the last cell."""
    return max((c.column + c.colspan for c in row.cells), default=0)


def _above(cell: Cell, head: Sequence[Row]) -> list[Cell]:
    """The head's cells above a cell's whole breadth, but for the table's title."""
    first, end = cell.column, cell.column + cell.colspan
    above = dict.fromkeys(
        c for row in head for c in row.cells if c.column < end and first < c.column + c.colspan
    )
    return [c for c in above if not is_title(key(c.text))]


def _column(cell: Cell, head: Sequence[Row], row: Row) -> tuple[str | None, str]:
    """The code that the head's cells above say together, with the group that may stand before the row (None
    where they are those of two columns), and what they say.
    """
    words = "".join(key(c.text) for c in _above(cell, head))
    group = group_of(words)
    if group is None:
        before = (key(c.text) for c in row.cells if c.column < cell.column and names_group(c.text))
        group = group_of(f"{LITIGATION if '诉' in words else ''}{''.join(before)}")
    return column_of(group, words), words


def _fifteen(row: Row, head: Sequence[Row], columns: Sequence[str]) -> tuple[Cell, ...] | None:
    """The row's cells where they are fifteen and stand in the form's order: their sums prove it, or the head,
    which names no column of remarks and all outcomes in that order, or none above one of them that is
    another's.
    """
    cells = row.own
    labelled = bool(cells) and not looks_like_value(cells[0].text)
    cells = cells[1:] if labelled else cells
    if len(cells) != len(columns):
        return None
    if _adds_up(cells):
        return cells
    if any(is_remark(key(c.text)) for above in head for c in above.own):
        return None
    if not labelled and head and not head[0].cells[0].text:
        return None  # a column of labels, or what was lost of the head
    if _names_all(head, columns):
        return cells
    for cell, code in zip(cells, columns, strict=True):
        told = outcomes_of("".join(key(c.text) for c in _above(cell, head)))
        if len(told) == 1 and not code.endswith(f".{told.pop()}"):
            return None
    return cells


def _names_all(head: Sequence[Row], columns: Sequence[str]) -> bool:
    """Whether a head names the fifteen outcomes, each once, in the form's order."""
    printed = [outcomes_of(key(c.text)) for above in head for c in above.own]
    return [outcome for told in printed for outcome in told] == [code.partition(".")[2] for code in columns]


def _adds_up(cells: Sequence[Cell]) -> bool:
    """Whether numbers stand in all cells, and each fifth is the sum of the four before it."""
    said = [read_value(c.text).value for c in cells]
    numbers = [n for n in said if n is not None]
    groups = [numbers[first : first + OUTCOMES] for first in range(0, len(numbers), OUTCOMES)]
    return len(numbers) == len(cells) and all(2 * group[-1] == sum(group) for group in groups)


def _fact(code: str, cells: list[Cell]) -> Fact:
    if not cells:
        return facts.absent(CODE, ROW, code)
    if len({c.text for c in cells}) > 1:
        return facts.unreadable(CODE, ROW, code, " | ".join(c.text for c in cells), cells[0].locator)
    return facts.from_cell(CODE, ROW, code, cells[0])
