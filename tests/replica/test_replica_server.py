"""The replica answers as a real TRS site does, and keeps a true log."""

import http.client
from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urljoin

import lxml.html
import pytest

from nianbao.replica import EXPECTED, Replica
from nianbao.replica.key import COLUMN
from nianbao.replica.server import BEIJING


@pytest.fixture
def replica() -> Iterator[Replica]:
    with Replica(clock=lambda: datetime(2025, 3, 1, 1, 0, tzinfo=BEIJING)) as running:
        yield running


@pytest.fixture
def client(replica: Replica) -> Iterator[http.client.HTTPConnection]:
    connection = http.client.HTTPConnection(replica.url.removeprefix("http://").rstrip("/"))
    yield connection
    connection.close()


def ask(
    client: http.client.HTTPConnection, path: str, method: str = "GET", **headers: str
) -> tuple[http.client.HTTPResponse, bytes]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    client.request(method, path, headers=named)
    answer = client.getresponse()
    return answer, answer.read()


def pdf_path() -> str:
    (path,) = (key.path_file for key in EXPECTED[1] if key.path_file)
    return path


def links(base: str, body: bytes) -> list[str]:
    return [urljoin(base, href) for href in lxml.html.fromstring(body).xpath("//a/@href")]


def test_the_report_column_is_reached_from_the_home_page_by_link_text(
    client: http.client.HTTPConnection,
) -> None:
    path = "/"
    for text in ("政务公开", "政府信息公开", "政府信息公开年报"):
        page = lxml.html.fromstring(ask(client, path)[1])
        path = urljoin(path, page.xpath(f"//a[text()='{text}']/@href")[0])
    assert path == COLUMN


def test_the_pager_is_a_script_and_leaves_no_link(client: http.client.HTTPConnection) -> None:
    _, body = ask(client, COLUMN)
    assert 'createPageHTML(3, 0, "index", "html")' in body.decode()
    assert "var countPage = 3" in body.decode()
    assert not [link for link in links(COLUMN, body) if "index_" in link]


def test_the_list_pages_hold_every_report_of_the_night(client: http.client.HTTPConnection) -> None:
    found: list[str] = []
    for name in ("index.html", "index_1.html", "index_2.html"):
        answer, body = ask(client, COLUMN + name)
        assert answer.status == 200
        found += links(COLUMN, body)
    assert ask(client, COLUMN + "index_3.html")[0].status == 404
    assert {key.path_page for key in EXPECTED[1]} <= set(found)


def test_extra_list_pages_lengthen_the_list() -> None:
    with Replica(extra_list_pages=4) as longer:
        client = http.client.HTTPConnection(longer.url.removeprefix("http://").rstrip("/"))
        assert b"var countPage = 7" in ask(client, COLUMN)[1]
        assert ask(client, COLUMN + "index_6.html")[0].status == 200
        client.close()


def test_a_page_differs_at_each_fetch_but_only_in_its_noise(client: http.client.HTTPConnection) -> None:
    first, second = (ask(client, EXPECTED[1][0].path_page)[1].decode() for _ in range(2))
    assert first != second
    noisy = [(a, b) for a, b in zip(first.splitlines(), second.splitlines(), strict=True) if a != b]
    assert len(noisy) == 4
    assert all("token" in a or "pager.js" in a or "浏览次数" in a or "点击数" in a for a, _ in noisy)


def test_every_answer_has_length_and_date_on_one_connection(
    replica: Replica, client: http.client.HTTPConnection
) -> None:
    for path in ("/", COLUMN, pdf_path(), "/robots.txt", "/nowhere.html"):
        answer, body = ask(client, path)
        assert answer.version == 11
        assert int(answer.headers["Content-Length"]) == len(body)
        assert answer.headers["Date"]
    assert [request.path for request in replica.requests][:2] == ["/", COLUMN]
    assert replica.requests[-1].status == 404
    assert replica.requests[0].at <= replica.requests[-1].at


@pytest.mark.parametrize("header", ["If_None_Match", "If_Modified_Since"])
def test_a_pdf_that_did_not_change_answers_304(client: http.client.HTTPConnection, header: str) -> None:
    answer, body = ask(client, pdf_path())
    assert body.startswith(b"%PDF")
    wanted = answer.headers["ETag" if header == "If_None_Match" else "Last-Modified"]
    again, nothing = ask(client, pdf_path(), **{header: wanted})
    assert (again.status, nothing) == (304, b"")


def test_a_stale_etag_wins_over_a_fresh_date(client: http.client.HTTPConnection) -> None:
    answer, _ = ask(client, pdf_path())
    headers = {"If_None_Match": '"old"', "If_Modified_Since": answer.headers["Last-Modified"]}
    assert ask(client, pdf_path(), **headers)[0].status == 200


def test_a_republished_pdf_answers_200_on_night_two(
    replica: Replica, client: http.client.HTTPConnection
) -> None:
    before, old = ask(client, pdf_path())
    replica.night = 2
    after, new = ask(client, pdf_path(), If_None_Match=before.headers["ETag"])
    assert after.status == 200
    assert old != new
    since = ask(client, pdf_path(), If_Modified_Since=before.headers["Last-Modified"])[0]
    assert since.status == 200


def test_html_carries_no_validators(client: http.client.HTTPConnection) -> None:
    answer, _ = ask(client, "/", If_Modified_Since="Sat, 01 Jan 2050 00:00:00 GMT")
    assert answer.status == 200
    assert answer.headers["ETag"] is None
    assert answer.headers["Last-Modified"] is None


def test_robots_forbids_a_folder_that_the_home_page_links(client: http.client.HTTPConnection) -> None:
    assert ask(client, "/robots.txt")[1] == b"User-agent: *\nDisallow: /private/\n"
    assert "/private/" in links("/", ask(client, "/")[1])


def test_the_list_leads_to_a_broken_page_and_to_a_soft_404(client: http.client.HTTPConnection) -> None:
    listed = links(COLUMN, ask(client, COLUMN + "index_2.html")[1])
    listed += links(COLUMN, ask(client, COLUMN + "index_1.html")[1])
    answers = [ask(client, path) for path in listed if path.startswith(COLUMN)]
    assert [answer.status for answer, _ in answers].count(404) == 1
    assert sum("页面不存在" in body.decode() for answer, body in answers if answer.status == 200) == 1


def test_every_other_link_of_the_site_works(client: http.client.HTTPConnection) -> None:
    seen, waiting, broken = {"/"}, ["/"], []
    while waiting:
        path = waiting.pop()
        answer, body = ask(client, path)
        if answer.status != 200:
            broken.append(path)
        elif answer.headers["Content-Type"].startswith("text/html"):
            new = set(links(path, body)) - seen
            seen |= new
            waiting += new
    assert len(broken) <= 1
    assert {"/private/", "/xwzx/bmdt/", "/zwgk/fzzf/", "/zwgk/czyjs/"} <= seen


def test_head_sends_no_body_and_folders_redirect(client: http.client.HTTPConnection) -> None:
    answer, body = ask(client, pdf_path(), method="HEAD")
    assert int(answer.headers["Content-Length"]) > 0
    assert body == b""
    answer, _ = ask(client, "/zwgk")
    assert (answer.status, answer.headers["Location"]) == (301, "/zwgk/")


def test_an_article_carries_the_ten_required_page_tags(client: http.client.HTTPConnection) -> None:
    key = EXPECTED[1][0]
    page = lxml.html.fromstring(ask(client, key.path_page)[1])
    tags = {tag.get("name"): tag.get("content") for tag in page.xpath("//meta[@name]")}
    required = ("SiteName", "SiteDomain", "SiteIDCode", "ColumnName", "ColumnDescription", "ColumnKeywords")
    assert all(tags[name] for name in (*required, "ColumnType", "ArticleTitle", "PubDate", "ContentSource"))
    assert tags["ContentSource"] == key.agency


def test_a_night_that_is_not_is_refused(replica: Replica) -> None:
    with pytest.raises(ValueError, match="nights"):
        replica.night = 3
