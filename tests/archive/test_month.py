"""A month of 30 nights written down by hand: every event once, with layer, cause and window, and no other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import cache

from nights import CELL, HOST, REPORT, Archive, Got, page
from word import render_docx, saved_by_word

from archive.asof import ask_as_of
from archive.capture import ListedItem, ListingSeen
from archive.history.corrections import correct, withdraw
from archive.history.rebuild import check
from archive.history.standing import Clocks
from archive.queries import Filter
from nianbao.replica import Report, render_html, render_pdf
from nianbao.replica.pages import attachment
from parsers.isolation import Readers
from parsers.report import REVISION, Extraction, Fact, State
from parsers.sniff import DOCX

NIGHTS = 30
NEW_PARSER = 23
CORRECTED, WITHDRAWN = 25, 28
BUREAUS = (
    "教育局", "科学技术局", "公安局", "财政局", "司法局", "水务局", "交通运输局",
    "农业农村局", "商务局", "审计局", "统计局", "体育局", "林业和草原局", "卫生健康委员会",
)  # fmt: skip
EVERYONE = tuple(f"吴忠市{name}" for name in BUREAUS)
(
    EDUCATION, SCIENCE, POLICE, FINANCE, JUSTICE, WATER, TRANSPORT, FARMING, TRADE, AUDIT, NUMBERS, SPORT,
    FOREST, HEALTH,
) = EVERYONE  # fmt: skip
LONG_NAME = f"宁夏回族自治区{TRANSPORT}"
MISREAD = "requests/received/natural_person"
CORRECTION = "review/cases/reconsideration.total"
EDITED = REPORT.with_fact(CELL, Decimal(18))
SENTENCE = "另有一事说明，本年没有收到意见。"


def url(agency: str, name: str = "t.html") -> str:
    return f"http://{HOST}/zwgk/{EVERYONE.index(agency)}/{name}"


def of(agency: str, report: Report = REPORT) -> Report:
    return replace(report, agency=agency)


def edited_if(agency: str, edited: bool) -> Report:
    return of(agency, EDITED if edited else REPORT)


def html(agency: str, edited: bool = False, visits: int = 17) -> Got:
    return Got(page(edited_if(agency, edited), visits), url(agency))


def file(agency: str, data: bytes, name: str = "P1.pdf", media_type: str = "application/pdf") -> Got:
    return Got(data, url(agency, name), parent_url=url(agency), media_type=media_type)


def only_link(agency: str, name: str) -> Got:
    """The page of a report whose text is a file."""
    link = attachment(url(agency, name), f"{of(agency).title}.{name.rpartition('.')[2]}")
    return Got(page(of(agency), body=link), url(agency))


def resaved(data: bytes) -> bytes:
    """The same PDF saved again: another date among its own data, and nothing else."""
    return data.replace(b"%%EOF", b"% saved again\n%%EOF")


@cache
def word_file(saved_again: bool, edited: bool, with_sentence: bool) -> bytes:
    """A DOCX tells when it was packed, so each is packed once."""
    data = render_docx(edited_if(HEALTH, edited), SENTENCE if with_sentence else None)
    return saved_by_word(data) if saved_again else data


@dataclass(frozen=True)
class Site:
    """What every address answers on one night, and what the column shows."""

    night: int

    def answers(self) -> Iterator[Got]:
        n = self.night
        yield html(EDUCATION, n >= 4)
        yield only_link(SCIENCE, "P1.pdf")
        data = render_pdf(edited_if(SCIENCE, n >= 6))
        yield file(SCIENCE, resaved(data) if n >= 3 else data)
        yield only_link(HEALTH, "P1.docx")
        yield file(HEALTH, word_file(n >= 3, n >= 9, n >= 14), "P1.docx", DOCX)
        yield html(POLICE, visits=n)
        yield replace(html(FINANCE), url=url(FINANCE, "t.html" if n < 8 else "moved.html"))
        if not 10 <= n < 20:
            yield html(JUSTICE)
        yield html(WATER) if n < 12 else Got(b"<h1>404</h1>", url(WATER), "gone", 404)
        yield Got(page(of(TRANSPORT if n < 9 else LONG_NAME)), url(TRANSPORT))
        yield html(FARMING, n == 13)
        refusals = {15: ("blocked", 403), 17: ("challenge", 412), 24: ("truncated", 200)}
        refused = refusals.get(n)
        yield html(TRADE) if refused is None else Got(b"<h1>no</h1>", url(TRADE), refused[0], refused[1])
        text = render_html(of(AUDIT))
        text = text.replace("五、", f"{SENTENCE}五、", 1) if n >= 18 else text
        yield Got(page(of(AUDIT), body=text), url(AUDIT))
        if n >= 7:
            yield Got(page(of(AUDIT), body=text), url(AUDIT, "mirror.html"))
        if n >= 5:
            yield html(NUMBERS)
        yield html(SPORT, n >= 21)
        yield file(SPORT, render_pdf(edited_if(SPORT, n >= 21)))
        if n < 22:
            yield html(FOREST)
        else:
            there = url(FOREST, "new.html")
            yield Got(b"", url(FOREST), "moved", 301, location=there)
            yield replace(html(FOREST), url=there)

    def column(self) -> ListingSeen:
        n = self.night
        shown = [url(a) for a in EVERYONE if (a != NUMBERS or n >= 5) and (a != JUSTICE or not 10 <= n < 20)]
        if n >= 8:
            shown[shown.index(url(FINANCE))] = url(FINANCE, "moved.html")
        whole = n != 19  # on that night its second page did not come
        shown = shown if whole else shown[:4]
        items = tuple(ListedItem(u, f"报告 {i}", "2024-01-22") for i, u in enumerate(shown))
        return ListingSeen(f"http://{HOST}/zwgk/", None, "trs", 1, 1, whole, items)


class OlderParser:
    """Reads one cell of one agency wrongly, as a parser does before its fault is found."""

    revision = REVISION

    def __init__(self, readers: Readers) -> None:
        self._readers = readers

    def read_many(self, items: Iterable[tuple[str, bytes, str | None]]) -> Iterator[tuple[str, Extraction]]:
        for sha256, read in self._readers.read_many(items):
            facts = tuple(_misread(f) for f in read.facts) if read.agency == POLICE else read.facts
            yield sha256, replace(read, revision=self.revision, facts=facts)


def _misread(fact: Fact) -> Fact:
    place = f"{fact.table_code}/{fact.row_code}/{fact.column_code}"
    return fact._replace(value=fact.value + 100) if place == MISREAD and fact.value is not None else fact


class NewerParser(OlderParser):
    """Reads it right."""

    revision = REVISION + 1

    def read_many(self, items: Iterable[tuple[str, bytes, str | None]]) -> Iterator[tuple[str, Extraction]]:
        for sha256, read in self._readers.read_many(items):
            yield sha256, replace(read, revision=self.revision)


def number(archive: Archive, agency: str) -> int:
    return int(archive.one(f"SELECT report_id FROM reports WHERE agency = '{agency}'").report_id)


def put_right(archive: Archive, report_id: int, at: datetime) -> None:
    table, row, column = CORRECTION.split("/")
    correct(
        archive.catalogue, report_id, (table, row, column), 5.0, State.VALUE,
        reason="the scan shows 5", who="me", clock=lambda: at,
    )  # fmt: skip


def live(archive: Archive, readers: Readers, nights: int = NIGHTS) -> None:
    archive.readers = OlderParser(readers)  # type: ignore[assignment]
    for night in range(1, nights + 1):
        if night == NEW_PARSER:
            archive.readers, archive.revision = NewerParser(readers), REVISION + 1  # type: ignore[assignment]
        site = Site(night)
        if night == CORRECTED:
            put_right(archive, number(archive, EDUCATION), archive.moment(CORRECTED))
        if night == WITHDRAWN:
            (made,) = archive.ask("SELECT correction_id FROM correction")
            at = archive.moment(WITHDRAWN)
            withdraw(archive.catalogue, made.correction_id, who="me", clock=at.replace)
        if night == 16:  # the whole host is out of order
            archive.night(*(Got(b"<h1>500</h1>", got.url, "error", 500) for got in site.answers()))
        else:
            archive.night(*site.answers(), listing=site.column())


Event = tuple[str, str, str, str, str | None, str | None, str | None, int | None, int, int]
"""Agency, layer, cause, kind, cell, old, new, the nights of the window, and the night it was known on."""

TRUE = str(REPORT.all_facts()[MISREAD])
FALSE = str(REPORT.all_facts()[MISREAD] + 100)


def expected() -> Iterator[Event]:
    for agency in EVERYONE:
        night = 5 if agency == NUMBERS else 1
        title = of(agency).title
        if agency == SCIENCE:  # as its file prints it
            title = title.replace(" ", "")
        yield (agency, "presence", "source", "appeared", None, None, title, None, night, night)
    edits = (
        (EDUCATION, 3, 4, "17", "18"), (SCIENCE, 5, 6, "17", "18"), (HEALTH, 8, 9, "17", "18"),
        (FARMING, 12, 13, "17", "18"), (FARMING, 13, 14, "18", "17"), (SPORT, 20, 21, "17", "18"),
    )  # fmt: skip
    for agency, before, night, old, new in edits:
        yield (agency, "field", "source", "edited", CELL, old, new, before, night, night)
    yield (TRANSPORT, "content", "source", "edited", None, None, None, 8, 9, 9)
    yield (AUDIT, "content", "source", "edited", None, None, None, 17, 18, 18)
    yield (HEALTH, "content", "source", "edited", None, None, None, 13, 14, 14)
    yield (FINANCE, "location", "source", "moved", None, url(FINANCE), url(FINANCE, "moved.html"), 7, 8, 8)
    yield (FOREST, "location", "source", "moved", None, url(FOREST), url(FOREST, "new.html"), 21, 22, 22)
    yield (AUDIT, "location", "source", "appeared", None, None, url(AUDIT, "mirror.html"), None, 7, 7)
    yield (JUSTICE, "presence", "source", "gone", None, url(JUSTICE), None, 9, 10, 11)
    yield (JUSTICE, "presence", "source", "returned", None, None, url(JUSTICE), 18, 20, 20)
    yield (WATER, "presence", "source", "gone", None, url(WATER), None, 11, 12, 13)
    yield (POLICE, "field", "parser", "reread", MISREAD, FALSE, TRUE, NEW_PARSER, NEW_PARSER, NEW_PARSER)
    yield (EDUCATION, "field", "correction", "edited", CORRECTION, "0", "5", CORRECTED, CORRECTED, CORRECTED)
    yield (EDUCATION, "field", "correction", "edited", CORRECTION, "5", "0", WITHDRAWN, WITHDRAWN, WITHDRAWN)


def events(archive: Archive) -> Iterator[Event]:
    """What the catalogue tells, its times as nights; what a text edit says is looked at apart."""
    nights = {archive.time(n): n for n in range(1, NIGHTS + 1)}
    for c in archive.ask("SELECT * FROM changes WHERE layer <> 'bytes' ORDER BY change_id"):
        cell = "/".join((c.table_code, c.row_code, c.column_code)) if c.table_code else None
        values = (c.old_value, c.new_value)
        if c.layer == "content" and (SENTENCE in c.new_value or LONG_NAME in c.new_value):
            values = (None, None)
        window = nights[c.window_from] if c.window_from else None
        yield (c.agency, c.layer, c.cause, c.kind, cell, *values, window, nights[c.window_to],
               nights[c.recorded_at])  # fmt: skip


BYTES = {
    EDUCATION: 1, SCIENCE: 2, POLICE: 28, TRANSPORT: 1, FARMING: 2, AUDIT: 2, SPORT: 2, HEALTH: 3,
}  # fmt: skip


def test_every_event_once_and_no_other(archive: Archive, readers: Readers) -> None:
    live(archive, readers)
    assert Counter(events(archive)) == Counter(expected())
    replaced = archive.ask("SELECT agency, COUNT(*) FROM changes WHERE layer = 'bytes' GROUP BY agency")
    assert {row[0]: row[1] for row in replaced} == BYTES
    flickers = archive.ask("SELECT agency, kind, new_value FROM changes WHERE flicker = 1 ORDER BY change_id")
    assert [tuple(f) for f in flickers] == [(FARMING, "edited", "17"), (JUSTICE, "returned", url(JUSTICE))]
    reports = archive.ask("SELECT agency, status, url FROM reports ORDER BY report_id")
    assert {r.agency: r.status for r in reports} == {a: "gone" if a == WATER else "present" for a in EVERYONE}
    assert len(reports) == len(EVERYONE)
    assert check(archive.catalogue) == []
    _as_of(archive)


@dataclass(frozen=True)
class Truth:
    """What is to be told of a report as the site showed it on one night and as was known on another."""

    status: str
    url: str
    cell: int
    misread: int
    corrected: int
    failed: int


def truth(agency: str, seen: int, known: int) -> Truth | None:
    """By the script. What was seen last cannot be newer than what was known."""
    last = min(seen, known)
    if last < (5 if agency == NUMBERS else 1):
        return None
    edits = {
        EDUCATION: last >= 4, SCIENCE: last >= 6, FARMING: last == 13, SPORT: last >= 21, HEALTH: last >= 9,
    }  # fmt: skip
    gone = (agency == JUSTICE and seen >= 10 and (known < 20 or seen < 20) and known >= 11) or (
        agency == WATER and seen >= 12 and known >= 13
    )
    address = url(agency)
    if agency == SCIENCE:
        address = url(agency, "P1.pdf")
    if agency == HEALTH:
        address = url(agency, "P1.docx")
    if agency == FINANCE and last >= 8:
        address = url(agency, "moved.html")
    if agency == FOREST and last >= 22:
        address = url(agency, "new.html")
    wrong = agency == POLICE and known < NEW_PARSER
    put_right = agency == EDUCATION and last >= 4 and CORRECTED <= known < WITHDRAWN
    return Truth(
        "gone" if gone else "present",
        address,
        18 if edits.get(agency) else 17,
        int(FALSE if wrong else TRUE),
        5 if put_right else 0,
        1 if put_right else 0,  # 5 is not the sum of its parts
    )


def told(archive: Archive, clocks: Clocks) -> dict[str, Truth]:
    with ask_as_of(archive.catalogue, "reports", Filter(), clocks) as found:
        rows = [dict(zip(found.columns, row, strict=True)) for row in found.rows]
    values: dict[tuple[int, str], int] = {}
    with ask_as_of(archive.catalogue, "facts", Filter(), clocks) as found:
        for row in found.rows:
            fact = dict(zip(found.columns, row, strict=True))
            place = f"{fact['table_code']}/{fact['row_code']}/{fact['column_code']}"
            values[fact["report_id"], place] = int(fact["value"])
    with ask_as_of(archive.catalogue, "checks", Filter(failed=True), clocks) as found:
        place = (found.columns.index("report_id"), found.columns.index("rule"))
        failed = Counter(row[place[0]] for row in found.rows if row[place[1]] == "review.total")
    return {
        short(row["agency"]): Truth(
            row["status"],
            row["url"],
            *(values[row["report_id"], p] for p in (CELL, MISREAD, CORRECTION)),
            failed[row["report_id"]],
        )
        for row in rows
    }


def short(agency: str) -> str:
    return TRANSPORT if agency == LONG_NAME else agency


def _as_of(archive: Archive) -> None:
    """Each night under each clock and under both, and pairs that lie apart."""
    days = range(1, NIGHTS + 1)
    pairs = [(n, NIGHTS) for n in days] + [(NIGHTS, n) for n in days]
    pairs += [(n, n) for n in days] + [(12, 24), (24, 12), (10, 12), (12, 10), (3, 26), (26, 22)]
    if not archive.catalogue.is_sqlite:
        pairs = pairs[::7]
    for seen, known in pairs:
        clocks = Clocks(*(archive.time(n) if n < NIGHTS else None for n in (seen, known)))
        expected_now = {a: t for a in EVERYONE if (t := truth(a, seen, known)) is not None}
        assert told(archive, clocks) == expected_now, (seen, known)
