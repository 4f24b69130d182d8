"""What changes by itself is no edit, and a body is one whatever it is called; neither is ever guessed."""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal

import pytest
from nights import CELL, FILE_URL, HOST, OTHER_URL, REPORT, URL, Archive, Got, page, pdf

from archive.capture import ListedItem, ListingSeen
from archive.history.project import project
from archive.history.rebuild import check
from archive.history.standing import histories
from archive.runs import SiteIdentity
from nianbao.replica import Report, render_html, render_pdf
from nianbao.replica.body import paragraph
from nianbao.replica.pages import attachment

EDITED = REPORT.with_fact(CELL, Decimal(18))


def with_line(line: str, report: Report = REPORT, visits: int = 17) -> bytes:
    """The page with one more line under the report, within the article."""
    return page(report, visits, body=render_html(report) + paragraph(line))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("浏览次数：17次", "浏览次数：42次"),
        ("页面生成时间 2026-11-21 02:30:17", "页面生成时间 2026-11-22 02:31:05"),
        ("今天是2026年11月21日 星期六", "今天是2026年11月22日 星期日"),
        ("token: 5f3a9c0d7e1b2a44", "token: 0b1c2d3e4f5a6b70"),
    ],
)
def test_counters_clocks_and_tokens_are_no_edits(archive: Archive, first: str, second: str) -> None:
    archive.night(Got(with_line(first)))
    archive.night(Got(with_line(second)))
    assert archive.changes(2) == [("bytes", "replaced")]


def test_lists_of_other_articles_are_no_edits(archive: Archive) -> None:
    for others in (("甲地开会", "乙地植树"), ("丙地修路", "乙地植树", "丁地听取意见")):
        body = render_html(REPORT) + paragraph("相关文章") + "".join(map(paragraph, others))
        archive.night(Got(page(body=body)))
    assert archive.changes(2) == [("bytes", "replaced")]


def test_a_sentence_is_an_edit_even_beside_noise(archive: Archive) -> None:
    archive.night(Got(with_line("浏览次数：17次")))
    body = render_html(REPORT) + paragraph("另有一事说明。") + paragraph("浏览次数：42次")
    archive.night(Got(page(body=body)))
    (change,) = archive.ask("SELECT * FROM changes WHERE layer = 'content'")
    assert "另有一事说明。" in change.new_value
    assert "浏览" not in change.new_value


def test_what_differs_between_two_fetches_in_a_row_is_learnt(archive: Archive) -> None:
    archive.night(Got(with_line("当前在线人数 3 人，今日已办结 5 件")))
    second = Got(with_line("当前在线人数 4 人，今日已办结 6 件"))
    archive.night(second)
    assert ("content", "edited") in archive.changes(2)
    again = replace(second, body=with_line("当前在线人数 9 人，今日已办结 6 件"), again=True)
    archive.night(second, again)
    assert archive.ask("SELECT * FROM changes WHERE layer = 'content'") == []
    archive.night(Got(with_line("当前在线人数 12 人，今日已办结 8 件", EDITED)))
    assert archive.changes(4) == [("bytes", "replaced"), ("field", "edited")]
    assert check(archive.catalogue) == []


def test_what_is_learnt_on_one_page_holds_for_all_of_its_host(archive: Archive) -> None:
    other = replace(REPORT, agency="吴忠市财政局")
    pages = ((REPORT, URL), (other, OTHER_URL))
    for people in (3, 4):
        archive.night(*(Got(with_line(f"当前在线人数 {people} 人", r), u) for r, u in pages))
    assert len(archive.ask("SELECT * FROM changes WHERE layer = 'content'")) == 2
    again = Got(with_line("当前在线人数 9 人"), again=True)
    archive.night(Got(with_line("当前在线人数 4 人")), again)
    assert archive.ask("SELECT * FROM changes WHERE layer = 'content'") == []
    assert check(archive.catalogue) == []


def test_what_was_learnt_later_is_not_known_before(archive: Archive) -> None:
    other = replace(REPORT, agency="吴忠市财政局")
    pages = ((REPORT, URL), (other, OTHER_URL))

    def told() -> dict[str, list[tuple[str, str]]]:
        with archive.catalogue.reading() as session:
            found = [history for _, history in histories(session, archive.time(2))]
        return {h.report.key: [(c.layer, c.kind) for c in h.changes] for h in found}

    for people in (3, 4):
        archive.night(*(Got(with_line(f"当前在线人数 {people} 人", r), u) for r, u in pages))
    before = told()
    assert [("content", "edited") in changes for changes in before.values()] == [True, True]
    archive.night(Got(with_line("当前在线人数 4 人")), Got(with_line("当前在线人数 9 人"), again=True))
    assert archive.ask("SELECT * FROM changes WHERE layer = 'content'") == []
    assert told() == before
    assert check(archive.catalogue) == []


def test_a_pdf_saved_again_is_no_edit(archive: Archive) -> None:
    data = render_pdf(REPORT)
    archive.night(pdf(data, parent_url=None))
    archive.night(pdf(data.replace(b"%%EOF", b"% again\n%%EOF"), parent_url=None))
    assert archive.changes(2) == [("bytes", "replaced")]


# ------------------------------------------------------------------ identity


def test_a_name_with_the_divisions_above_it_is_the_same_body(archive: Archive) -> None:
    short, long = "沙坡头区人民政府办公室", "中卫市沙坡头区人民政府办公室"
    archive.night(Got(page(replace(REPORT, agency=short))))
    archive.night(Got(page(replace(REPORT, agency=long, year=2024)), OTHER_URL))
    assert [r.name for r in archive.ask("SELECT name FROM agency")] == [short]
    assert {r.name for r in archive.ask("SELECT name FROM naming")} == {short, long}
    assert len(archive.ask("SELECT * FROM reports")) == 2


def test_a_name_that_says_only_its_level_is_that_of_the_site(archive: Archive) -> None:
    archive.site = SiteIdentity("wuzhong", "吴忠市人民政府", "640300", (f"http://{HOST}/",))
    archive.night(Got(page(replace(REPORT, agency="市民政局"))))
    archive.night(Got(page(replace(REPORT, agency="吴忠市民政局", year=2024)), OTHER_URL))
    (agency,) = archive.ask("SELECT name, division_code FROM agency")
    assert tuple(agency) == ("吴忠市民政局", "640300")


@pytest.mark.parametrize(
    ("short", "whole"),
    [
        ("中卫市沙坡头区滨河镇", "中卫市沙坡头区滨河镇人民政府"),
        ("沙坡头区", "沙坡头区人民政府"),
        ("吴忠市利通区金星街道", "吴忠市利通区金星街道办事处"),
        ("某某镇", "某某镇人民政府"),
    ],
)
def test_a_places_report_is_its_governments(archive: Archive, short: str, whole: str) -> None:
    """Titles of one year leave the government out, those of another name it."""
    archive.night(Got(page(replace(REPORT, agency=short))))
    archive.night(Got(page(replace(REPORT, agency=whole, year=2022)), OTHER_URL))
    assert archive.one("SELECT COUNT(*) AS n FROM agency").n == 1
    assert {row.year for row in archive.ask("SELECT year FROM reports")} == {2022, 2023}


def test_the_office_of_a_government_is_another_body(archive: Archive) -> None:
    archive.night(Got(page(replace(REPORT, agency="沙坡头区人民政府"))))
    archive.night(Got(page(replace(REPORT, agency="沙坡头区人民政府办公室")), OTHER_URL))
    assert archive.one("SELECT COUNT(*) AS n FROM agency").n == 2


def test_two_bodies_of_one_name_are_never_one(archive: Archive) -> None:
    """鼓楼区 is in four cities; two sites whose settings do not say which may mean two of them."""
    report = replace(REPORT, agency="鼓楼区财政局")
    archive.night(
        Got(page(report)), Got(page(report.with_fact(CELL, Decimal(18))), "http://www.gulou.example/1.html")
    )
    reports = archive.ask("SELECT * FROM reports")
    assert len(reports) == 2
    assert {r.division_code for r in reports} == {None}
    assert archive.ask("SELECT * FROM checks WHERE passed = 0") == []


def test_a_template_that_many_agencies_publish_is_nobodys_report(archive: Archive) -> None:
    data = render_pdf(replace(REPORT, agency=""))
    got = []
    for n, name in enumerate(("民政局", "财政局", "教育局")):
        url = f"http://{HOST}/{n}/t.html"
        link = attachment(f"http://{HOST}/{n}/P.pdf", "报告.pdf")
        got.append(Got(page(replace(REPORT, agency=f"吴忠市{name}"), body=link), url))
        got.append(replace(pdf(data, url), url=f"http://{HOST}/{n}/P.pdf"))
    archive.night(*got[:4])
    assert len(archive.ask("SELECT * FROM reports")) == 2
    archive.night(*got)
    assert archive.ask("SELECT * FROM reports") == []
    assert check(archive.catalogue) == []


def test_copies_that_differ_are_both_kept_and_told(archive: Archive) -> None:
    archive.night(Got(page()), Got(page(EDITED), OTHER_URL))
    assert len(archive.ask("SELECT * FROM reports")) == 1
    (told,) = archive.ask("SELECT * FROM checks WHERE rule = 'copies.agree'")
    assert (told.scope, told.passed) == (CELL, 0)
    assert "17" in told.detail
    assert "18" in told.detail


# ----------------------------------------------------------------- any order


def column(*urls: str) -> ListingSeen:
    items = tuple(ListedItem(url, REPORT.title, "2024-01-22") for url in urls)
    return ListingSeen(f"http://{HOST}/zwgk/", None, "trs", 1, 1, True, items)


NEW = f"http://{HOST}/zwgk/202402/t20240201_3.html"
LINK = page(body=attachment(FILE_URL, "报告.pdf"))
NIGHTS = (
    ((Got(page()), Got(page(), OTHER_URL)), (URL, OTHER_URL)),
    ((Got(page(visits=3)), Got(page(), OTHER_URL)), (URL, OTHER_URL)),
    ((Got(page(EDITED)), Got(page(), OTHER_URL)), (URL, OTHER_URL)),
    ((Got(page(EDITED), NEW), Got(page(EDITED), OTHER_URL)), (NEW, OTHER_URL)),
    ((Got(page(EDITED), NEW),), (NEW,)),
    ((Got(page(EDITED), NEW),), (NEW,)),
    ((), ("http://x/",)),
    ((), ("http://x/",)),
    ((Got(page(), NEW), pdf(render_pdf(REPORT), NEW)), (NEW,)),
)


def shape(archive: Archive) -> dict[str, list[tuple[object, ...]]]:
    """What is stored, by addresses and times and without numbers that follow from the order of arrival."""
    queries = {
        "reports": "SELECT agency, year, title, status, url, versions, first_seen, last_seen FROM reports",
        "changes": "SELECT layer, cause, kind, table_code, row_code, column_code, old_value, new_value, url, "
        "window_from, window_to, flicker, old_sha256, new_sha256 FROM changes",
        "presence": "SELECT state, since, until FROM presence",
        "linkage": "SELECT url, role, since, until FROM linkage JOIN resource USING (resource_id)",
        "version": "SELECT url, ordinal, sha256, first_seen, last_seen FROM version "
        "JOIN resource USING (resource_id)",
    }
    return {name: sorted((tuple(r) for r in archive.ask(q)), key=repr) for name, q in queries.items()}


@pytest.mark.parametrize("seed", [None, 1, 2, 3])
def test_the_order_of_arrival_makes_no_difference(archive: Archive, seed: int | None) -> None:
    """Nights that arrive in any order leave what the same nights leave in theirs, once all are known."""
    order = list(range(len(NIGHTS)))
    if seed is not None:
        random.Random(seed).shuffle(order)
    for index in order:
        archive.nights = index
        got, shown = NIGHTS[index]
        archive.night(*got, listing=column(*shown))
    project(archive.catalogue)
    assert check(archive.catalogue) == []
    kinds = [(c.layer, c.kind) for c in archive.ask("SELECT * FROM changes ORDER BY window_to, layer, kind")]
    assert [k for k in kinds if k[0] != "bytes"] == [
        ("presence", "appeared"), ("field", "edited"), ("location", "moved"), ("location", "gone"),
        ("presence", "gone"), ("field", "edited"), ("location", "appeared"), ("presence", "returned"),
    ]  # fmt: skip
    found = shape(archive)
    previous = _SHAPES.setdefault(archive.catalogue.is_sqlite, found)
    assert found == previous


_SHAPES: dict[bool, dict[str, list[tuple[object, ...]]]] = {}


# --------------------------------------------------------- files that were not asked for


def linking(words: str = "") -> Got:
    return Got(page(body=attachment(FILE_URL, "报告.pdf") + paragraph(words or "见附件。")))


def test_a_file_that_was_not_due_is_not_gone(archive: Archive) -> None:
    """A night asks for what is due: the page came and its file did not, although the page was edited."""
    archive.night(linking(), pdf(render_pdf(REPORT)))
    for night in range(3):
        archive.night(linking(f"第{night}次更新。"))
    assert archive.one("SELECT status FROM reports").status == "present"
    assert {c.kind for c in archive.ask("SELECT kind FROM changes")} == {"appeared"}
    archive.night(linking(), pdf(render_pdf(EDITED)))
    (edit,) = archive.ask("SELECT * FROM changes WHERE layer = 'field'")
    assert (edit.window_from, edit.window_to) == (archive.time(1), archive.time(5))
    assert check(archive.catalogue) == []


def test_a_file_that_takes_anothers_place_is_a_move_and_its_edits(archive: Archive) -> None:
    archive.night(linking(), pdf(render_pdf(REPORT)))
    new = FILE_URL.replace("0001.pdf", "0002.pdf")
    archive.night(linking("更正。"), replace(pdf(render_pdf(EDITED)), url=new))
    assert archive.changes(2) == [("location", "moved"), ("field", "edited")]
    assert archive.one("SELECT url FROM reports").url == new
    value = archive.one("SELECT value FROM facts WHERE row_code = 'licensing' AND column_code = 'decisions'")
    assert value.value == 18
    assert check(archive.catalogue) == []
