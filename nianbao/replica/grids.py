"""The three statutory tables as grids of spanning cells, the same for the web page and for the PDF."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from math import lcm

from nianbao.replica.form import Block, Form, Heading
from nianbao.replica.reports import Report, Variant

LABEL_COLUMNS = 3
_REMEDIES = ((0, "行政复议", 5), (5, "行政诉讼", 10))
_HALF = str.maketrans("（）", "()")


@dataclass(frozen=True)
class Printing:
    """How a form is filled in: the text of the cell `table/row/column`, and of each label as it is printed.

    `outcome` words the labels of table 4, which narrow columns break; `total_beside` puts 总计 beside
    申请人情况 and not under it.
    """

    figure: Callable[[str], str]
    label: Callable[[str], str]
    outcome: Callable[[str], str]
    total_beside: bool = False


def printing(report: Report) -> Printing:
    """A report of the replica, with its variants."""
    return Printing(
        figure=lambda key: _figure(report, key),
        label=lambda label: _worded(label, report),
        outcome=lambda label: _spaced(label, report),
        total_beside=Variant.TOTAL_BESIDE in report.variants,
    )


@dataclass(frozen=True)
class Cell:
    row: int
    column: int
    text: str
    rowspan: int = 1
    colspan: int = 1


@dataclass(frozen=True)
class Grid:
    rows: int
    columns: int
    cells: tuple[Cell, ...]

    def by_row(self) -> Iterator[list[Cell]]:
        """The cells that begin in each row, from the left."""
        for row in range(self.rows):
            yield sorted((c for c in self.cells if c.row == row), key=lambda c: c.column)


def _worded(label: str, report: Report) -> str:
    if Variant.REPEALED_TYPO in report.variants:
        label = label.replace("本年废止件数", "本年度止件数")
    if Variant.HALF_WIDTH in report.variants:
        label = label.translate(_HALF)
    if Variant.SPACED_LABELS in report.variants and label == "总计":
        label = "总 计"
    return label


def _spaced(label: str, report: Report) -> str:
    """A four-character result label broken over two lines, as narrow columns force it."""
    if Variant.SPACED_LABELS in report.variants and len(label) == 4:
        return f"{label[:2]}\n{label[2:]}"
    return _worded(label, report)


def _figure(report: Report, key: str) -> str:
    value = report.figure(key)
    return f"{value:+}" if key.endswith("/change") and value > 0 else str(value)


def disclosure_grid(form: Form, printed: Printing) -> Grid:
    """Table 2: the blocks of Article 20 stacked into one grid."""
    units = lcm(*(len(block.columns) for block in form.disclosure))
    cells: list[Cell] = []
    row = 0
    for block in form.disclosure:
        cells += _block_cells(block, printed, row, units)
        row += 2 + len(block.rows)
    return Grid(row, units + 1, tuple(cells))


def _block_cells(block: Block, printed: Printing, top: int, units: int) -> Iterator[Cell]:
    span = units // len(block.columns)
    yield Cell(top, 0, printed.label(block.article), colspan=units + 1)
    yield Cell(top + 1, 0, printed.label("信息内容"))
    for index, column in enumerate(block.columns):
        yield Cell(top + 1, 1 + index * span, printed.label(column.label), colspan=span)
    for row, heading in enumerate(block.rows, start=top + 2):
        yield Cell(row, 0, printed.label(heading.label))
        for index, column in enumerate(block.columns):
            text = printed.figure(f"disclosure/{heading.code}/{column.code}")
            yield Cell(row, 1 + index * span, text, colspan=span)


def requests_grid(form: Form, printed: Printing) -> Grid:
    """Table 3: three label columns and seven applicant columns, with the vertical group cells."""
    cells = [Cell(0, 0, printed.label(form.note), rowspan=3, colspan=LABEL_COLUMNS)]
    cells += _applicant_header(form.request_columns, printed)
    cells += _group_cells(form.request_rows, printed, depth=0)
    cells += _group_cells(form.request_rows, printed, depth=1)
    for row, heading in enumerate(form.request_rows, start=3):
        depth = len(heading.under)
        cells.append(Cell(row, depth, printed.label(heading.label), colspan=LABEL_COLUMNS - depth))
        for index, column in enumerate(form.request_columns, start=LABEL_COLUMNS):
            cells.append(Cell(row, index, printed.figure(f"requests/{heading.code}/{column.code}")))
    return Grid(3 + len(form.request_rows), LABEL_COLUMNS + len(form.request_columns), tuple(cells))


def _applicant_header(columns: Sequence[Heading], printed: Printing) -> Iterator[Cell]:
    beside = printed.total_beside
    last = LABEL_COLUMNS + len(columns) - 1
    organisations = [c for c in columns if len(c.under) == 2]
    yield Cell(0, LABEL_COLUMNS, printed.label("申请人情况"), colspan=len(columns) - beside)
    yield Cell(1, LABEL_COLUMNS, printed.label(columns[0].label), rowspan=2)
    yield Cell(1, LABEL_COLUMNS + 1, printed.label("法人或其他组织"), colspan=len(organisations))
    yield Cell(0 if beside else 1, last, printed.label("总计"), rowspan=3 if beside else 2)
    for index, column in enumerate(organisations, start=LABEL_COLUMNS + 1):
        yield Cell(2, index, printed.label(column.label))


def _group_cells(rows: Sequence[Heading], printed: Printing, depth: int) -> Iterator[Cell]:
    row = 3
    for under, members in groupby(rows, key=lambda heading: heading.under[: depth + 1]):
        height = len(list(members))
        if len(under) > depth:
            yield Cell(row, depth, printed.label(under[depth]), rowspan=height)
        row += height


def review_grid(form: Form, printed: Printing) -> Grid:
    """Table 4: three blocks of five outcomes under two headings."""
    columns = form.review_columns
    cells = [Cell(0, start, printed.label(name), colspan=span) for start, name, span in _REMEDIES]
    cells += [Cell(1, start, printed.label(columns[start].under[1]), colspan=5) for start in (5, 10)]
    for index, column in enumerate(columns):
        direct = len(column.under) == 1
        label = printed.outcome(column.label)
        cells.append(Cell(1 if direct else 2, index, label, rowspan=2 if direct else 1))
        cells.append(Cell(3, index, printed.figure(f"review/cases/{column.code}")))
    return Grid(4, len(columns), tuple(cells))


def cut(grid: Grid, row: int) -> tuple[Grid, Grid]:
    """The grid broken before `row`, as a page end breaks it: a cut group keeps its label above only."""
    above = [_clipped(cell, row) for cell in grid.cells if cell.row < row]
    below = [replace(cell, row=cell.row - row) for cell in grid.cells if cell.row >= row]
    below += [
        replace(cell, row=0, text="", rowspan=cell.row + cell.rowspan - row)
        for cell in grid.cells
        if cell.row < row < cell.row + cell.rowspan
    ]
    return Grid(row, grid.columns, tuple(above)), Grid(grid.rows - row, grid.columns, tuple(below))


def _clipped(cell: Cell, row: int) -> Cell:
    return replace(cell, rowspan=min(cell.rowspan, row - cell.row))
