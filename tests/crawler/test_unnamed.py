"""Reports that no list names any more, over nights on a real server: asked for when due, and never called
gone while they answer.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from archive.catalogue.engine import create_catalogue, open_catalogue, sqlite_url
from archive.runs import SiteIdentity
from nianbao.replica import REPORTS, Report, render_html, render_pdf
from nianbao.replica.pages import Column, article, attachment
from scheduler.night import SiteTask, run_night
from tests.crawler.loopback import Answer, Loopback, job_for, pages

COLUMN = Column("/nb/", "政府信息公开年报", "政府信息公开年报")
THREE = REPORTS[:3]
PDF = {"Content-Type": "application/pdf"}
#: Each night lies so many days after the one before.
DAY = 1


@pytest.fixture
def home(tmp_path: Path) -> Path:
    create_catalogue(sqlite_url(tmp_path)).close()
    return tmp_path


class Site:
    """A column of three reports; the last one is a file that its page links."""

    def __init__(self, server: Loopback, home: Path) -> None:
        self.server, self.home = server, home
        self.content: dict[str, Answer | str] = {}
        for number, report in enumerate(THREE[:2]):
            text_of = render_html(report)
            self.content[f"/nb/{number}.html"] = self._article(report, text_of)
        link = attachment("/nb/2.pdf", f"{THREE[2].title}.pdf")
        self.content["/nb/2.html"] = self._article(THREE[2], link)
        self.content["/nb/2.pdf"] = Answer(render_pdf(THREE[2]), headers=PDF)
        self.names(0, 1, 2)
        server.site = pages(self.content)

    @staticmethod
    def _article(report: Report, body: str) -> str:
        return article(COLUMN, report.title, report.published, report.agency, body)

    def names(self, *numbers: int, pager: str = "") -> None:
        rows = "".join(f'<li><a href="/nb/{n}.html">{THREE[n].title}</a></li>' for n in numbers)
        self.content["/"] = f"<html><title>{COLUMN.name}</title><ul>{rows}</ul>{pager}</html>"

    def night(self, *, quiet: bool = True) -> list[str]:
        """A night a day later; which reports were asked for, but for the page that only links one: that has
        no day of publication, so it is asked for each night.
        """
        self._age(DAY)
        self.server.asked.clear()
        catalogue = open_catalogue(sqlite_url(self.home))
        job = job_for(self.home, self.server.url, night=quiet)
        task = SiteTask(SiteIdentity("site", None, None, (self.server.url,)), job)
        run_night(catalogue, self.home, [task], workers=1)
        catalogue.close()
        return [path for path in self.server.paths if path.startswith("/nb/") and path != "/nb/2.html"]

    def ask(self, query: str) -> list[tuple[object, ...]]:
        catalogue = open_catalogue(sqlite_url(self.home))
        with catalogue.reading() as session:
            found = [tuple(row) for row in session.execute(text(query))]
        catalogue.close()
        return found

    def _age(self, days: int) -> None:
        catalogue = open_catalogue(sqlite_url(self.home))
        times = {"capture": ("fetched_at", "recorded_at"), "listing": ("seen_at",)}
        with catalogue.writing() as session:
            for table, columns in times.items():
                for column in columns:
                    older = f"strftime('%Y-%m-%dT%H:%M:%SZ', {column}, '-{days} days')"
                    session.execute(text(f"UPDATE {table} SET {column} = {older}"))
        catalogue.close()

    @property
    def statuses(self) -> list[str]:
        return [str(status) for (status,) in self.ask("SELECT status FROM reports ORDER BY report_id")]

    @property
    def changes(self) -> list[tuple[object, ...]]:
        return self.ask("SELECT layer, kind FROM changes WHERE kind <> 'appeared' ORDER BY change_id")


def test_what_a_whole_list_drops_is_asked_for_once_and_is_not_gone_while_it_stands(home: Path) -> None:
    with Loopback(pages({})) as server:
        site = Site(server, home)
        site.night(quiet=False)
        assert site.night() == []
        site.names(0)
        assert site.night() == ["/nb/1.html"]
        assert [site.night() for _ in range(3)] == [[], [], []]
        assert site.ask("SELECT DISTINCT complete FROM listing") == [(1,)]
    assert site.statuses == ["present"] * 3, "the file stands with its page"
    assert site.changes == []


def test_what_is_dropped_and_answers_no_more_is_gone_and_looked_for_rarely(home: Path) -> None:
    with Loopback(pages({})) as server:
        site = Site(server, home)
        site.night(quiet=False)
        site.names(0, 2)
        del site.content["/nb/1.html"]
        assert [site.night() for _ in range(4)] == [["/nb/1.html"], ["/nb/1.html"], [], []]
        assert sorted(site.statuses) == ["gone", "present", "present"]
        assert site.changes == [("presence", "gone")]
        assert "/nb/1.html" in site.night(quiet=False), "a crawl by hand asks for everything that it knows"


def test_a_report_off_a_list_that_is_not_whole_is_asked_for_when_due(home: Path) -> None:
    with Loopback(pages({})) as server:
        site = Site(server, home)
        site.night(quiet=False)
        site.names(0, 2, pager='<a href="javascript:next()">下一页</a> 共2页')
        assert site.night() == []
        edited = str(site.content["/nb/1.html"]).replace("总体情况", "总体的情况")
        site.content["/nb/1.html"] = edited
        assert "/nb/1.html" in site.night(quiet=False)
        assert ("content", "edited") in site.changes
        del site.content["/nb/1.html"]
        for _ in range(2):
            site.night(quiet=False)
    assert sorted(site.statuses) == ["gone", "present", "present"]


def test_a_report_that_moves_and_is_listed_at_its_new_address_only_has_moved(home: Path) -> None:
    with Loopback(pages({})) as server:
        site = Site(server, home)
        site.night(quiet=False)
        site.content["/nb/new.html"] = site.content["/nb/1.html"]
        site.content["/nb/1.html"] = Answer("", 301, {"Location": "/nb/new.html"})
        site.names(0, 2)
        row = f'<li><a href="/nb/new.html">{THREE[1].title}</a></li></ul>'
        site.content["/"] = str(site.content["/"]).replace("</ul>", row)
        for _ in range(2):
            site.night(quiet=False)
    assert ("location", "moved") in site.changes
    assert site.statuses == ["present"] * 3


def test_what_the_start_page_still_links_is_asked_for_when_its_list_drops_it(home: Path) -> None:
    """It is on the crawl's way and not due, so that it would be served from the archive night after night."""
    with Loopback(pages({})) as server:
        site = Site(server, home)
        site.names(0, 1, 2)
        site.content["/list/"] = site.content["/"]
        latest = f'<a href="/nb/1.html">{THREE[1].title}</a>'
        site.content["/"] = f'<html><title>局</title><a href="/list/">{COLUMN.name}</a>{latest}</html>'
        site.night(quiet=False)
        site.names(0, 2)
        site.content["/list/"], site.content["/"] = (
            site.content["/"],
            f'<html><title>局</title><a href="/list/">{COLUMN.name}</a>{latest}</html>',
        )
        assert [site.night() for _ in range(3)] == [["/nb/1.html"], [], []]
    assert site.statuses == ["present"] * 3
