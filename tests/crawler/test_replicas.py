"""Every family's replica crawled from its home page alone: all its reports, nothing else, and politely.

Recall, precision and requests per report of each family are printed at the end (pytest -rP, or `make
recall`).
"""

from collections.abc import Callable
from itertools import pairwise
from statistics import median

import pytest

from crawler.families import FAMILIES
from nianbao.replica.families import BUILDERS, FamilySite, Site
from nianbao.replica.families.traps import TRICKLE
from tests.crawler.replica_crawl import AGENT, Crawled, crawl

#: Requests a report may cost: its page, its file, and a share of the lists and the way there.
DEAREST = 2.8
DELAY = 0.05


@pytest.fixture(scope="module", params=sorted(BUILDERS))
def crawled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Crawled:
    builder: Callable[[], Site] = BUILDERS[request.param]
    with FamilySite(builder()) as site:
        home = tmp_path_factory.mktemp(request.param) / "home"
        timeout = 2.0 if request.param == "traps" else 60.0
        return crawl(site, home, delay=DELAY, timeout=timeout)


def test_every_family_has_a_replica() -> None:
    assert {family.name for family in FAMILIES} <= {name.removesuffix("_list") for name in BUILDERS}


def test_all_reports_are_found_and_nothing_else(
    crawled: Crawled, request: pytest.FixtureRequest, record_property: Callable[[str, object], None]
) -> None:
    name = request.node.callspec.params["crawled"]
    line = (
        f"{name}: recall {crawled.recall:.0%}, precision {crawled.precision:.0%}, "
        f"{len(crawled.log)} requests, {crawled.requests_per_report:.2f} a report"
    )
    print(line)
    record_property("family", line)
    assert sorted(crawled.key - set(crawled.reports)) == []
    assert [found for found in crawled.reports if found not in crawled.key] == []
    assert crawled.doubled == []
    assert crawled.outcome.problem is None


def test_few_requests_a_report(crawled: Crawled) -> None:
    assert crawled.requests_per_report <= DEAREST
    asked = [entry.path for entry in crawled.log if entry.method == "GET" and entry.status < 500]
    assert len(asked) == len(set(asked))


def test_lists_are_walked_to_their_end_and_known_to_be_whole(crawled: Crawled) -> None:
    assert crawled.listings
    assert [row["url"] for row in crawled.listings if not row["complete"]] == []
    assert {row["family"] for row in crawled.listings} == {crawled.family}
    assert crawled.outcome.incomplete_listings == 0


def test_robots_and_delays_are_kept(crawled: Crawled) -> None:
    """Between any two answers of the server, whatever was asked: pages, data of lists, files."""
    assert crawled.log[0].path == "/robots.txt"
    assert not [entry.path for entry in crawled.log if entry.path.startswith("/private/")]
    assert {entry.headers["User-Agent"] for entry in crawled.log} == {AGENT}
    gaps = [after.at - before.at for before, after in pairwise(crawled.log)]
    # one gap alone may look short: the server notes when it answers, and may be late with the one before
    assert sum(gaps) >= 0.95 * DELAY * len(gaps)
    assert median(gaps) >= 0.9 * DELAY


def test_a_page_that_trickles_is_cut_off(crawled: Crawled, request: pytest.FixtureRequest) -> None:
    if request.node.callspec.params["crawled"] == "traps":
        verdicts = [verdict for url, _, verdict in crawled.fetched if url.endswith(TRICKLE)]
        assert verdicts == ["truncated"]


def test_news_and_near_misses_stay_unread(crawled: Crawled) -> None:
    pages = [url for url, kind, _ in crawled.fetched if kind == "article"]
    assert not [url for url in pages if any(f"{9100 + n}" in url for n in range(6))]
