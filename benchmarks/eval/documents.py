"""From a seed to a printed document with its key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from benchmarks.eval import figures, identities, sentences, variation
from benchmarks.eval.printed import Block, Heading, Key, Printed, Table, TableKind, Text
from benchmarks.eval.variation import Edition, Variation
from benchmarks.eval.wording import Figure, Labels, figure
from nianbao.replica.form import Form, form
from nianbao.replica.grids import Cell, Grid, Printing, cut, disclosure_grid, requests_grid, review_grid

HEADS = {TableKind.REQUESTS: 3, TableKind.REVIEW: 3, TableKind.STATISTICS: 1}
_ANNEX_SECTIONS = (
    "一、概述", "二、主动公开政府信息情况", "三、依申请公开政府信息情况", "四、行政复议、行政诉讼情况",
    "五、存在的主要问题和改进措施", "六、附表",
)  # fmt: skip


def generate(seed: int) -> Printed:
    """The document of a seed: always the same one."""
    random = Random(seed)
    varied = variation.draw(seed, random)
    if varied.edition is Edition.ANNEX:
        return _annexed(seed, varied, random)
    return _tabled(seed, varied, random)


def shape(edition: Edition) -> Form:
    """The form of an edition; of a mixture, table 2 of the one and tables 3 and 4 of the other."""
    requests = form(edition.requests)
    disclosure = form(edition.disclosure)
    return replace(disclosure, request_rows=requests.request_rows)


def _tabled(seed: int, varied: Variation, random: Random) -> Printed:
    used = shape(varied.edition)
    values = figures.draw(used, random)
    if varied.misprint:
        values = figures.misprinted(values, random)
    printed = {key: figure(key, value, varied, random) for key, value in values.items()}
    labels = Labels(varied, _labels(used), random)
    filling = Printing(
        lambda key: printed[key].text, labels.word, labels.outcome, total_beside=varied.total_beside
    )
    grids = {
        TableKind.DISCLOSURE: disclosure_grid(used, filling),
        TableKind.REQUESTS: requests_grid(used, filling),
        TableKind.REVIEW: review_grid(used, filling),
    }
    tables = {kind: list(_parts(kind, grid, varied, used)) for kind, grid in grids.items()}
    return _document(seed, varied, random, values, printed, used.sections, tables)


def _annexed(seed: int, varied: Variation, random: Random) -> Printed:
    values = figures.draw_annex(random)
    printed = {key: figure(key, value, varied, random) for key, value in values.items()}
    labels = Labels(varied, [label for _, label, _, _ in figures.annex_rows()], random)
    grid = _annex_grid(printed, labels, varied)
    tables = {TableKind.STATISTICS: list(_parts(TableKind.STATISTICS, grid, varied, None))}
    return _document(seed, varied, random, values, printed, _ANNEX_SECTIONS, tables)


def _annex_grid(printed: Mapping[str, Figure], labels: Labels, varied: Variation) -> Grid:
    cells = [Cell(0, column, text) for column, text in enumerate(("统计指标", "单位", "统计数"))]
    row, above = 1, ""
    for code, label, unit, under in figures.annex_rows():
        if under and under != above and under not in [c.text for c in cells]:
            if not any(label == under for _, label, _, _ in figures.annex_rows()):
                cells += [Cell(row, 0, under), Cell(row, 1, ""), Cell(row, 2, "")]
                row += 1
            above = under
        shown = "元" if unit == "万元" and varied.yuan_in_cell else unit
        text = printed[f"statistics/{code}/value"].text
        cells += [Cell(row, 0, labels.word(label)), Cell(row, 1, shown), Cell(row, 2, text)]
        row += 1
    return Grid(row, 3, tuple(cells))


def _labels(used: Form) -> list[str]:
    blocks = used.disclosure
    rows = [row for block in blocks for row in block.rows] + list(used.request_rows)
    columns = [column for block in blocks for column in block.columns]
    groups = [label for row in used.request_rows for label in row.under]
    return list(dict.fromkeys([*(h.label for h in [*rows, *columns]), *groups]))


def _parts(kind: TableKind, grid: Grid, varied: Variation, used: Form | None) -> Iterator[Table]:
    """The table as one, or in the parts that the variation cuts it into."""
    heads = HEADS.get(kind, 0)
    if kind is TableKind.DISCLOSURE and varied.disclosure_in_parts and used:
        starts = [c.row for c in grid.cells if c.column == 0 and c.colspan == grid.columns][1:]
        yield from (Table(kind, part, 0, n) for n, part in enumerate(_cut_at(grid, starts)))
    elif varied.cut_tables and heads < grid.rows - 1 and kind in (TableKind.REQUESTS, TableKind.STATISTICS):
        row = min(max(varied.break_row, heads + 1), grid.rows - 1)
        first, rest = cut(grid, row)
        yield Table(kind, first, heads, 0)
        yield Table(kind, _headed(grid, rest, heads) if varied.repeat_head else rest, heads, 1)
    else:
        yield Table(kind, grid, heads, 0)


def _cut_at(grid: Grid, rows: list[int]) -> Iterator[Grid]:
    start = 0
    for row in rows:
        first, grid = cut(grid, row - start)
        yield first
        start = row
    yield grid


def _headed(whole: Grid, rest: Grid, heads: int) -> Grid:
    """The rest of a cut table under the whole table's head."""
    top = [cell for cell in whole.cells if cell.row < heads]
    below = [replace(cell, row=cell.row + heads) for cell in rest.cells]
    return Grid(rest.rows + heads, whole.columns, (*top, *below))


def _document(
    seed: int,
    varied: Variation,
    random: Random,
    values: Mapping[str, Decimal],
    printed: Mapping[str, Figure],
    sections: tuple[str, ...],
    tables: Mapping[TableKind, list[Table]],
) -> Printed:
    name, year = sentences.agency(random), _year(varied.edition, random)
    title = sentences.title(name, year, random)
    published = date(year + 1, 1, 4) + timedelta(days=random.randint(0, 85))
    opening = sentences.overview(values, year, random)
    narrative = dict(opening.counts)
    reach, contact = sentences.contact(random)
    blocks: list[Block] = [Text(sentences.preamble(name, year, varied.edition.disclosure))]
    for number, heading in enumerate(sections, start=1):
        blocks.append(Heading(heading))
        if number == 1:
            blocks += map(Text, opening.paragraphs)
        elif number == 4 and TableKind.REVIEW in tables:
            remedy = sentences.remedies(values)
            narrative |= remedy.counts
            blocks += map(Text, remedy.paragraphs)
        elif number == 5:
            blocks += map(Text, sentences.problems(year))
        elif number == 6:
            blocks += [Text("本年度没有发出收费通知，收取信息处理费0元。"), Text(reach)]
        elif TableKind.STATISTICS in tables:
            blocks.append(Text("各项数量见本报告的附表。"))
        kind = _TABLE_OF.get(number) if TableKind.STATISTICS not in tables else None
        blocks += tables.get(kind, []) if kind else []
    blocks += tables.get(TableKind.STATISTICS, [])
    if varied.other_table:
        blocks += [Text("注：各科室承办情况如下表。"), _other_table(random)]
    failed = identities.failed({k: f.value for k, f in printed.items()})
    key = Key(
        printed, title, name, year, _edition(varied.edition), published, sections, failed, narrative, contact
    )
    return Printed(seed, title, published, tuple(blocks), varied, key)


_TABLE_OF = {2: TableKind.DISCLOSURE, 3: TableKind.REQUESTS, 4: TableKind.REVIEW}


def _year(edition: Edition, random: Random) -> int:
    if edition is Edition.ANNEX:
        return random.randint(2014, 2018)
    return random.randint(2021, 2025) if edition.disclosure == "2021" else random.choice((2019, 2020))


def _edition(edition: Edition) -> str:
    """What the report's edition is called: that of table 2, or the annex's."""
    return edition.disclosure


def _other_table(random: Random) -> Table:
    """A table of no form."""
    rows = [
        ("科室", "承办件数"),
        ("办公室", str(random.randint(0, 99))),
        ("法规科", str(random.randint(0, 99))),
    ]
    cells = [Cell(r, c, text) for r, row in enumerate(rows) for c, text in enumerate(row)]
    return Table(TableKind.OTHER, Grid(len(rows), 2, tuple(cells)))
