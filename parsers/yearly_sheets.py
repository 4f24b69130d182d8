"""Workbooks that hold the reports of several years, sheet by sheet: the newest one is the report.

In pages and in print the first title is the report's, and what follows it may be last year's. The sheets of a
workbook stand in either order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from parsers.document import Document, Grid, Paragraph
from parsers.forms import disclosure, requests, review
from parsers.forms.rows import all_rows
from parsers.identity import is_notice, parse_title
from parsers.report import State
from parsers.sniff import XLS, XLSX

Blocks = Sequence[Paragraph | Grid]


def newest_first(document: Document) -> Document:
    """The document with the sheets of its newest report before all others.

    A sheet without a title belongs to the one before it. Only years whose sheets bear figures count, and only
    if the first of them bears some of the same form: else a year is that of a template for the next one, or a
    slip in the title of one sheet.
    """
    if document.media_type not in (XLS, XLSX):
        return document
    years: list[int | None] = []
    sheets = [list(blocks) for _, blocks in groupby(document.blocks, key=_sheet)]
    for sheet in sheets:
        years.append(_year(sheet) or (years[-1] if years else None))
    of_year = {
        y: [n for n, said in enumerate(years) if said == y] for y in dict.fromkeys(years) if y is not None
    }
    if len(of_year) < 2:
        return document
    forms = {y: _forms([block for n in numbers for block in sheets[n]]) for y, numbers in of_year.items()}
    filled = [y for y in of_year if forms[y]]
    newest = max((y for y in filled if forms[y] & forms[filled[0]]), default=None)
    if newest in (None, next(iter(of_year))):
        return document
    order = sorted(range(len(sheets)), key=lambda n: years[n] not in (None, newest))
    return replace(document, blocks=tuple(block for n in order for block in sheets[n]))


def _sheet(block: Paragraph | Grid) -> str:
    return block.locator.rpartition("!")[0]


def _year(sheet: Blocks) -> int | None:
    """The year that the first title of a report on the sheet names."""
    titles = (parse_title(b.text) for b in sheet if isinstance(b, Paragraph) and not is_notice(b.text))
    return next((title.year for title in titles if title is not None), None)


def _forms(blocks: Blocks) -> frozenset[str]:
    """The forms of which there are figures."""
    rows = all_rows(block for block in blocks if isinstance(block, Grid))
    readings = (disclosure.read(rows), requests.read(rows, None), review.read(rows))
    return frozenset(f.table_code for r in readings if r for f in r.facts if f.state is State.VALUE)
