"""Web pages: the markup of editors, of Word and WPS when pasted, of old hands, and of sites around them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from html import escape

from benchmarks.eval.printed import Block, Heading, Printed, Table, TableKind, Text
from nianbao.replica import body
from nianbao.replica.grids import Cell, Grid

_CONTAINERS = (
    '<div class="TRS_Editor">', '<div id="zoom">', '<div id="UCAP-CONTENT">', '<div class="v_news_content">',
    "<div>",
)  # fmt: skip
_LINK_NAMES = ("首页", "政务公开", "办事服务", "互动交流", "走进本地", "网站地图")


def article(document: Printed, before_part: str = "") -> str:
    """The blocks in the variation's markup; `before_part` stands before each further part of a table."""
    return _marked(document.blocks, document, before_part)


def _marked(blocks: Sequence[Block], document: Printed, before_part: str) -> str:
    write = _MARKUPS[document.variation.markup]
    return "\n".join(
        (before_part if isinstance(block, Table) and block.part else "") + write(block, document)
        for block in blocks
    )


def _as_cut(document: Printed) -> Sequence[Block]:
    """The blocks; where the variation says so, a table's second part lost its cut groups' cells."""
    varied = document.variation
    if not varied.ragged or varied.repeat_head:
        return document.blocks
    return [
        replace(block, grid=_ragged(block.grid))
        if isinstance(block, Table) and block.kind is TableKind.REQUESTS and block.part
        else block
        for block in document.blocks
    ]


def _ragged(rest: Grid) -> Grid:
    lost = {c for c in rest.cells if c.row == 0 and not c.text and c.column < 2}
    moved: list[Cell] = []
    for row in range(rest.rows):
        gone = sum(c.colspan for c in lost if c.row <= row < c.row + c.rowspan)
        moved += [replace(c, column=c.column - gone) for c in rest.cells if c.row == row and c not in lost]
    return replace(rest, cells=tuple(moved))


def _text(text: str) -> str:
    return escape(text, quote=False).replace("\n", "<br>")


def _spans(cell: Cell) -> str:
    spans = f' rowspan="{cell.rowspan}"' if cell.rowspan > 1 else ""
    return spans + (f' colspan="{cell.colspan}"' if cell.colspan > 1 else "")


def _word(block: Block, document: Printed) -> str:
    """As Word leaves it when it is pasted into an editor."""
    if isinstance(block, Table):
        return body.table(block.grid)
    return body.heading(block.text) if isinstance(block, Heading) else body.paragraph(block.text)


def _clean(block: Block, document: Printed) -> str:
    """Short tags, head cells as such, numbers on lines of their own."""
    if not isinstance(block, Table):
        tag = "h3" if isinstance(block, Heading) else "p"
        return f"<{tag}>{_text(block.text)}</{tag}>"
    rows = []
    for number, cells in enumerate(block.grid.by_row()):
        tag = "th" if number < block.heads else "td"
        rows.append("".join(f"<{tag}{_spans(c)}>\n{_text(c.text)}\n</{tag}>" for c in cells))
    return "<table><tbody>" + "".join(f"<tr>{row}</tr>\n" for row in rows) + "</tbody></table>"


def _nested(block: Block, document: Printed) -> str:
    """A table in a table that only lays out, runs of characters in spans, blanks as entities."""
    if not isinstance(block, Table):
        return f"<div>&nbsp;&nbsp;&nbsp;&nbsp;{_in_runs(block.text)}</div><div><br></div>"
    rows = []
    for cells in block.grid.by_row():
        inner = "".join(
            f"<td{_spans(c)}><div><p>{_in_runs(c.text) or '&nbsp;'}</p></div></td>" for c in cells
        )
        rows.append(f"<tr>{inner}</tr>")
    table = f"<table border=1 class='inner'>{''.join(rows)}</table>"
    return f"<table width='100%'><tr><td align='center'>{table}</td></tr></table>"


def _in_runs(text: str) -> str:
    half = len(text) // 2
    return "".join(
        f"<span style='font-size:16px'>{_text(part)}</span>" for part in (text[:half], text[half:]) if part
    )


def _old(block: Block, document: Printed) -> str:
    """Capitals, attributes without quotes, ends left out."""
    if isinstance(block, Heading):
        return f"<P><B><FONT SIZE=4>{_text(block.text)}</FONT></B>"
    if isinstance(block, Text):
        return f"<P>　　{_text(block.text)}"
    rows = []
    for cells in block.grid.by_row():
        rows.append("<TR>" + "".join(f"<TD ALIGN=center{_spans(c)}>{_text(c.text)}" for c in cells))
    return "<TABLE BORDER=1 CELLSPACING=0>" + "\n".join(rows) + "</TABLE>"


def _sheet(block: Block, document: Printed) -> str:
    """As a spreadsheet is pasted: a line of hidden cells that sets the widths, styles on every cell."""
    if not isinstance(block, Table):
        return f'<p style="text-indent:2em"><span lang="EN-US">{_text(block.text)}</span></p>'
    grid = block.grid
    widths = f'<colgroup><col width="64" span="{grid.columns}"/></colgroup>'
    ghosts = "".join('<td style="display: none;"></td>' for _ in range(grid.columns))
    rows = [f'<tr style="display:none">{ghosts}</tr>']
    for cells in grid.by_row():
        inner = "".join(
            f'<td class="et3"{_spans(c)} style="border:.5pt solid">{_text(c.text)}</td>' for c in cells
        )
        rows.append(f'<tr height="24">{inner}</tr>')
    return f'<table cellpadding="0" cellspacing="0">{widths}{"".join(rows)}</table>'


_MARKUPS: tuple[Callable[[Block, Printed], str], ...] = (_word, _clean, _nested, _old, _sheet)


def page(document: Printed) -> str:
    """A whole page of a site: head, ways to other pages, the article, a foot."""
    tags = (
        f'<meta name="ArticleTitle" content="{document.title}">'
        f'<meta name="PubDate" content="{document.published} 09:30">'
    )
    links = "".join(f"<li><a href='/{n}/'>{name}</a></li>" for n, name in enumerate(_LINK_NAMES))
    container = _CONTAINERS[document.seed % len(_CONTAINERS)]
    return (
        f"<!DOCTYPE html><html><head><title>{document.title}_某政府网</title>{tags}"
        f"</head><body><div class='nav'><ul>{links}</ul></div>"
        f"<div class='path'>当前位置：首页 &gt; 政务公开</div><h1>{document.title}</h1>"
        f"<div class='info'>发布时间：{document.published}　来源：本站　"
        "浏览次数：<span id='hits'></span></div>"
        f"{container}{_marked(_as_cut(document), document, '')}</div>"
        "<div class='foot'>主办：某人民政府　备案号：某ICP备00000000号</div></body></html>"
    )


_ENCODINGS = ("utf-8", "utf-8", "gb18030", "utf-8-sig")


class Html:
    """Pages as bytes; some in GB 18030 and without a word about it."""

    name = "html"
    media_type = "text/html"
    suffix = ".html"
    most: int | None = None

    def missing(self) -> str | None:
        return None

    def write(self, documents: Sequence[Printed]) -> list[bytes]:
        return [page(d).encode(_ENCODINGS[d.seed % len(_ENCODINGS)]) for d in documents]


PRODUCERS = (Html(),)
