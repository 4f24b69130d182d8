"""pdfplumber's tables alone, as grids."""

from __future__ import annotations

import io

import pdfplumber

from parsers.document import Cell, Document, Grid


def read(data: bytes) -> Document:
    """pdfplumber's tables as they come, page by page: a cell that it gives as None belongs to a span."""
    grids: list[Grid] = []
    with pdfplumber.open(io.BytesIO(data)) as opened:
        for page in opened.pages:
            for table in page.extract_tables():
                cells = (
                    Cell(row, column, (text or "").replace("\n", ""), "")
                    for row, line in enumerate(table)
                    for column, text in enumerate(line)
                    if text is not None
                )
                grids.append(Grid(tuple(cells), ""))
    return Document("application/pdf", tuple(grids))


def _pages(data: bytes) -> int:
    with pdfplumber.open(io.BytesIO(data)) as opened:
        return len(opened.pages)
