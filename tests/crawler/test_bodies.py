"""Which pages a body is cut into is told by their addresses; a list's pager is none of a body's."""

from __future__ import annotations

import pytest

from archive.bound import Binding
from archive.capture import Kind, Known
from crawler.bodies import MOST_PARTS, Body, cut_body
from crawler.discovery import Place, body_shown, follow
from crawler.families import Ask
from crawler.frontier import Step
from crawler.page import Page, read_page
from crawler.pieces import Pieces, Whole
from crawler.verdict import Verdict

SITE = "http://www.qingshi.gov.cn"
TITLE = "青石县水务局2023年政府信息公开工作年度报告"
FOLDER = f"{SITE}/nb/202401"


def page(url: str, *markup: str, title: str = TITLE) -> Page:
    return read_page(f"<title>{title}</title><body>{''.join(markup)}</body>".encode(), url)


def links(*pairs: tuple[str, str]) -> str:
    return "".join(f"<a href='{address}'>{text}</a>" for address, text in pairs)


ARTICLE, FURTHER = "t20240115_511.html", "t20240115_511_1.html"
TRS = "<script>createPageHTML({}, {}, '{}', 'html');</script>"
UCAP = "<script>createPageHTML('div', {}, {}, '{}', 'shtml', 3)</script>"


@pytest.mark.parametrize(
    ("address", "markup", "parts"),
    [
        ("t20240115_511.html", TRS.format(2, 0, "t20240115_511"), [ARTICLE, FURTHER]),
        ("t20240115_511_1.html", TRS.format(2, 1, "t20240115_511"), [ARTICLE, FURTHER]),
        ("t20240115_511.html", "<script>var countPage = 2; currentPage = 0;</script>", [ARTICLE, FURTHER]),
        ("a/content_7.shtml", UCAP.format(2, 1, "content_7"), ["a/content_7.shtml", "a/content_7_2.shtml"]),
        ("c1a2/page.htm", links(("page2.htm", "下一页"), ("page3.htm", "尾页")),
         ["c1a2/page.htm", "c1a2/page2.htm", "c1a2/page3.htm"]),
        ("info/1001/12.htm", links(("12/2.htm", "[2]"), ("12/3.htm", "[3]")),
         ["info/1001/12.htm", "info/1001/12/2.htm", "info/1001/12/3.htm"]),
        ("info/1001/12/2.htm", links(("../12.htm", "上一页"), ("3.htm", "下一页")),
         ["info/1001/12.htm", "info/1001/12/2.htm", "info/1001/12/3.htm"]),
        ("show.asp?id=5", links(("show.asp?id=5&page=1", "1"), ("show.asp?id=5&page=2", "2")),
         ["show.asp?id=5", "show.asp?id=5&page=2"]),
        ("show.asp?id=5&page=2", links(("show.asp?id=5&page=1", "1"), ("show.asp?id=5&page=3", "3")),
         ["show.asp?id=5&page=1", "show.asp?id=5&page=2", "show.asp?id=5&page=3"]),
        ("nb_1.html", links(("nb_2.html", "第2页")), ["nb_1.html", "nb_2.html"]),
        ("x/9.html", links(*((f"9_{n}.html", str(n + 1)) for n in (10, 9, 2, 1))),
         ["x/9.html", "x/9_1.html", "x/9_2.html", "x/9_9.html", "x/9_10.html"]),
    ],
)  # fmt: skip
def test_the_pages_of_a_body_in_their_order(address: str, markup: str, parts: list[str]) -> None:
    body = cut_body(page(f"{FOLDER}/{address}", markup))
    assert body is not None
    assert [body.parts[number] for number in sorted(body.parts)] == [f"{FOLDER}/{one}" for one in parts]
    assert body.first == f"{FOLDER}/{parts[0]}"


@pytest.mark.parametrize(
    ("address", "markup"),
    [
        ("t20240115_511.html", TRS.format(1, 0, "t20240115_511")),
        ("t20240115_511.html", TRS.format(3, 0, "index")),
        ("t20240115_511.html", links(("index_1.html", "下一页"), ("index_2.html", "尾页"))),
        ("t20240115_511.html", links(("t20240116_512.html", "下一页"))),
        ("12.html", links(("11.html", "上一页"), ("13.html", "下一页"))),
        ("nb_12.html", links(("nb_11.html", "上一页"), ("nb_13.html", "下一页"))),
        ("show.asp?id=5", links(("show.asp?id=6", "下一页"), ("list.asp?id=5&page=2", "2"))),
        ("nb.html", links(*((f"nb_{n}.html", str(n)) for n in range(2, MOST_PARTS + 9)))),
    ],
)
def test_other_pagers_are_none_of_the_body(address: str, markup: str) -> None:
    assert cut_body(page(f"{FOLDER}/{address}", markup)) is None


def test_where_the_first_page_is_known_the_neighbours_suffice() -> None:
    third = page(f"{FOLDER}/nb_3.html", links(("nb_2.html", "上一页"), ("nb_4.html", "下一页")))
    body = cut_body(third, f"{FOLDER}/nb.html")
    assert body == Body(f"{FOLDER}/nb.html", {n: f"{FOLDER}/nb_{n}.html" for n in (3, 2, 4)})


def test_a_lists_pager_cuts_no_body() -> None:
    rows = links(*((f"{n}.html", f"青石县某{n}局2023年政府信息公开工作年度报告") for n in range(4)))
    column = page(f"{FOLDER}/index.html", rows, links(("index_2.html", "下一页")), title="政府信息公开年报")
    assert body_shown(column, Kind.ARTICLE, None) is None
    assert body_shown(page(f"{FOLDER}/t20240115_511.html", rows), Kind.LISTING, None) is None


def test_an_article_leads_to_its_pages_and_to_no_list() -> None:
    own, foreign = TRS.format(2, 0, "t20240115_511"), TRS.format(9, 0, "index")
    for markup in (own + foreign, foreign + own):
        article = page(f"{FOLDER}/t20240115_511.html", markup)
        found = follow(article, Place(within_report=True), in_scope=lambda _: True)
        assert [(one.url, one.of_body) for one in found] == [(f"{FOLDER}/t20240115_511_1.html", True)]


# ---------------------------------------------------------------- whether all have come


class Past:
    """What the archive knows: the addresses that were ever kept, and verdicts of the run before."""

    def __init__(self, kept: set[str], before: dict[str, str]) -> None:
        self._kept, self._before = kept, before

    def known(self, url: str) -> Known | None:
        return Known(url, "0" * 64, "", None, None, None) if url in self._kept else None

    def verdict_before(self, url: str) -> str | None:
        return self._before.get(url)


OK, GONE, ERROR = Verdict.OK, Verdict.GONE, Verdict.ERROR


@pytest.mark.parametrize(
    ("verdict", "kept", "before", "expected"),
    [
        (OK, True, None, ("1", "2")),
        (Verdict.NOT_MODIFIED, True, "ok", ("1", "2")),
        (GONE, False, None, ("1",)),
        (Verdict.EXCLUDED, False, None, ("1",)),
        (ERROR, False, None, None),
        (ERROR, False, "error", ("1",)),
        (ERROR, True, "error", ("1", "2")),
        (GONE, True, "ok", ("1", "2")),
        (GONE, True, "gone", ("1",)),
        (None, False, None, None),
    ],
)
def test_a_piece_that_does_not_come(
    verdict: Verdict | None, kept: bool, before: str | None, expected: tuple[str, ...] | None
) -> None:
    pieces = Pieces()
    for number, url in enumerate(("1", "2")):
        pieces.shown("1", Binding.BODY, [url], number)
    pieces.answered(Step(Ask("1"), Kind.ARTICLE, 1.0, ""), OK)
    if verdict is not None:
        pieces.answered(Step(Ask("2"), Kind.ARTICLE, 1.0, ""), verdict)
    (whole,) = pieces.reports(Past({"1", "2"} if kept else {"1"}, {"2": before} if before else {}))
    assert whole == Whole("1", Binding.BODY, expected or ("1", "2"), 0 if expected else 1)


def test_pictures_stand_in_the_order_of_their_pages() -> None:
    pieces = Pieces()
    pieces.shown("a", Binding.PICTURES, ["1.jpg", "2.jpg"], 0)
    pieces.shown("a", Binding.PICTURES, ["5.jpg"], 2)
    pieces.shown("a", Binding.PICTURES, ["3.jpg", "1.jpg", "4.jpg"], 1)
    pieces.moved(Step(Ask("4.jpg"), Kind.PICTURE, 1.0, ""), "new.jpg")
    pieces.answered(Step(Ask("new.jpg"), Kind.PICTURE, 1.0, ""), OK)
    names = ("1.jpg", "2.jpg", "3.jpg", "new.jpg", "5.jpg")
    (whole,) = pieces.reports(Past(set(names), {}))
    assert whole == Whole("a", Binding.PICTURES, names, 0)


def test_what_was_not_asked_for_is_not_bound() -> None:
    pieces = Pieces()
    pieces.shown("1", Binding.BODY, ["1"], 0)
    assert list(pieces.reports(Past({"1"}, {}))) == []
