"""What every file format is read into: paragraphs and grids in reading order, each with its locator.

A *document* knows nothing of annual reports, and the readers of forms, sections and contacts
know nothing of file formats: this module is all that they share.

A *locator* is a string that leads a person back to the spot in the archived file:

* HTML: ``html:/html[1]/body[1]/table[2]/tr[4]/td[3]`` (the path of the element),
* PDF: ``pdf:p3:56.7,120.4,98.1,134.0`` (page from 1; left, top, right, bottom in points,
  measured from the page's top left corner),
* DOCX: ``docx:/body/tbl[1]/tr[4]/tc[3]`` (the path of the element in the main part, by local names),
* images: ``image:p1:410,236,455,260`` (the same, in pixels of the image as it is shown),
* DOC: ``doc:/tbl[1]/tr[4]/tc[3]`` (table, row and cell, counted from 1),
* RTF and ODT: ``rtf:/body/tbl[1]/tr[4]/tc[3]`` (the same),
* XLS and XLSX: ``xlsx:Sheet1!B3`` (sheet and cell),
* OFD: ``ofd:p3:56.7,120.4,98.1,134.0`` (as with PDF),
* a file in a container: its name before all that, ``报告.docx!docx:/body/tbl[1]/tr[4]/tc[3]``; a page of an
  article that is cut over several likewise, ``002.html!html:/html[1]/body[1]/table[1]/tr[4]/td[3]``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A run of text that stands on its own. ``heading`` is true where the markup says so."""

    text: str
    locator: str
    heading: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """One way in which a picture's cell was read: ``source`` is ``page`` (with the whole page), ``cell``
    (alone and larger), ``figures`` (as if nothing else could stand there) or ``ink`` (by whether and how
    there is any). ``confidence`` is from 0 to 1.
    """

    text: str
    confidence: float
    source: str


class Cell(NamedTuple):
    """One cell of a grid: ``row`` and ``column`` from 0, as placed after spans are honoured.

    ``readings`` are those of a picture; none where the file itself holds the text. (A tuple, for a report has
    hundreds, and making frozen dataclasses takes four times as long.)
    """

    row: int
    column: int
    text: str
    locator: str
    rowspan: int = 1
    colspan: int = 1
    readings: tuple[Reading, ...] = ()


@dataclass(frozen=True, slots=True)
class Grid:
    """A table whose cells stand at their places. A spanning cell is listed once, at its first place."""

    cells: tuple[Cell, ...]
    locator: str

    @property
    def height(self) -> int:
        return max((c.row + c.rowspan for c in self.cells), default=0)

    @property
    def width(self) -> int:
        return max((c.column + c.colspan for c in self.cells), default=0)


@dataclass(frozen=True, slots=True)
class Document:
    """A file as read: its blocks in reading order, and what its own metadata says of it.

    ``refused`` says why its own text was not taken and its pages were read as pictures.
    """

    media_type: str
    blocks: tuple[Paragraph | Grid, ...]
    title: str | None = None
    meta: dict[str, str] = field(default_factory=dict)
    refused: str | None = None

    def paragraphs(self) -> Iterator[Paragraph]:
        return (b for b in self.blocks if isinstance(b, Paragraph))

    def grids(self) -> Iterator[Grid]:
        return (b for b in self.blocks if isinstance(b, Grid))

    def above(self) -> tuple[tuple[str, ...], ...]:
        """The paragraphs before each grid, from the grid before it on."""
        above: list[tuple[str, ...]] = []
        said: list[str] = []
        for block in self.blocks:
            if isinstance(block, Grid):
                above.append(tuple(said))
                said = []
            else:
                said.append(block.text)
        return tuple(above)
