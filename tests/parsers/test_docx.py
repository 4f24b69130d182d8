"""DOCX: tables cell for cell, numbers that Word counts, what is deleted, hidden or hostile."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZipFile

import pytest
from printed_docx import W, docx, p, part, report, table
from printed_reports import HEADINGS, Sheet, page_html, sheets, wrong

from parsers.document import Document
from parsers.formats.docx import read as read_docx
from parsers.read import read
from parsers.report import Outcome
from parsers.sniff import DOCX

TITLE = "中卫市民政局2023年政府信息公开工作年度报告"
NUMBERING = part(
    "numbering",
    '<w:abstractNum w:abstractNumId="7">'
    '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="japaneseCounting"/>'
    '<w:lvlText w:val="%1、"/></w:lvl>'
    '<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="chineseCountingThousand"/>'
    '<w:lvlText w:val="（%2）"/></w:lvl>'
    '<w:lvl w:ilvl="2"><w:start w:val="3"/><w:numFmt w:val="decimal"/><w:isLgl/>'
    '<w:lvlText w:val="%1.%3."/></w:lvl>'
    "</w:abstractNum>"
    '<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num>'
    '<w:num w:numId="2"><w:abstractNumId w:val="7"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="11"/>'
    "</w:lvlOverride></w:num>",
)


def numbered(level: int, number: int = 1) -> str:
    return f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'


def texts(document: Document) -> list[str]:
    return [paragraph.text for paragraph in document.paragraphs()]


@pytest.mark.parametrize("edition", ["2021", "2019"])
def test_cell_for_cell(figures: dict[str, str], edition: str) -> None:
    known = (
        figures if edition == "2021" else {k: v for k, v in figures.items() if not k.startswith("disclosure")}
    )
    extraction = read(docx(report(TITLE, sheets(known, edition))))
    assert (extraction.outcome, extraction.media_type) == (Outcome.REPORT, DOCX)
    assert (extraction.title, extraction.year) == (TITLE, 2023)
    present = {f"{f.table_code}/{f.row_code}/{f.column_code}" for f in extraction.facts}
    assert wrong(extraction, {k: v for k, v in known.items() if k in present}) == {}
    assert len(present) >= len(known) - 14


def test_locators_are_paths_of_cells(figures: dict[str, str]) -> None:
    extraction = read(docx(report(TITLE, sheets(figures))))
    fact = next(f for f in extraction.facts if (f.table_code, f.row_code) == ("disclosure", "regulations"))
    assert fact.locator == "docx:/body/tbl[1]/tr[3]/tc[2]"


def test_numbers_that_word_counts_stand_before_headings_and_in_cells() -> None:
    body = (
        p("总体情况", numbered(0)) + p("主动公开", numbered(1)) + p("依申请", numbered(1))
        + p("条", numbered(2)) + p("二节", numbered(0)) + p("又一", numbered(1)) + p("另起", numbered(0, 2))
    )  # fmt: skip
    cell = f"<w:tbl><w:tr><w:tc>{p('甲', numbered(0))}</w:tc><w:tc>{p('1')}</w:tc></w:tr></w:tbl>"
    document = read_docx(docx(body + cell, {"word/numbering.xml": NUMBERING}))
    assert texts(document) == [
        "一、总体情况",
        "（一）主动公开",
        "（二）依申请",
        "1.3.条",
        "二、二节",
        "（一）又一",
        "十一、另起",
    ]
    assert next(document.grids()).cells[0].text == "三、甲"


def test_a_style_brings_its_number_and_makes_a_heading() -> None:
    styles = part(
        "styles",
        '<w:style w:styleId="a"><w:name w:val="heading 1"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr>'
        '</w:pPr></w:style><w:style w:styleId="b"><w:name w:val="公文标题"/><w:basedOn w:val="a"/></w:style>',
    )
    body = p("甲", '<w:pStyle w:val="a"/>') + p("乙", '<w:pStyle w:val="b"/>') + p("丙")
    document = read_docx(docx(body, {"word/numbering.xml": NUMBERING, "word/styles.xml": styles}))
    assert texts(document) == ["一、甲", "二、乙", "丙"]
    assert [q.heading for q in document.paragraphs()] == [True, True, False]


def test_deleted_and_hidden_text_is_out_and_inserted_text_is_in() -> None:
    body = (
        "<w:p><w:r><w:t>收到申请</w:t></w:r><w:del><w:r><w:delText>12</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>21</w:t></w:r></w:ins><w:r><w:rPr><w:vanish/></w:rPr><w:t>暗</w:t></w:r>"
        "<w:r><w:t>件</w:t></w:r></w:p>"
    )
    assert texts(read_docx(docx(body))) == ["收到申请21件"]


def test_a_raised_digit_is_no_part_of_the_number_before_it() -> None:
    raised = '<w:rPr><w:vertAlign w:val="superscript"/></w:rPr>'
    body = f"<w:p><w:r><w:t>12</w:t></w:r><w:r>{raised}<w:t>1</w:t></w:r></w:p>"
    assert texts(read_docx(docx(body))) == ["12¹"]


STYLES = part(
    "styles",
    '<w:style w:type="character" w:styleId="Mark"><w:rPr><w:vertAlign w:val="superscript"/></w:rPr></w:style>'
    '<w:style w:type="character" w:styleId="Link"><w:basedOn w:val="Mark"/></w:style>'
    '<w:style w:type="character" w:styleId="Old"><w:rPr><w:strike/></w:rPr></w:style>'
    '<w:style w:type="character" w:styleId="Loop"><w:basedOn w:val="Loop"/></w:style>',
)


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ("", '<w:rStyle w:val="Mark"/>', "12¹"),
        ("", '<w:rStyle w:val="Link"/>', "12¹"),
        ("", '<w:rStyle w:val="Mark"/><w:vertAlign w:val="baseline"/>', "121"),
        ("", '<w:position w:val="8"/><w:sz w:val="14"/>', "12¹"),
        ('<w:position w:val="8"/>', '<w:position w:val="8"/>', "121"),  # the whole line is lifted
        ('<w:rStyle w:val="Old"/>', "", "1"),
        ('<w:rStyle w:val="Old"/><w:strike w:val="0"/>', "", "121"),
        ('<w:rStyle w:val="Loop"/>', '<w:rStyle w:val="None"/>', "121"),
    ],
)
def test_what_a_run_looks_like_may_be_said_by_its_style(first: str, second: str, said: str) -> None:
    runs = (f"<w:r><w:rPr>{look}</w:rPr><w:t>{t}</w:t></w:r>" for look, t in ((first, "12"), (second, "1")))
    assert texts(read_docx(docx(f"<w:p>{''.join(runs)}</w:p>", {"word/styles.xml": STYLES}))) == [said]


@pytest.mark.parametrize("mark", ["strike", "dstrike"])
def test_what_is_struck_out_is_no_part_of_the_number_beside_it(mark: str) -> None:
    body = f"<w:p><w:r><w:rPr><w:{mark}/></w:rPr><w:t>9</w:t></w:r><w:r><w:t>12</w:t></w:r></w:p>"
    assert texts(read_docx(docx(body))) == ["12"]


def test_a_deleted_row_is_out() -> None:
    row = "<w:tr>{}<w:tc><w:p><w:r><w:t>甲</w:t></w:r></w:p></w:tc><w:tc><w:p/></w:tc></w:tr>"
    body = f"<w:tbl>{row.format('')}{row.format('<w:trPr><w:del/></w:trPr>')}{row.format('')}</w:tbl>"
    assert next(read_docx(docx(body)).grids()).height == 2


def test_of_alternative_contents_one_is_read_and_text_boxes_stand_behind_their_paragraph() -> None:
    box = "<w:txbxContent><w:p><w:r><w:t>框中字</w:t></w:r></w:p></w:txbxContent>"
    twice = f"<w:Choice>{box}</w:Choice><w:Fallback>{box}</w:Fallback>"
    body = f"<w:p><w:r><w:t>正文</w:t>{twice}</w:r></w:p>{p('下文')}"
    assert texts(read_docx(docx(body))) == ["正文", "框中字", "下文"]


def test_columns_a_hair_wide_are_merged_away() -> None:
    """Hands that drew a table left a column of 40 twips between two; rows span it on this side or on that."""
    row = (
        '<w:tr><w:tc><w:tcPr><w:gridSpan w:val="{}"/></w:tcPr>{}</w:tc>'
        '<w:tc><w:tcPr><w:gridSpan w:val="{}"/></w:tcPr>{}</w:tc></w:tr>'
    )
    grid = "".join(f'<w:gridCol w:w="{w}"/>' for w in (2000, 40, 2000))
    rows = row.format(1, p("甲"), 2, p("1")) + row.format(2, p("乙"), 1, p("2"))
    cells = next(read_docx(docx(f"<w:tbl><w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>")).grids()).cells
    assert [(c.row, c.column, c.colspan, c.text) for c in cells] == [
        (0, 0, 1, "甲"), (0, 1, 1, "1"), (1, 0, 1, "乙"), (1, 1, 1, "2"),
    ]  # fmt: skip


@pytest.mark.parametrize("width", [1, 40, 119])
def test_columns_with_text_are_none_of_a_hair_whatever_width_is_stated(
    figures: dict[str, str], width: int
) -> None:
    """Programs that make DOCX state any width, and Word mends it when it opens the file."""
    body = report(TITLE, [])
    for sheet in sheets(figures):
        body += table(sheet, [width] * sheet.width)
    assert wrong(read(docx(body)), figures) == {}


def test_a_table_that_lays_out_the_page_gives_the_tables_in_it(figures: dict[str, str]) -> None:
    inner = "".join(table(sheet) for sheet in sheets(figures))
    body = f"{p(TITLE)}<w:tbl><w:tr><w:tc>{p('左')}</w:tc><w:tc>{inner}<w:p/></w:tc></w:tr></w:tbl>"
    extraction = read(docx(body))
    assert wrong(extraction, figures) == {}
    assert "//" not in extraction.facts[0].locator
    assert extraction.facts[0].locator.startswith("docx:/body/tbl[1]/tr[1]/tc[2]/tbl[1]/")


def test_a_page_within_the_container_is_read_as_word_does(figures: dict[str, str]) -> None:
    """So scripts in browsers make DOCX of what an editor holds."""
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship '
        'Id="c1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/aFChunk" '
        'Target="/word/afchunk.htm"/></Relationships>'
    )
    chunk = '<w:altChunk r:id="c1" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"/>'
    parts = {"word/_rels/document.xml.rels": relations, "word/afchunk.htm": page_html(TITLE, sheets(figures))}
    extraction = read(docx(chunk, parts))
    assert (extraction.title, wrong(extraction, figures)) == (TITLE, {})
    assert extraction.facts[0].locator.startswith("word/afchunk.htm!html:/html[1]/body[1]/")


def test_the_main_part_may_have_another_name(figures: dict[str, str]) -> None:
    data, out = docx(report(TITLE, sheets(figures))), BytesIO()
    with ZipFile(BytesIO(data)) as source, ZipFile(out, "w") as target:
        for name in source.namelist():
            body = source.read(name).replace(b"word/document.xml", b"/word/document2.xml")
            target.writestr(name.replace("document.xml", "document2.xml"), body)
    assert wrong(read(out.getvalue()), figures) == {}


def test_the_strict_namespace_is_read_too(figures: dict[str, str]) -> None:
    strict = "http://purl.oclc.org/ooxml/wordprocessingml/main"
    out = BytesIO()
    with ZipFile(BytesIO(docx(report(TITLE, sheets(figures))))) as source, ZipFile(out, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(W.encode(), strict.encode()))
    assert wrong(read(out.getvalue()), figures) == {}


def test_a_document_type_is_refused() -> None:
    bomb = '<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'
    data = docx(p("字"), {"word/document.xml": f'{bomb}<w:document xmlns:w="{W}"><w:body/></w:document>'})
    extraction = read(data)
    assert (extraction.outcome, extraction.reason) == (
        Outcome.UNREADABLE, "a document type declaration in word/document.xml",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "reason"),
    [("<w:document", "broken XML"), (f'<w:document xmlns:w="{W}"/>', "no body")],
)
def test_a_broken_main_part_is_said_so(text: str, reason: str) -> None:
    extraction = read(docx("", {"word/document.xml": text}))
    assert extraction.outcome is Outcome.UNREADABLE
    assert reason in (extraction.reason or "")


def test_a_part_that_inflates_without_end_is_given_up() -> None:
    extraction = read(docx(" " * 200_000_000))
    assert extraction.outcome is Outcome.UNREADABLE
    assert "inflates to more than" in (extraction.reason or "")


@pytest.mark.parametrize("depth", [70, 1000])
def test_tables_in_tables_without_end_are_told(depth: int) -> None:
    """Nothing that is left out is left out in silence."""
    deep = "<w:tbl><w:tr><w:tc>" * depth + "</w:tc></w:tr></w:tbl>" * depth
    extraction = read(docx(deep))
    assert extraction.outcome is Outcome.UNREADABLE
    assert "deep" in (extraction.reason or "") or "depth" in (extraction.reason or "")


def test_headings_as_printed(figures: dict[str, str]) -> None:
    extraction = read(docx(report(TITLE, sheets(figures))))
    assert [s.heading for s in extraction.sections if s.heading] == HEADINGS


def test_a_sheet_of_one_cell_is_text() -> None:
    sheet = Sheet()
    sheet.put(0, 0, "只有一格")
    assert texts(read_docx(docx(table(sheet)))) == ["只有一格"]
