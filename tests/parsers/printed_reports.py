"""Reports made for the tests: the statutory tables with given figures, as HTML and as PDF.

The layouts follow the forms (spans, vertical group labels, merged heads); options bend them the way real
reports are bent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from io import BytesIO
from typing import Any

from parsers.forms.vocabulary import vocabulary
from parsers.report import Extraction, Fact

Figures = Mapping[str, str]


@dataclass(frozen=True)
class Spot:
    """A cell to be printed."""

    row: int
    column: int
    text: str
    rowspan: int = 1
    colspan: int = 1


@dataclass
class Sheet:
    """A table to be printed."""

    spots: list[Spot] = field(default_factory=list)

    def put(self, row: int, column: int, text: str, rowspan: int = 1, colspan: int = 1) -> None:
        self.spots.append(Spot(row, column, text, rowspan, colspan))

    @property
    def height(self) -> int:
        return max(s.row + s.rowspan for s in self.spots)

    @property
    def width(self) -> int:
        return max(s.column + s.colspan for s in self.spots)

    def relabelled(self, changes: Mapping[str, str]) -> Sheet:
        return Sheet([replace(s, text=changes.get(s.text, s.text)) for s in self.spots])


def disclosure_sheet(figures: Figures, edition: str = "2021") -> Sheet:
    sheet, row = Sheet(), 0
    for block in vocabulary().table("disclosure", edition).blocks:
        sheet.put(row, 0, block.article, colspan=4)
        sheet.put(row + 1, 0, "信息内容")
        spans = {1: [3], 2: [1, 2], 3: [1, 1, 1]}[len(block.columns)]
        _spread(sheet, row + 1, spans, [c.label for c in block.columns])
        row += 2
        for line in block.rows:
            sheet.put(row, 0, line.label)
            _spread(
                sheet,
                row,
                spans,
                [figures.get(f"disclosure/{line.code}/{c.code}", "") for c in block.columns],
            )
            row += 1
    return sheet


def _spread(sheet: Sheet, row: int, spans: list[int], texts: list[str]) -> None:
    column = 1
    for span, text in zip(spans, texts, strict=True):
        sheet.put(row, column, text, colspan=span)
        column += span


def requests_sheet(figures: Figures, edition: str = "2021") -> Sheet:
    sheet = Sheet()
    form = vocabulary().table("requests", edition).blocks[0]
    sheet.put(0, 0, "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）", 3, 3)
    sheet.put(0, 3, "申请人情况", 1, 7)
    sheet.put(1, 3, "自然人", 2)
    sheet.put(1, 4, "法人或其他组织", 1, 5)
    sheet.put(1, 9, "总计", 2)
    for column, label in enumerate(["商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他"], 4):
        sheet.put(2, column, label)
    inner = [r for r in form.rows if r.under]
    groups: set[str] = set()
    for row, line in enumerate(form.rows, 3):
        if not line.under:
            sheet.put(row, 0, line.label, 1, 3)
        elif len(line.under) == 1:
            _group(sheet, row, line.under[0], 0, len(inner), groups)
            sheet.put(row, 1, line.label, 1, 2)
        else:
            members = [r for r in inner if r.under == line.under]
            _group(sheet, row, line.under[1], 1, len(members), groups)
            sheet.put(row, 2, line.label)
        for column, applicant in enumerate(form.columns, 3):
            sheet.put(row, column, figures.get(f"requests/{line.code}/{applicant.code}", ""))
    return sheet


def _group(sheet: Sheet, row: int, label: str, column: int, rows: int, done: set[str]) -> None:
    if label not in done:
        sheet.put(row, column, label, rows)
        done.add(label)


def review_sheet(figures: Figures) -> Sheet:
    sheet = Sheet()
    sheet.put(0, 0, "行政复议", 1, 5)
    sheet.put(0, 5, "行政诉讼", 1, 10)
    sheet.put(1, 5, "未经复议直接起诉", 1, 5)
    sheet.put(1, 10, "复议后起诉", 1, 5)
    columns = vocabulary().table("review", "2021").blocks[0].columns
    for column, outcome in enumerate(columns):
        top = 1 if column < 5 else 2
        sheet.put(top, column, outcome.label, 3 - top)
        sheet.put(3, column, figures.get(f"review/cases/{outcome.code}", ""))
    return sheet


def sheets(figures: Figures, edition: str = "2021") -> list[Sheet]:
    return [disclosure_sheet(figures, edition), requests_sheet(figures, edition), review_sheet(figures)]


HEADINGS = [
    "一、总体情况", "二、主动公开政府信息情况", "三、收到和处理政府信息公开申请情况",
    "四、政府信息公开行政复议、行政诉讼情况", "五、存在的主要问题及改进情况", "六、其他需要报告的事项",
]  # fmt: skip


def table_html(sheet: Sheet) -> str:
    rows = []
    for row in range(sheet.height):
        cells = "".join(
            f'<td rowspan="{s.rowspan}" colspan="{s.colspan}"><p>{s.text}</p></td>'
            for s in sorted(sheet.spots, key=lambda s: s.column)
            if s.row == row
        )
        rows.append(f"<tr>{cells}</tr>")
    return f"<table><tbody>{''.join(rows)}</tbody></table>"


def page_html(title: str, printed: list[Sheet], head: str = "", container: str = "TRS_Editor") -> str:
    tables = dict(zip((1, 2, 3), (table_html(s) for s in printed), strict=False))
    parts = [
        f"<h3>{h}</h3><p>这里写本部分的内容，共若干字。</p>{tables.get(i, '')}"
        for i, h in enumerate(HEADINGS)
    ]
    return (
        f"<html><head><meta charset='utf-8'><title>{title}</title>{head}</head><body>"
        f"<div class='nav'><a href='/'>首页</a></div><h1>{title}</h1><div class='{container}'><p>{title}</p>"
        f"{''.join(parts)}</div><div class='foot'>版权所有</div></body></html>"
    )


def page_pdf(
    title: str,
    printed: list[Sheet],
    break_after: Mapping[int, int] | None = None,
    rules: str = "all",
    raised: tuple[str, float, float] | None = None,
    above: str = "",
    line_at: float | None = None,
) -> bytes:
    """A PDF; ``break_after`` maps a table's number to the row behind which the page ends (no head
    repeated); ``rules`` are ``all``, ``level`` (none upright), ``inner`` (open at both sides) or ``none``.
    ``raised`` is a text behind which a small 1 stands, and the size and rise of that as parts of the text's;
    ``above`` is a line above each table. ``line_at``: behind every number a 7 stands, and a line runs through
    it so far above its foot, as a part of its size.
    """
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen.canvas import Canvas

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    out = BytesIO()
    canvas = Canvas(out, pagesize=A4)
    pen = _Pen(canvas, A4[1], rules, raised, line_at)
    pen.say(title)
    for index, heading in enumerate(HEADINGS):
        pen.say(heading)
        pen.say("这里写本部分的内容，共若干字。")
        if 1 <= index <= len(printed):
            if above:
                pen.say(above)
            pen.table(printed[index - 1], (break_after or {}).get(index - 1))
    pen.end_page()
    canvas.save()
    return out.getvalue()


def words_pdf(words: Sequence[tuple[str, float, float]]) -> bytes:
    """A page with each word about the middle and on the line given, in points from the top left; no rules."""
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen.canvas import Canvas

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    out = BytesIO()
    canvas = Canvas(out, pagesize=A4)
    canvas.setFont("STSong-Light", 9)
    for text, middle, top in words:
        canvas.drawCentredString(middle, A4[1] - top, text)
    canvas.save()
    return out.getvalue()


class _Pen:
    """Draws lines of text and ruled tables from the top of the page down."""

    margin, row_height = 50.0, 22.0

    def __init__(
        self,
        canvas: Any,
        height: float,
        rules: str,
        raised: tuple[str, float, float] | None,
        line_at: float | None,
    ) -> None:
        self.canvas = canvas
        self.rules = rules
        self.raised = raised
        self.line_at = line_at
        self.height = height
        self.y = height - 70
        self.page = 1

    def say(self, text: str) -> None:
        if self.y < 100:
            self.end_page()
        self.canvas.setFont("STSong-Light", 12)
        self.canvas.drawString(self.margin, self.y, text)
        self.y -= 24

    def end_page(self) -> None:
        self.canvas.setFont("STSong-Light", 9)
        self.canvas.drawString(290, 30, f"- {self.page} -")
        self.canvas.showPage()
        self.y = self.height - 70
        self.page += 1

    def table(self, sheet: Sheet, break_after: int | None) -> None:
        start = 0
        while start < sheet.height:
            room = int((self.y - 60) // self.row_height)
            end = min(sheet.height, start + room)
            if break_after is not None and start <= break_after < end:
                end = break_after + 1
            if end <= start:
                self.end_page()
                continue
            self._part(sheet, start, end)
            start = end
            if start < sheet.height:
                self.end_page()
        self.y -= 20

    def _part(self, sheet: Sheet, start: int, end: int) -> None:
        width = 495 / sheet.width
        for spot in sheet.spots:
            top, bottom = max(spot.row, start), min(spot.row + spot.rowspan, end)
            if top >= bottom:
                continue
            left, right = (
                self.margin + spot.column * width,
                self.margin + (spot.column + spot.colspan) * width,
            )
            upper, lower = (
                self.y - (top - start) * self.row_height,
                self.y - (bottom - start) * self.row_height,
            )
            self._rule(left, lower, right, upper)
            if spot.row >= start:
                self._write(spot.text, left, upper, right - left, upper - lower)
        self.y -= (end - start) * self.row_height

    def _rule(self, left: float, lower: float, right: float, upper: float) -> None:
        line = self.canvas.line
        if self.rules != "none":
            line(left, lower, right, lower)
            line(left, upper, right, upper)
        for x in (left, right):
            inner = self.margin + 1 < x < self.margin + 494
            if self.rules == "all" or (self.rules == "inner" and inner):
                line(x, lower, x, upper)

    def _write(self, text: str, left: float, top: float, width: float, height: float) -> None:
        size = 6.0
        count = max(1, int((width - 4) // size))
        pieces = [text[i : i + count] for i in range(0, len(text), count)] if not text.isascii() else [text]
        step = min(size + 1, (height - 2) / max(1, len(pieces)))
        self.canvas.setFont("STSong-Light", min(size, step))
        for index, piece in enumerate(pieces):
            self.canvas.drawString(left + 2, top - step * (index + 1), piece)
        if self.line_at is not None and text.isdecimal():
            start = left + 2 + self.canvas.stringWidth(text, "STSong-Light", size)
            self.canvas.drawString(start, top - step, "7")
            end, y = start + size / 2, top - step + self.line_at * size
            self.canvas.line(start, y, end, y)
        if self.raised and text == self.raised[0]:
            _, part, rise = self.raised
            end = left + 2 + self.canvas.stringWidth(text, "STSong-Light", size)
            self.canvas.setFont("STSong-Light", size * part)
            self.canvas.drawString(end, top - step + rise * size, "1")


def by_place(extraction: Extraction) -> dict[str, Fact]:
    """Facts by table/row/column."""
    return {f"{f.table_code}/{f.row_code}/{f.column_code}": f for f in extraction.facts}


def wrong(extraction: Extraction, figures: dict[str, str]) -> dict[str, str]:
    """The places where the reading differs from the figures, with what was read."""
    read = by_place(extraction)
    return {
        place: str(read.get(place))
        for place, value in figures.items()
        if place not in read or read[place].value != Decimal(value)
    }


def pdf_of(objects: list[bytes]) -> bytes:
    """A PDF of the given objects, the first of which is the catalogue."""
    out, places = BytesIO(), []
    out.write(b"%PDF-1.4\n")
    for number, body in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.write(b"".join(b"%010d 00000 n \n" % place for place in places))
    out.write(b"trailer << /Root 1 0 R /Size %d >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start))
    return out.getvalue()


def stream(head: bytes, body: bytes) -> bytes:
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (head, len(body), body)


def page_of(resources: bytes) -> bytes:
    """The page object of such a file: object 3, its contents object 4."""
    head = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 99 99] /Contents 4 0 R"
    return b"%s /Resources << %s >> >>" % (head, resources)
