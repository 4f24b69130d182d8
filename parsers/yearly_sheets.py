"""Workbooks that hold the reports of several years, sheet by sheet: the newest one is the report.

In pages and in print the first title is the report's, and what follows it may be last year's. The sheets of a
workbook stand in either order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from parsers.document import Document, Grid, Paragraph
from parsers.identity import is_notice, parse_title
from parsers.sniff import XLS, XLSX

Sheet = Sequence[Paragraph | Grid]


def newest_first(document: Document) -> Document:
    """The document with the sheets of its newest report before those of older ones.

    A sheet without a title belongs to the one before it; those before the first title stay where they are.
    """
    if document.media_type not in (XLS, XLSX):
        return document
    years: list[int | None] = []
    sheets = [list(blocks) for _, blocks in groupby(document.blocks, key=_sheet)]
    for sheet in sheets:
        years.append(_year(sheet) or (years[-1] if years else None))
    order = sorted(range(len(sheets)), key=lambda n: -(years[n] or _NOT_SAID))
    return replace(document, blocks=tuple(block for n in order for block in sheets[n]))


_NOT_SAID = 9999


def _sheet(block: Paragraph | Grid) -> str:
    return block.locator.rpartition("!")[0]


def _year(sheet: Sheet) -> int | None:
    """The year that the first title of a report on the sheet names."""
    titles = (parse_title(b.text) for b in sheet if isinstance(b, Paragraph) and not is_notice(b.text))
    return next((title.year for title in titles if title is not None), None)
