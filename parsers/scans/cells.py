"""The text of a picture's cells and of the lines beside them.

Every cell is looked at three times: its ink tells whether it is blank, a dash or a slash; the text that was
found on the whole page is put into it; and where that is no words, the cell alone is read a second time,
larger. Where these two are not one and the same figure, it is read once more as if nothing but a figure
could stand in it. What the further readings are for is told in :mod:`parsers.certainty`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
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
_UNITS = "件条次元万"
_FIGURE = re.compile(rf"[0-9OoＯ○〇lI|丨][0-9OoＯ○〇lI|丨.,]*[{_UNITS}]{{0,2}}")
_TWO_POINTS = re.compile(rf"[1-9]\d{{0,2}}(?:[.,]\d{{3}})*\.\d{{3}}\.(?:\d\d?|\d{{4,}})[{_UNITS}]{{0,2}}")
_STATED = re.compile(rf"[+\-增减]?\d[\d,]*(?:\.\d+)?[{_UNITS}]{{0,2}}(?:\s*[（(].*[)）])?")
"""A figure as it may stand in a cell, perhaps with a remark."""
_REMARKED = re.compile(r"[（(].*[\u3400-\u9fff]")
_APART = re.compile(rf"[\d.,]+(?: [\d.,]+)+[{_UNITS}]{{0,2}}")
_WIDE = 1.2
"""A gap in heights of a digit: more than between two wide digits, less than between two cells' figures."""
_TALL = 1.8
_SQUARE, _MOST_SQUARE = 0.6, 1.15
"""Height of a Han character against the width of its column: parts of one are put together."""
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
    """The page's frames with the text and readings of their cells; what was seen within and beside them.

    ``on_its_side``: lines of text were found to run from top to bottom.
    """

    pieces: list[Piece]
    inside: list[Seen]
    beside: list[Seen]
    on_its_side: bool

    @property
    def seen(self) -> list[Seen]:
        return [*self.inside, *self.beside]


def read(grey: Grey, seal: Grey | None, frames: Sequence[Frame], recogniser: Recogniser) -> PageReading:
    """Read a straightened page without its rules; ``seal`` is where red ink was taken off."""
    cells = [[_cell(grey, seal, frame, index) for index in range(len(frame.boxes))] for frame in frames]
    outside: list[Spot] = []
    found = recogniser.find(grey)
    on_its_side = _mostly_tall(found)
    for spot in found:
        outside += _put(spot, frames, cells)
    inside = [c for row in cells for c in row if c.ink.kind is Kind.WRITING]
    _add_unfound(inside)
    wanted = [spot for cell in inside for spot in cell.found]
    line = _part if on_its_side else _level
    said = recogniser.read([*(line(grey, spot) for spot in wanted), *(_part(grey, spot) for spot in outside)])
    seen = [Seen(spot, text) for spot, text in zip((*wanted, *outside), said, strict=True)]
    waiting = iter(seen)
    for cell in inside:
        cell.seen = [next(waiting) for _ in cell.found]
    beside = [s for s in waiting if s.said.confidence >= _LEAST_CONFIDENCE and s.said.text.strip()]
    pieces = _pieces(grey, frames, cells, recogniser)
    return PageReading(pieces, [s for c in inside for s in c.seen], beside, on_its_side)


def _mostly_tall(spots: Sequence[Spot]) -> bool:
    """Whether the page lies on its side, by the shape of what was found on it."""
    tall = sum(s.area for s in spots if s.bottom - s.top > 1.5 * (s.right - s.left))
    wide = sum(s.area for s in spots if s.right - s.left > 1.5 * (s.bottom - s.top))
    return tall > 2 * wide


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


def _level(grey: Grey, spot: Spot) -> Grey:
    """What stands there as one level line: writing that runs down a narrow cell is laid side by side."""
    part = _part(grey, spot)
    width = spot.right - spot.left
    if part.shape[0] < _TALL * width:
        return part
    characters = _characters(part, width)
    if len(characters) < 2:
        return part
    height = max(bottom - top for top, bottom in characters)
    paper = float(np.percentile(part, 90))
    squares = []
    for top, bottom in characters:
        above = (height - (bottom - top)) // 2
        below = height - (bottom - top) - above
        squares.append(
            cv2.copyMakeBorder(part[top:bottom], above, below, 0, 0, cv2.BORDER_CONSTANT, value=(paper,))
        )
    return np.asarray(np.hstack(squares), dtype=np.uint8)


def _characters(part: Grey, width: int) -> list[tuple[int, int]]:
    """The rows in which the characters of a column stand, each with a little paper above and below."""
    found: list[tuple[int, int]] = []
    for top, bottom in _rows(part, 0, least=1):
        whole = found and found[-1][1] - found[-1][0] >= _SQUARE * width
        if found and not whole and bottom - found[-1][0] <= _MOST_SQUARE * width:
            found[-1] = (found[-1][0], bottom)
        else:
            found.append((top, bottom))
    return [(max(0, top - 2), min(part.shape[0], bottom + 2)) for top, bottom in found]


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
    again = _again(grey, {(i, j): cells[i][j] for i, j in doubtful}, texts, recogniser)
    return [
        Piece(
            frame,
            tuple(texts[i]),
            tuple(_readings(cell, texts[i][j], again.get((i, j), [])) for j, cell in enumerate(cells[i])),
        )
        for i, frame in enumerate(frames)
    ]


def _again(
    grey: Grey,
    cells: Mapping[tuple[int, int], _Cell],
    texts: Sequence[Sequence[str]],
    recogniser: Recogniser,
) -> dict[tuple[int, int], list[Reading]]:
    """The cells read alone, and those that are then no figure yet, as figures."""
    lines = {place: _lines(grey, cell) for place, cell in cells.items()}
    read = {
        (i, j): [Reading(figure(_closed(said.text, cells[i, j])), said.confidence, "cell")]
        for (i, j), said in _alone(lines, recogniser).items()
    }
    unsure = {(i, j): lines[i, j] for (i, j), (second,) in read.items() if _differ(texts[i][j], second.text)}
    for place, said in _alone(unsure, recogniser, figures=True).items():
        text = figure(_closed(said.text, cells[place]))
        if _STATED.fullmatch(text):
            read[place].append(Reading(text, said.confidence, "figures"))
    return read


def _differ(first: str, second: str) -> bool:
    """Whether two readings are not one and the same figure or word. (A remark holds figures too.)"""
    if _REMARKED.search(first) or _REMARKED.search(second):
        return False
    if first != second:
        return True
    return not _STATED.fullmatch(first) and (not is_han(first) or any(c.isdigit() for c in first))


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
    return figure(_closed(joined(rows, cell.spot.left / POINT, cell.spot.right / POINT), cell))


def _closed(text: str, cell: _Cell) -> str:
    """A figure of wide digits, which seem apart, as one: no gap in the cell's ink is one between figures."""
    text = tidy(text)
    left, top, right, bottom = cell.ink.box
    if len(cell.found) == 1 and _APART.fullmatch(text) and cell.ink.gap <= _WIDE * (bottom - top):
        return text.replace(" ", "")
    return text


def figure(text: str) -> str:
    """A figure without specks around it that were taken for points, and without letters taken for digits.

    Only what is nothing but digits, points, such letters and a unit is touched; ``2 14`` are two figures and
    stay so.
    """
    bare = text.rstrip(_SPECKS + ".,，。 ").lstrip(_SPECKS + " ")
    if re.match(r"[.,，。][增减]\d", bare):
        bare = bare[1:]
        text = bare
    if not (bare and _FIGURE.fullmatch(bare)):
        return text
    said = bare.translate(_DIGITS)
    if _TWO_POINTS.fullmatch(said):  # only one can be the decimal point: the others are commas
        return said.replace(".", ",", said.count(".") - 1)
    return said


def _readings(cell: _Cell, text: str, again: Sequence[Reading]) -> tuple[Reading, ...]:
    if cell.ink.kind in (Kind.NOTHING, Kind.DASH, Kind.SLASH):
        return (Reading(text, 1.0, "ink"),)
    if cell.ink.kind is Kind.FAINT:
        return (Reading(_UNTOLD, 0.0, "ink"),)
    said = [s.said.confidence for s in cell.seen if s.said.text.strip()]
    first = Reading(text, min(said, default=0.0), "page")
    return first, *again


def _alone(
    cells: Mapping[tuple[int, int], Sequence[Grey]], recogniser: Recogniser, *, figures: bool = False
) -> dict[tuple[int, int], Recognised]:
    """Each cell, given as its lines enlarged, read alone."""
    said = iter(recogniser.read([line for lines in cells.values() for line in lines], figures=figures))
    return {place: _together([next(said) for _ in lines]) for place, lines in cells.items()}


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


def _rows(ink: Grey, top: int, least: float = 3) -> list[tuple[int, int]]:
    """Stretches of rows with ink, apart by empty rows, of at least so many points."""
    limit = float(np.percentile(ink, 90)) - 60
    inked = np.concatenate([[False], (ink < limit).any(axis=1), [False]])
    edges = np.flatnonzero(np.diff(inked.astype(np.int8)))
    found = [(int(a) + top, int(b) + top) for a, b in zip(edges[::2], edges[1::2], strict=True)]
    tall = [f for f in found if f[1] - f[0] >= least * POINT]
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
