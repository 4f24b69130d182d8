"""A page that changes by itself is looked at twice when it first changes; what it shows then is no edit."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.crawler.loopback import Answer, Asked, Loopback
from tests.whole.conftest import nianbao, rows

AGENCIES = ("中卫市民政局", "中卫市教育局", "中卫市财政局")
TITLE = "{}2023年政府信息公开工作年度报告"
#: No rule of ours knows this line: only two looks at the page tell that it changes by itself.
SAYINGS = (
    "今日诗词：白日依山尽，黄河入海流。",
    "今日谚语：种瓜得瓜，种豆得豆。",
    "今日格言：学而时习之，不亦说乎。",
)
DELAY = 0.2


class Changing:
    """A column of reports; each answer carries another saying, and the second office edits its text."""

    def __init__(self) -> None:
        self.night = 1
        self._turn = count()

    def __call__(self, asked: Asked) -> Answer:
        if asked.path == "/robots.txt":
            return Answer("", headers={"Content-Type": "text/plain"})
        if asked.path == "/":
            names = "".join(
                f'<li><a href="/{n}.html">{TITLE.format(a)}</a></li>' for n, a in enumerate(AGENCIES)
            )
            return Answer(f"<html><title>政府信息公开年报</title><ul>{names}</ul></html>")
        number = asked.path.strip("/").partition(".")[0]
        return Answer(
            self._report(int(number)) if number.isdecimal() else "", 200 if number.isdecimal() else 404
        )

    def _report(self, number: int) -> str:
        title = TITLE.format(AGENCIES[number])
        deed = "举办培训二十次" if self.night > 1 and number == 1 else "举办培训十次"
        saying = SAYINGS[next(self._turn) % len(SAYINGS)] if number != 2 else ""
        return (
            f"<html><head><title>{title}</title></head><body><h1>{title}</h1>"
            f"<p>一、总体情况</p><p>{'本年度严格落实各项要求。' * 30}</p><p>本年度{deed}，解答咨询若干。</p>"
            f"<p>二、存在的主要问题及改进情况</p><p>{'仍有不足之处，将继续改进。' * 10}</p>"
            f"<p>{saying}</p></body></html>"
        )


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, list[list[Asked]]]]:
    home = tmp_path_factory.mktemp("second") / "archive"
    site, logs = Changing(), []
    with Loopback(site) as server:
        nianbao(home, "init", "--contact", "https://example.org/crawler")
        nianbao(home, "sites", "add", server.url, "--name", "site", "--delay", str(DELAY), "--allow-private")
        for site.night in (1, 2, 3):
            nianbao(home, "crawl")
            logs.append(list(server.asked))
            server.asked.clear()
        yield home, logs


def test_only_a_page_that_changes_for_the_first_time_is_asked_for_twice(
    nights: tuple[Path, list[list[Asked]]],
) -> None:
    asked = [sorted(one.path for one in log if one.path.endswith(".html")) for log in nights[1]]
    assert asked[0] == ["/0.html", "/1.html", "/2.html"]
    assert asked[1] == ["/0.html", "/0.html", "/1.html", "/1.html", "/2.html"]
    assert asked[2] == ["/0.html", "/1.html", "/2.html"], "what is learned is not asked for each night"


def test_the_second_look_waits_its_turn_and_is_told_from_the_first(
    nights: tuple[Path, list[list[Asked]]],
) -> None:
    home, logs = nights
    for log in logs:
        assert min(b.at - a.at for a, b in zip(log, log[1:], strict=False)) >= DELAY * 0.9
    query = "SELECT run_id, again, COUNT(*) AS n FROM capture WHERE again GROUP BY 1, 2"
    assert [(r["run_id"], r["n"]) for r in rows(home, "sql", query)] == [(2, 2)]


def test_what_changes_by_itself_is_no_edit_and_an_edit_is_still_one(
    nights: tuple[Path, list[list[Asked]]],
) -> None:
    edits = [c for c in rows(nights[0], "changes") if c["layer"] == "content"]
    assert [(c["agency"], c["run_id"]) for c in edits] == [(AGENCIES[1], 2)]
    assert "二十次" in edits[0]["new_value"]
    assert "今日" not in edits[0]["new_value"] + edits[0]["old_value"]
