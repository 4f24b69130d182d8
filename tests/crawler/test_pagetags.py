"""Page tags as real sites print them: in any case, twice, prefixed, with `null`, with six kinds of dates."""

from datetime import date, datetime

import pytest

from crawler.page import read_page
from crawler.pagetags import PageTags, parse_pub_date, read_tags


def tags(*pairs: tuple[str, str]) -> PageTags:
    return read_tags(pairs, lambda href: f"http://a.gov.cn/{href.removeprefix('./')}")


@pytest.mark.parametrize(
    ("printed", "moment"),
    [
        ("2019-09-18 06:23", datetime(2019, 9, 18, 6, 23)),
        ("2019-09-18 06:23:45", datetime(2019, 9, 18, 6, 23, 45)),
        ("2019-09-18", datetime(2019, 9, 18)),
        ("2020年08月02日", datetime(2020, 8, 2)),
        ("2020年8月2日 9时5分", datetime(2020, 8, 2, 9, 5)),
        ("2026-07-12-09:37:43", datetime(2026, 7, 12, 9, 37, 43)),
        ("2026-07-12T09:37:43+08:00", datetime(2026, 7, 12, 9, 37, 43)),
        ("2016/1/5", datetime(2016, 1, 5)),
        ("20160105", datetime(2016, 1, 5)),
        ("1484150400", datetime(2017, 1, 12)),
        ("1484150400000", datetime(2017, 1, 12)),
        ("2016-01-05 24:00", datetime(2016, 1, 5)),
        ("2016-13-05", None),
        ("昨天", None),
        ("", None),
    ],
)
def test_pub_date(printed: str, moment: datetime | None) -> None:
    assert parse_pub_date(printed) == moment


def test_names_in_any_case_and_prefixed() -> None:
    found = tags(("contentSource", "省发改委"), ("META-ArticleTitle", "年报"), ("PUBDATE", "2016-11-22"))
    assert found.content_source == "省发改委"
    assert found.article_title == "年报"
    assert found.published_on == date(2016, 11, 22)


def test_the_last_value_that_says_something_wins() -> None:
    values = ("政府信息公开", "文件通知", " null ", "")
    found = tags(*(("ColumnType", value) for value in values))
    assert found.column_type == "文件通知"


def test_null_and_blank_are_empty() -> None:
    assert tags(("SiteName", "null"), ("ColumnName", "　 ")) == PageTags()


def test_the_url_is_resolved() -> None:
    assert tags(("Url", "./t20190918_693227.shtml")).url == "http://a.gov.cn/t20190918_693227.shtml"


@pytest.mark.parametrize(
    ("code", "division"),
    [
        ("1304000009", "130400"),
        ("5101320001", "510132"),
        ("8200000001", "820000"),
        ("bm16000001", None),
        ("N000000672", None),
        ("9904000009", None),
        ("13040", None),
        ("", None),
    ],
)
def test_division_of_a_site_code(code: str, division: str | None) -> None:
    assert PageTags(site_id_code=code).division == division


def test_tags_are_read_in_page_order() -> None:
    page = read_page(
        b"<meta name='SiteIDCode' content='6405020001'><meta name='SiteIDCode' content=''>",
        "http://a.gov.cn/",
    )
    assert page.tags.division == "640502"
