"""The text of a picture's cells and of the lines beside them.

Every cell is looked at three times: its ink tells whether it is blank, a dash or a slash; the text that was
found on the whole page is put into it; and where that is no words, the cell alone is read a second time,
larger. What the second reading is for is told in :mod:`parsers.certainty`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np

from parsers.characters import is_han, tidy
from parsers.document import Reading
from parsers.layout.lines import Line, joined
from parsers.layout.paging import Piece
from parsers.layout.rulings import Frame
from parsers.scans.ink import Ink, Kind, look
from parsers.scans.picture import Grey
from parsers.scans.recognition import Recognised, Recogniser, Spot
from parsers.scans.ruling import POINT

_INSET = 2
"""Pixels beside a rule that may be its shadow."""
_ENLARGED = 64
"""Height in pixels of a cell's line when it is read alone."""
_OVERLAP = 0.3
_LEAST_CONFIDENCE = 0.5
_SPECKS = "·•'`:;、‘’"
_DIGITS = str.maketrans("OoＯ○〇lI|丨", "000001111")
_FIGURE = re.compile(r"[0-9OoＯ○〇lI|丨][0-9OoＯ○〇lI|丨.,]*")
_TALL = 1.8
_SHORT_WORD = 2
_UNTOLD = "\ufffd"
"""Stands for ink that is too little to be told."""
_NUMBERED = re.compile(r"\d{1,2}\s*[.、．,，]?\s*[\u3400-\u9fff]{3}")
"""A label with its ordinal."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A stretch of text on the page, within one cell or beside all of them."""

    spot: Spot
    said: Recognised

    def line(self) -> Line:
        spot = self.spot
        return Line(
            tidy(self.said.text), spot.left / POINT, spot.top / POINT, spot.right / POINT, spot.bottom / POINT
        )


@dataclass(slots=True)
class _Cell:
    """A cell under way. ``found`` are the places of text in it."""

    spot: Spot
    ink: Ink
    found: list[Spot] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class PageReading:
    """The page's frames with the text and readings of their cells; what was seen within and beside them."""

    pieces: list[Piece]
    inside: list[Seen]
    beside: list[Seen]


def read(grey: Grey, seal: Grey | None, frames: Sequence[Frame], recogniser: Recogniser) -> PageReading:
    """Read a straightened page without its rules; ``seal`` is where red ink was taken off."""
    cells = [[_cell(grey, seal, frame, index) for index in range(len(frame.boxes))] for frame in frames]
    outside: list[Spot] = []
    for spot in recogniser.find(grey):
        outside += _put(spot, frames, cells)
    inside = [c for row in cells for c in row if c.ink.kind is Kind.WRITING]
    _add_unfound(inside)
    wanted = [spot for cell in inside for spot in cell.found]
    said = recogniser.read([_part(grey, spot) for spot in (*wanted, *outside)])
    seen = [Seen(spot, text) for spot, text in zip((*wanted, *outside), said, strict=True)]
    waiting = iter(seen)
    for cell in inside:
        cell.seen = [next(waiting) for _ in cell.found]
    beside = [s for s in waiting if s.said.confidence >= _LEAST_CONFIDENCE and s.said.text.strip()]
    pieces = _pieces(grey, frames, cells, recogniser)
    return PageReading(pieces, [s for c in inside for s in c.seen], beside)


def _cell(grey: Grey, seal: Grey | None, frame: Frame, index: int) -> _Cell:
    box = frame.boxes[index]
    spot = Spot(
        round(frame.xs[box.left] * POINT) + _INSET,
        round(frame.ys[box.top] * POINT) + _INSET,
        round(frame.xs[box.right] * POINT) - _INSET,
        round(frame.ys[box.bottom] * POINT) - _INSET,
    )
    ink = look(_part(grey, spot))
    sealed = seal is not None and bool(_part(seal, spot).any())
    return _Cell(spot, Ink(Kind.FAINT) if sealed and ink.kind is Kind.NOTHING else ink)


def _part(grey: Grey, spot: Spot) -> Grey:
    return grey[max(0, spot.top) : max(0, spot.bottom), max(0, spot.left) : max(0, spot.right)]


def _put(spot: Spot, frames: Sequence[Frame], cells: list[list[_Cell]]) -> list[Spot]:
    """Put a place of text into its cells, cut at their sides; give it back if it is in none."""
    middle, centre = (spot.top + spot.bottom) / 2, (spot.left + spot.right) / 2
    for frame, row in zip(frames, cells, strict=True):
        x, y = centre / POINT, middle / POINT
        if frame.xs[0] <= x <= frame.xs[-1] and frame.ys[0] <= y <= frame.ys[-1]:
            for cell in row:
                part = _common(spot, cell.spot)
                if part is not None:
                    cell.found.append(part)
            return []
    return [spot]


def _common(spot: Spot, cell: Spot) -> Spot | None:
    """The part of a place that lies in a cell, unless it only reaches into it."""
    part = Spot(
        max(spot.left, cell.left),
        max(spot.top, cell.top),
        min(spot.right, cell.right),
        min(spot.bottom, cell.bottom),
    )
    width, height = part.right - part.left, part.bottom - part.top
    if width <= 0 or height <= 0:
        return None
    whole = min(spot.bottom - spot.top, cell.bottom - cell.top)
    enough = min(_OVERLAP * (spot.bottom - spot.top), 0.5 * (spot.right - spot.left))
    return part if height >= 0.5 * whole and width >= enough else None


def _add_unfound(cells: Iterable[_Cell]) -> None:
    """A cell with ink in which nothing was found is read as it stands: lone figures are often passed over."""
    for cell in cells:
        if not cell.found:
            left, top, right, bottom = cell.ink.box
            pad = max(3, (bottom - top) // 4)
            cell.found.append(
                Spot(
                    max(cell.spot.left, cell.spot.left + left - pad),
                    max(cell.spot.top, cell.spot.top + top - pad),
                    min(cell.spot.right, cell.spot.left + right + pad),
                    min(cell.spot.bottom, cell.spot.top + bottom + pad),
                )
            )


def _pieces(
    grey: Grey, frames: Sequence[Frame], cells: list[list[_Cell]], recogniser: Recogniser
) -> list[Piece]:
    texts = [[_text(cell) for cell in row] for row in cells]
    doubtful = [
        (i, j)
        for i, row in enumerate(cells)
        for j, cell in enumerate(row)
        if cell.ink.kind is Kind.WRITING and _may_be_figure(texts[i][j])
    ]
    again = _alone(grey, [cells[i][j] for i, j in doubtful], recogniser)
    second = dict(zip(doubtful, again, strict=True))
    return [
        Piece(
            frame,
            tuple(texts[i]),
            tuple(_readings(cell, texts[i][j], second.get((i, j))) for j, cell in enumerate(cells[i])),
        )
        for i, frame in enumerate(frames)
    ]


def _may_be_figure(text: str) -> bool:
    """Whether a cell may state a figure, be it with a remark or a unit: 减50, 22（其中修订16件）, 无."""
    if not is_han(text):
        return True
    return len(text) <= _SHORT_WORD or (any(c.isdigit() for c in text) and not _NUMBERED.match(text))


def _text(cell: _Cell) -> str:
    if cell.ink.kind is Kind.DASH:
        return "-"
    if cell.ink.kind is Kind.SLASH:
        return "/"
    if cell.ink.kind is Kind.FAINT:
        return _UNTOLD
    rows = in_rows(s.line() for s in cell.seen if s.said.text.strip())
    return figure(joined(rows, cell.spot.left / POINT, cell.spot.right / POINT))


def figure(text: str) -> str:
    """A figure without specks around it that were taken for points, and without letters taken for digits.

    Only what is nothing but digits, points and such letters is touched; ``2 14`` are two figures and stay so.
    """
    bare = text.rstrip(_SPECKS + ".,，。 ").lstrip(_SPECKS + " ")
    return bare.translate(_DIGITS) if bare and _FIGURE.fullmatch(bare) else text


def _readings(cell: _Cell, text: str, second: Recognised | None) -> tuple[Reading, ...]:
    if cell.ink.kind in (Kind.NOTHING, Kind.DASH, Kind.SLASH):
        return (Reading(text, 1.0, "ink"),)
    if cell.ink.kind is Kind.FAINT:
        return (Reading(_UNTOLD, 0.0, "ink"),)
    first = Reading(text, min((s.said.confidence for s in cell.seen), default=0.0), "page")
    if second is None:
        return (first,)
    return first, Reading(figure(tidy(second.text)), second.confidence, "cell")


def _alone(grey: Grey, cells: Sequence[_Cell], recogniser: Recogniser) -> list[Recognised]:
    """Each cell read alone, larger, line by line."""
    lines = [_lines(grey, cell) for cell in cells]
    said = iter(recogniser.read([line for part in lines for line in part]))
    return [_together([next(said) for _ in part]) for part in lines]


def _together(said: Sequence[Recognised]) -> Recognised:
    return Recognised("".join(s.text for s in said), min((s.confidence for s in said), default=0.0))


def _lines(grey: Grey, cell: _Cell) -> list[Grey]:
    """The lines in a cell, each enlarged with paper around it: as found on the page, else as its ink lies."""
    if len(cell.found) > 1:
        rows = sorted(cell.found, key=lambda s: (s.top + s.bottom, s.left))
        return [_enlarged(_trimmed(_part(grey, spot))) for spot in rows]
    left, top, right, bottom = cell.ink.box
    inside = _part(grey, cell.spot)
    height = bottom - top
    pieces = [(top, bottom)]
    if height > _TALL * 12 * POINT or height > right - left:
        pieces = _rows(inside[top:bottom, left:right], top)
    return [_enlarged(inside[a:b, left:right]) for a, b in pieces]


def _trimmed(line: Grey) -> Grey:
    """The line without empty margins: other edges than on the page make it another reading."""
    left, top, right, bottom = look(line).box
    return line[top:bottom, left:right] if right > left and bottom > top else line


def _rows(ink: Grey, top: int) -> list[tuple[int, int]]:
    """Stretches of rows with ink, apart by empty rows."""
    limit = float(np.percentile(ink, 90)) - 60
    inked = np.concatenate([[False], (ink < limit).any(axis=1), [False]])
    edges = np.flatnonzero(np.diff(inked.astype(np.int8)))
    found = [(int(a) + top, int(b) + top) for a, b in zip(edges[::2], edges[1::2], strict=True)]
    tall = [f for f in found if f[1] - f[0] >= 3 * POINT]
    return tall or [(top, top + ink.shape[0])]


def _enlarged(line: Grey) -> Grey:
    scale = _ENLARGED / max(1, line.shape[0])
    large = cv2.resize(line, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    pad = _ENLARGED // 4
    paper = float(np.percentile(line, 90))
    framed = cv2.copyMakeBorder(large, pad, pad, 2 * pad, 2 * pad, cv2.BORDER_CONSTANT, value=(paper,))
    return np.asarray(framed, dtype=np.uint8)


def in_rows(lines: Iterable[Line]) -> list[Line]:
    """Stretches of text that stand side by side as one line each, from top to bottom."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda k: k.top + k.bottom):
        middle = (line.top + line.bottom) / 2
        if rows and middle < rows[-1][0].bottom - 0.3 * rows[-1][0].height:
            rows[-1].append(line)
        else:
            rows.append([line])
    return [_row(sorted(row, key=lambda k: k.left)) for row in rows]


def _row(parts: list[Line]) -> Line:
    text = ""
    for index, part in enumerate(parts):
        apart = index and part.left - parts[index - 1].right > 0.2 * part.height
        text += (" " if apart else "") + part.text
    return Line(
        tidy(text),
        parts[0].left,
        min(p.top for p in parts),
        max(p.right for p in parts),
        max(p.bottom for p in parts),
    )
