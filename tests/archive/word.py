"""A replica's report as a DOCX file, and the same file saved again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from benchmarks.eval.documents import generate
from benchmarks.eval.printed import Block, Heading, Table, TableKind, Text
from benchmarks.eval.producers.word import Word
from nianbao.replica import Report, prose
from nianbao.replica.form import form
from nianbao.replica.grids import disclosure_grid, printing, requests_grid, review_grid

SEED = 4  # headings counted by Word; no column a hair wide, no edits that nobody accepted


def render_docx(report: Report, sentence: str | None = None) -> bytes:
    """The report as Word writes it, with one more sentence if given."""
    blocks = [*_blocks(report), *([Text(sentence)] if sentence else [])]
    printed = replace(generate(SEED), title=report.title, published=report.published, blocks=tuple(blocks))
    (data,) = Word().write([printed])
    return data


def _blocks(report: Report) -> Iterator[Block]:
    shape = form(report.edition)
    tables = {
        2: Table(TableKind.DISCLOSURE, disclosure_grid(shape, printing(report))),
        3: Table(TableKind.REQUESTS, requests_grid(shape, printing(report))),
        4: Table(TableKind.REVIEW, review_grid(shape, printing(report))),
    }
    texts = {
        1: prose.overview(report),
        4: [prose.review_note(report)],
        5: prose.problems(report),
        6: prose.other_matters(report),
    }
    yield Text(prose.preamble(report))
    for number, heading in enumerate(shape.sections, start=1):
        yield Heading(heading)
        yield from map(Text, texts.get(number, []))
        if number in tables:
            yield tables[number]


def saved_by_word(data: bytes) -> bytes:
    """The same text saved again: other dates, packed in another order, and a note of who saved it."""
    out = BytesIO()
    with ZipFile(BytesIO(data)) as source, ZipFile(out, "w", ZIP_DEFLATED, compresslevel=9) as target:
        for name in reversed(source.namelist()):
            target.writestr(name, source.read(name))
        target.writestr(
            "docProps/core.xml",
            "<p:coreProperties xmlns:p='urn:x'><p:revision>2</p:revision></p:coreProperties>",
        )
    return out.getvalue()
