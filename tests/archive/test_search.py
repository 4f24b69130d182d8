"""Search finds exactly what stands in the text: any length, phrases, AND, OR, NOT; and says where."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nights import CELL, OTHER_URL, REPORT, URL, Archive, Got, page

from archive.history.rebuild import check
from archive.history.review import Kind, decide
from archive.queries import Filter
from archive.search import facets, find
from archive.search.characters import BREAK, indexed, snippet
from archive.search.find import Hit, search
from archive.search.query import BadQuery, fts5, parse
from nianbao.replica import Report, render_html

SENTENCE = "本年收到异议三十七条，全部答复；另有一事说明。"


def night(archive: Archive, report: Report = REPORT, sentence: str = SENTENCE, url: str = URL) -> None:
    body = render_html(report).replace("五、", f"{sentence}五、", 1)
    archive.night(Got(page(report, body=body), url))


def found(archive: Archive, query: str, keep: Filter | None = None, limit: int | None = None) -> list[Hit]:
    with archive.catalogue.reading() as session:
        return list(search(session, query, keep, limit))


@pytest.mark.parametrize(
    ("query", "hits"),
    [
        ("鬱", 0),
        ("答", 1),
        ("异议", 1),
        ("收到异议", 1),
        ("收到异议三十七条", 1),
        ("复另", 0),  # a semicolon stands between
        ("全部答复；另有一事", 1),
        ('"答复；另有"', 1),
        ("异议 AND 答复", 1),
        ("异议 答复", 1),
        ("异议 AND 鬱", 0),
        ("异议 OR 鬱", 1),
        ("异议 NOT 答复", 0),
        ("异议 NOT 鬱", 1),
        ("(异议 OR 鬱) AND 三十七", 1),
        ("（异议 OR 鬱） NOT （答复 OR 鬱）", 0),
    ],
)
def test_it_finds_what_stands_there_and_nothing_else(archive: Archive, query: str, hits: int) -> None:
    night(archive)
    part = archive.one(f"SELECT ordinal FROM sections WHERE text LIKE '%{SENTENCE}%'").ordinal
    assert [hit.ordinal for hit in found(archive, query) if hit.ordinal == part] == [part] * hits


def test_a_hit_names_the_report_and_shows_the_spot(archive: Archive) -> None:
    night(archive)
    (hit,) = found(archive, "三十七")
    assert (hit.agency, hit.year, hit.division_code, hit.url) == ("吴忠市民政局", 2023, "640300", URL)
    assert "收到异议«三十七»条，全部答复" in hit.snippet
    assert hit.ordinal is not None
    (title,) = [h for h in found(archive, "吴忠市民政局2023年政府信息公开") if h.ordinal is None]
    assert title.snippet.startswith("«吴忠市民政局")


def test_filters_keep_region_year_and_agency(archive: Archive) -> None:
    night(archive)
    night(archive, replace(REPORT, agency="中卫市民政局", year=2024), url=OTHER_URL)
    assert {h.year for h in found(archive, "三十七")} == {2023, 2024}
    assert {h.year for h in found(archive, "三十七", Filter(year=2024))} == {2024}
    assert {h.year for h in found(archive, "三十七", Filter(region="640300"))} == {2023}
    assert {h.year for h in found(archive, "三十七", Filter(agency="中卫"))} == {2024}
    assert {h.year for h in found(archive, "三十七", Filter(agency="民政", year=2023))} == {2023}
    assert {h.report_id for h in found(archive, "三十七", Filter(report_id=2))} == {2}
    assert found(archive, "三十七", Filter(agency="水利")) == []
    assert found(archive, "三十七", Filter(region="11")) == []
    assert len(found(archive, "三十七", limit=1)) == 1


@pytest.mark.parametrize("newest", [0, 1, 5, 1000])
def test_the_newest_come_first_and_once_however_many_are_read_through(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, newest: int
) -> None:
    night(archive)
    night(archive, replace(REPORT, agency="中卫市民政局", year=2024), url=OTHER_URL)
    every = [(h.report_id, h.ordinal) for h in found(archive, "政府信息 OR 三十七")]
    assert len(every) > 5
    monkeypatch.setattr(find, "NEWEST", newest)
    for limit in (1, 2, len(every) - 1, len(every), 100):
        hits = found(archive, "政府信息 OR 三十七", limit=limit)
        assert [(h.report_id, h.ordinal) for h in hits] == every[:limit]


def test_many_agencies_are_looked_through_one_by_one(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facets, "MANY", 0)
    night(archive)
    assert len(found(archive, "三十七", Filter(agency="吴忠"))) == 1
    assert found(archive, "三十七", Filter(agency="水利")) == []


def test_a_report_is_found_in_its_region_once_that_is_known(archive: Archive) -> None:
    """The same text, of an agency that a person has since told to be another one."""
    night(archive)
    night(archive, replace(REPORT, agency="中卫市民政局", year=2024), url=OTHER_URL)
    here, there = (a.key for a in archive.ask("SELECT key FROM agency ORDER BY division_code"))
    decide(archive.catalogue, here, there, Kind.SAME, since=None, reason="one body", who="me")
    assert len(found(archive, "三十七", Filter(region="640500"))) == 2
    assert found(archive, "三十七", Filter(region="640300")) == []
    assert check(archive.catalogue) == []


def test_only_what_a_report_says_now_is_found(archive: Archive) -> None:
    night(archive)
    night(archive, sentence="另有两事。")
    assert found(archive, "三十七") == []
    assert len(found(archive, "另有两事")) == 1
    assert check(archive.catalogue) == []
    archive.night(Got(page(REPORT.with_fact(CELL, Decimal(18)))))
    assert found(archive, "另有两事") == []
    archive.forget()
    assert check(archive.catalogue) != []


@pytest.mark.parametrize(
    "query", ["", '"异议', "AND 异议", "异议 AND", "(异议", "异议)", "。", "NOT 异议", "“异议"]
)
def test_a_query_that_cannot_be_read_is_told(query: str) -> None:
    with pytest.raises(BadQuery):
        parse(query)


def test_or_binds_less_than_and() -> None:
    assert fts5(parse("甲 乙 OR 丙丁 NOT 戊己庚")) == '(("甲" * AND "乙" *) OR ("丙丁" NOT "戊己 己庚"))'


def test_widths_radicals_case_and_white_space_are_one() -> None:
    assert indexed("ＡＢ c１２ \n 政\u3000府 ⽬").text == "abc12政府目"
    assert indexed("一、二。（三）").text == f"一{BREAK}二{BREAK}三{BREAK}"


@given(st.text(alphabet="政府信息 \n。，AaＡ１", max_size=60), st.data())
@settings(max_examples=200, deadline=None)
def test_a_snippet_marks_the_term(text: str, data: st.DataObject) -> None:
    whole = indexed(text).text
    if not whole:
        return
    start = data.draw(st.integers(0, len(whole) - 1))
    term = whole[start : data.draw(st.integers(start + 1, len(whole)))]
    shown = snippet(text, [term])
    marked = shown[shown.index("«") + 1 : shown.index("»")]
    assert indexed(marked).text == term
