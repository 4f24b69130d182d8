"""An article that its site cuts over several pages, joined to one document.

What each page repeats at its top and at its end is taken once, pagers are left out, and a table that goes on
over a cut is one. Each locator begins with the name of the file that it is a place in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import takewhile

from parsers.document import Document, Grid, Paragraph
from parsers.formats import html
from parsers.formats.archives import Member
from parsers.sniff import HTML

_Block = Paragraph | Grid

_EDGE = 6
"""So many blocks at a page's top and end may be its pager."""
_PAGER = re.compile(
    r"(?:上一?页|下一?页|前一页|后一页|首页|末页|尾页|第?\d{1,3}页|共\d{1,3}页|当前|[\d\[\]【】()（）<>«»‹›|/·.…,，:：\s])+"
)
_NUMBERS = re.compile(r"\d+")
_VALUE = re.compile(r"[\d,.%+-]+|[-/—–]+")


def read_all(files: Sequence[Member]) -> Document:
    """Read the pages in their order. Raises as :func:`parsers.formats.html.read` does."""
    read = html.read_parts([file.data for file in files])
    pages = [_without_pager(list(page.blocks), len(files)) for page in read]
    heads, ends = _repeated(pages), _repeated([page[::-1] for page in pages])
    blocks: list[_Block] = []
    for number, (file, page) in enumerate(zip(files, pages, strict=True)):
        start = heads if number else 0
        end = len(page) - (ends if number < len(pages) - 1 else 0)
        own = [_named(file.name, block) for block in page[start : max(start, end)]]
        if blocks and own and (whole := _continued(blocks[-1], own[0])):
            blocks[-1:], own = [whole], own[1:]
        blocks += own
    meta = {name: said for page in reversed(read) for name, said in page.meta.items()}
    return Document(HTML, tuple(blocks), next((page.title for page in read if page.title), None), meta)


def _without_pager(page: list[_Block], count: int) -> list[_Block]:
    inner = range(_EDGE, len(page) - _EDGE)
    return [block for i, block in enumerate(page) if i in inner or not _is_pager(block, count)]


def _is_pager(block: _Block, count: int) -> bool:
    """Links to the other pages by words, or by the numbers of all pages alone."""
    if not isinstance(block, Paragraph) or not _PAGER.fullmatch(block.text):
        return False
    return "页" in block.text or _NUMBERS.findall(block.text) == [str(n) for n in range(1, count + 1)]


def _repeated(pages: Sequence[Sequence[_Block]]) -> int:
    """How many lines all pages begin with, figures in them left open: they count visits."""
    alike = takewhile(lambda row: len(set(row)) == 1, zip(*map(list, map(_lines, pages)), strict=False))
    return sum(1 for _ in alike) if len(pages) > 1 else 0


def _lines(page: Sequence[_Block]) -> Iterator[str]:
    paragraphs = takewhile(lambda block: isinstance(block, Paragraph), page)
    return (_NUMBERS.sub("0", block.text) for block in paragraphs if isinstance(block, Paragraph))


def _named(name: str, block: _Block) -> _Block:
    locator = f"{name}!{block.locator}"
    if isinstance(block, Paragraph):
        return replace(block, locator=locator)
    return Grid(tuple(c._replace(locator=f"{name}!{c.locator}") for c in block.cells), locator)


def _continued(above: _Block, below: _Block) -> Grid | None:
    """Both as one table, where the second goes on with the first: it repeats the first's head, or begins with
    values, and is as wide.
    """
    if not isinstance(above, Grid) or not isinstance(below, Grid) or above.width != below.width:
        return None
    head = _repeated_head(above, below)
    if not head and not any(_VALUE.fullmatch(cell.text) for cell in below.cells if cell.row == 0):
        return None
    offset = above.height - head
    rest = [cell._replace(row=cell.row + offset) for cell in below.cells if cell.row >= head]
    return Grid((*above.cells, *rest), above.locator)


def _repeated_head(above: Grid, below: Grid) -> int:
    """How many rows of words both begin with."""
    rows = range(min(above.height, below.height))
    pairs = ((_row(above, row), _row(below, row)) for row in rows)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1] and _is_head(pair[0]), pairs))


def _row(grid: Grid, row: int) -> list[tuple[int, str]]:
    return [(cell.column, cell.text) for cell in grid.cells if cell.row == row]


def _is_head(row: Sequence[tuple[int, str]]) -> bool:
    return not any(_VALUE.fullmatch(text) for _, text in row)
