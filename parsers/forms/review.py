"""Table 4 of the forms: 政府信息公开行政复议、行政诉讼情况. One row of fifteen values in three groups of
five.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from parsers.characters import key
from parsers.document import Cell
from parsers.forms import facts
from parsers.forms.rows import Row
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
_MARKS = ("复议", "诉讼", "起诉", "维持", "纠正", "审结", "尚未")
_BEGINS_MARK = re.compile("[复诉起维纠审尚]")
_HEAD = "行政诉讼 结果维持 结果纠正 其他结果 尚未审结 总计"
"""The head's words; a page's end parts even 结果维 from 持."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The table's facts and the grids it stands in."""

    facts: tuple[Fact, ...]
    tables: frozenset[int]


def read(rows: Sequence[Row]) -> Reading | None:
    """Find and read the table among all rows of a document; None when it is not there."""
    start = next((i for i, row in enumerate(rows) if _opens(rows, i)), None)
    if start is None:
        return None
    columns = [c.code for c in vocabulary().table(CODE, "2021").blocks[0].columns]
    cells: dict[str, list[Cell]] = {}
    tables: set[int] = set()
    head: list[Row] = []
    for row in rows[start:]:
        if _is_head(row) or (head and _ends_head(row)):
            head = [*head, row] if not head or _is_head_of(head[-1], row) else [row]
            tables.add(row.table)
        elif head and (_bears_values(row) or (not cells and _is_blank(row))):
            found = _placed(row, head, columns)
            for code, cell in found.items():
                cells.setdefault(code, []).append(cell)
            tables |= {row.table} if found else set()
        elif row.labels:
            break
    return Reading(tuple(_fact(code, cells.get(code, [])) for code in columns), frozenset(tables))


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
    cells = [c for c in row.own if c.text]
    return bool(cells) and sum(looks_like_value(c.text) for c in cells) * 2 > len(cells)


def _is_blank(row: Row) -> bool:
    """A row of value cells in which nothing is written: an office that leaves zeros out."""
    return len(row.own) >= len(_LEAVES) and not any(c.text for c in row.own)


def _placed(row: Row, head: list[Row], columns: list[str]) -> dict[str, Cell]:
    """The row's cells by column code: through the head above them, else fifteen in order."""
    under = {code: c for c in row.own if (code := _column(c, head))}
    if len(under) in (5, 15):
        return under
    cells = _fifteen(row)
    return dict(zip(columns, cells, strict=True)) if cells else under


def _column(cell: Cell, head: list[Row]) -> str | None:
    """The code that the head cells above say together; None where they are those of two columns."""
    above = dict.fromkeys(
        c for row in head for c in row.cells if c.column <= cell.column < c.column + c.colspan
    )
    text = "".join(key(c.text) for c in above)
    group = next((code for mark, code in _GROUPS if mark in text), None)
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
