"""Table 4 with each of its values in a row of its own, behind the labels of its group and its outcome."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from parsers.characters import key
from parsers.document import Cell
from parsers.forms.review_words import column_of, group_of, is_title, outcomes_of
from parsers.forms.rows import Row
from parsers.forms.values import looks_like_value


@dataclass(frozen=True, slots=True)
class Upright:
    """A whole table: its cells by column, and the numbers of its rows among all."""

    cells: dict[str, Cell]
    tables: frozenset[int]
    rows: frozenset[int]


def upright(rows: Sequence[Row], columns: Sequence[str]) -> list[Upright]:
    """All tables of this shape that bear every column in the form's order. Rows between that name no outcome,
    such as a head printed again on the next page, are passed over.
    """
    found: list[Upright] = []
    cells: dict[str, Cell] = {}
    taken: list[int] = []
    for index, row in enumerate(rows):
        words = _words(row)
        if words is None:
            continue
        expected = columns[len(cells)]
        if taken and row.table - rows[taken[-1]].table > 1:
            expected = columns[0]
        if not _is_of(words, expected, first=not cells):
            cells, taken, expected = {}, [], columns[0]
        value = _value(row) if _is_of(words, expected, first=expected == columns[0]) else None
        if value is None:
            cells, taken = {}, []
            continue
        if expected == columns[0]:
            cells, taken = {}, []
        cells[expected] = value
        taken.append(index)
        if len(cells) == len(columns):
            tables = frozenset(rows[n].table for n in taken)
            found.append(Upright(cells, tables, frozenset(taken)))
            cells, taken = {}, []
    return found


def _words(row: Row) -> str | None:
    """The labels of a row, down to its outcome; None where none or more than one is named."""
    labels = [key(c.text) for c in row.cells if not looks_like_value(c.text)]
    words = "".join(label for label in labels if not is_title(label))
    return words if len(outcomes_of(words)) == 1 else None


def _is_of(words: str, column: str, *, first: bool) -> bool:
    """Whether the labels are a column's; its group's may stand in an earlier row alone, but for the first of
    the group.
    """
    group, _, outcome = column.partition(".")
    named = group_of(words)
    if named is None and not first and outcome != "upheld":
        return outcomes_of(words) == {outcome} and "诉" not in words and "复议" not in words
    return column_of(named, words) == column


def _value(row: Row) -> Cell | None:
    """The one figure behind the outcome's label; else, where none is written, the cell next to it."""
    at = next(i for i, c in enumerate(row.cells) if outcomes_of(key(c.text)))
    behind = row.cells[at + 1 :]
    written = [c for c in behind if c.text and looks_like_value(c.text)]
    if len(written) > 1 or not behind:
        return None
    return written[0] if written else behind[0]
