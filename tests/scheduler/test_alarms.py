"""Each kind of alarm by itself: what raises it, what does not, and what ends it."""

from __future__ import annotations

import string
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from archive.runs import RunStatus
from archive.tallies import Counts
from scheduler.alarms.evidence import (
    Checked,
    Damaged,
    Evidence,
    HostSeen,
    ListHistory,
    Machine,
    OpenAlarm,
    Overdue,
    Unreadable,
    Walk,
)
from scheduler.alarms.kinds import KINDS
from scheduler.alarms.watch import found, over
from scheduler.alarms.words import Language, told
from scheduler.nights import SiteHistory, SiteNight, span_of

NIGHT = date(2026, 2, 10)
URL = "https://a/zwgk/"
DONE, FAILED, CUT = RunStatus.DONE, RunStatus.FAILED, RunStatus.INTERRUPTED


def ago(days: int) -> date:
    return NIGHT - timedelta(days=days)


def at(night: date, hour: float = 14.5) -> datetime:
    return span_of(night)[0] + timedelta(hours=hour)


def site(
    name: str,
    statuses: Sequence[RunStatus | None] = (DONE, DONE, DONE),
    *,
    family: str = "trs",
    families: Sequence[str] = (),
    fetched: int = 10,
    division: str | None = "640500",
) -> SiteHistory:
    """A site by how it went, the last of them tonight; None: it was not asked."""
    nights = [
        SiteNight(
            ago(len(statuses) - 1 - place), status, "timeout" if status is FAILED else None,
            Counts(fetched=fetched), frozenset([families[place] if families else family]),
        )
        for place, status in enumerate(statuses)
        if status is not None
    ]  # fmt: skip
    return SiteHistory(name, None, division, tuple(nights))


def walked(*items: int | None, url: str = URL, site: str = "a") -> ListHistory:
    """A list by how many it named, the last of them tonight; None: it was not met."""
    days = len(items) - 1
    walks = [Walk(ago(days - place), n, complete=True) for place, n in enumerate(items) if n is not None]
    return ListHistory(site, url, "年报", tuple(walks))


def known(*sites: SiteHistory, **more: object) -> Evidence:
    watched = frozenset(one.site for one in sites)
    given: dict[str, object] = {"watched": watched, **more}
    return Evidence(NIGHT, at(NIGHT, 20), sites=sites, **given)  # type: ignore[arg-type]


def opened(
    evidence: Evidence, kind: str, subject: str, acknowledged: date | None = None, **details: object
) -> Evidence:
    alarm = OpenAlarm(1, details, ago(1), acknowledged, 1)  # type: ignore[arg-type]
    return replace(evidence, open={**evidence.open, (kind, subject): alarm})


def raised(evidence: Evidence) -> set[tuple[str, str]]:
    return {(one.kind, one.subject) for one in found(evidence)}


def closed(evidence: Evidence) -> bool:
    return list(over(evidence, list(found(evidence)))) == [1]


def details(evidence: Evidence, kind: str) -> dict[str, object]:
    (one,) = (one for one in found(evidence) if one.kind == kind)
    return dict(one.details)


# ------------------------------------------------------------------ columns


@pytest.mark.parametrize(
    ("items", "alarm"),
    [
        ((40, 40, 41, 12), True),
        ((40, 0), True),
        ((40, 40, 40, 39), False),
        ((5, 5, 5, 4), False),
        ((5, 5, 5, 3), True),
        ((40,), False),
        ((12, 12, 12, 40), False),
    ],
)
def test_a_list_that_yields_less(items: tuple[int, ...], alarm: bool) -> None:
    evidence = known(site("a"), lists=(walked(*items),))
    assert raised(evidence) == ({("listing_short", URL)} if alarm else set())


def test_nobody_gets_used_to_less_unless_a_person_says_so() -> None:
    low = known(site("a"), lists=(walked(40, 12, 12, 12, 12, 12, 12, 12, 12),))
    still = opened(low, "listing_short", URL, site="a", items=12, usual=40)
    assert raised(still) == {("listing_short", URL)}
    assert details(still, "listing_short")["usual"] == 40
    accepted = opened(low, "listing_short", URL, ago(3), site="a", items=12, usual=40)
    assert raised(accepted) == set()
    assert closed(accepted)
    back = known(site("a"), lists=(walked(40, 12, 40),))
    assert closed(opened(back, "listing_short", URL, site="a", items=12, usual=40))


def test_a_list_of_a_crawl_that_was_cut_says_nothing() -> None:
    cut = known(site("a", (DONE, DONE, CUT)), lists=(walked(40, 40, 3),))
    assert raised(cut) == {("site_failed", "a")}
    assert not closed(opened(cut, "listing_short", URL, site="a", items=12, usual=40))


def test_a_column_that_is_lost_or_moved() -> None:
    lost = known(site("a"), lists=(walked(40, 40, None),))
    assert raised(lost) == {("column_lost", URL)}
    assert (
        raised(known(site("a"), lists=(walked(40, None, None),))) == set()
    )  # of one night: told then or never
    new = walked(None, None, 39, url="https://a/new/")
    moved = replace(lost, lists=(*lost.lists, new))
    assert details(moved, "column_lost")["instead"] == "https://a/new/"
    assert closed(opened(moved, "column_lost", URL, site="a"))
    assert not closed(opened(lost, "column_lost", URL, site="a"))
    other = replace(lost, lists=(*lost.lists, walked(7, 7, 7, url="https://a/other/")))
    assert details(other, "column_lost")["instead"] == "—"
    found_again = known(site("a"), lists=(walked(40, None, 40),))
    assert closed(opened(found_again, "column_lost", URL, site="a"))
    long_ago = opened(known(site("a")), "column_lost", URL, site="a")
    assert not closed(long_ago)
    assert closed(opened(known(site("a")), "column_lost", URL, ago(1), site="a"))


def test_a_site_that_is_built_anew() -> None:
    new = known(site("a", (DONE,) * 4, families=("trs", "trs", "trs", "hanweb")))
    assert raised(new) == {("family_changed", "a")}
    used_to = known(site("a", (DONE,) * 8, families=("trs",) * 3 + ("hanweb",) * 5))
    assert raised(used_to) == set()
    assert closed(opened(used_to, "family_changed", "a"))


# -------------------------------------------------------------------- sites


def test_nothing_new_while_siblings_publish() -> None:
    sites = [site(name) for name in "abcd"]
    assert raised(known(*sites, published=frozenset("bcd"))) == {("siblings_publish", "a")}
    assert raised(known(*sites, published=frozenset("b"))) == set()
    assert raised(known(*sites[:3], published=frozenset("bc"))) == set()  # two are no measure
    elsewhere = [site("a", division="110000"), *sites[1:]]
    assert raised(known(*elsewhere, published=frozenset("bcd"))) == set()
    assert closed(opened(known(*sites, published=frozenset("abcd")), "siblings_publish", "a"))


def test_a_site_that_fails_and_comes_back() -> None:
    failed = known(site("a", (DONE, FAILED)), site("b"))
    assert raised(failed) == {("site_failed", "a")}
    assert details(failed, "site_failed")["message"] == "timeout"
    assert closed(opened(known(site("a", (FAILED, DONE)), site("b")), "site_failed", "a"))
    assert not closed(opened(known(site("a", (FAILED, None)), site("b")), "site_failed", "a"))
    assert closed(opened(known(site("b")), "site_failed", "a"))  # taken out of the settings


def test_many_of_one_family_are_told_as_one() -> None:
    bad = [site(name, (DONE, FAILED)) for name in "abc"]
    fine = [site("d"), site("e", family="hanweb")]
    evidence = known(*bad, *fine)
    assert raised(evidence) == {("family_failed", "trs")}
    assert details(evidence, "family_failed")["sites"] == "a, b, c"
    assert (details(evidence, "family_failed")["failed"], details(evidence, "family_failed")["of"]) == (3, 4)
    before = opened(evidence, "site_failed", "a")
    assert raised(before) == {("family_failed", "trs"), ("site_failed", "a")}  # that one is not over
    two = known(*bad[:2], *fine)
    assert raised(two) == {("site_failed", "a"), ("site_failed", "b")}
    few_of_many = known(*bad, *[site(f"x{n}") for n in range(4)])
    assert raised(few_of_many) == {("site_failed", name) for name in "abc"}
    assert closed(opened(known(*[site(name) for name in "abc"]), "family_failed", "trs"))


def test_when_no_site_answers_it_is_the_network() -> None:
    dead = known(*[site(name, (DONE, FAILED), fetched=0) for name in "abcd"])
    assert raised(dead) == {("network_down", "network")}
    refused = known(*[site(name, (DONE, FAILED), fetched=1) for name in "abcd"])
    assert raised(refused) == {("family_failed", "trs")}
    assert closed(opened(known(site("a"), site("b")), "network_down", "network"))


def test_a_host_that_refuses_is_told_instead_of_its_site() -> None:
    host = HostSeen("www.a.cn", frozenset("a"), "640500", 2, "403", "2026-02-12T00:00:00Z")
    blocked = known(site("a", (DONE, FAILED)), site("b"), hosts=(host,))
    assert raised(blocked) == {("host_blocked", "www.a.cn")}
    assert closed(opened(known(site("a"), site("b")), "host_blocked", "www.a.cn"))
    others = replace(blocked, watched=frozenset("b"))
    assert raised(others) == set()


def test_a_certificate_that_does_not_hold() -> None:
    host = HostSeen("www.a.cn", frozenset("a"), "640500", certificate="certificate has expired")
    assert raised(known(site("a"), hosts=(host,))) == {("certificate_bad", "www.a.cn")}


def test_a_site_that_nobody_asks() -> None:
    asked = [site("a"), site("b", (DONE, None, None, None))]
    assert raised(known(*asked)) == {("site_unasked", "b")}
    assert raised(known(site("a"), watched=frozenset(["a", "new"]))) == {("site_unasked", "new")}
    assert raised(known(site("a", (DONE,)), watched=frozenset(["a", "new"]))) == set()


# ------------------------------------------------------------------ reading


def test_files_that_cannot_be_read() -> None:
    bad = Unreadable("a", 3, "https://a/1.pdf", "timed out")
    assert raised(known(site("a"), unreadable=(bad,))) == {("files_unreadable", "a")}
    assert closed(opened(known(site("a")), "files_unreadable", "a"))


@pytest.mark.parametrize(
    ("failed", "of", "usual", "alarm"),
    [
        (30, 100, Checked("", 50, 1000), True),
        (9, 100, Checked("", 50, 1000), False),
        (4, 19, Checked("", 50, 1000), False),
        (15, 100, Checked("", 0, 0), True),
        (8, 100, Checked("", 0, 0), False),
    ],
)
def test_checks_that_fail_more_than_usual(failed: int, of: int, usual: Checked, alarm: bool) -> None:
    evidence = known(site("a"), checked=(Checked("a", failed, of),), usual=usual)
    assert raised(evidence) == ({("checks_fail", "a")} if alarm else set())


def test_what_is_overdue_after_its_day() -> None:
    january = Overdue("640500", date(2026, 1, 31), ("民政局", "教育局"))
    march = Overdue("640500", date(2026, 3, 31), ("人民政府",))
    assert raised(known(overdue=(january, march))) == {("agencies_overdue", "640500 2026-01-31")}
    on_the_day = replace(known(overdue=(january,)), night=date(2026, 1, 31))
    assert raised(on_the_day) == set()


# ------------------------------------------------------------------ machine


def test_the_machine() -> None:
    damaged = known(damaged=(Damaged("warc/a.warc.gz", "2026-02-09T00:00:00Z", 2),))
    assert raised(damaged) == {("fixity", "warc/a.warc.gz")}
    assert raised(known(database="row 3 missing from index")) == {("database_bad", "database")}
    assert raised(known(machine=Machine(10**12, 10**9, 30.0, 5))) == set()
    assert raised(known(machine=Machine(10**12, 10**9, 400.0, 5))) == {("clock_wrong", "clock")}
    unknown = known(machine=Machine(10**12, 10**9, None))
    assert not closed(opened(unknown, "clock_wrong", "clock"))
    for free, full in ((13 * 10**9, True), (15 * 10**9, False), (10**9, True)):
        assert raised(known(machine=Machine(free, 10**9))) == ({("disk_full", "disk")} if full else set())
    barely = known(machine=Machine(15 * 10**9, 10**9))
    assert not closed(opened(barely, "disk_full", "disk"))


@pytest.mark.parametrize(
    ("days_ago", "hour", "alarm"),
    [
        ((4, 3, 2, 1), 14.0, False),  # tonight's is not due yet
        ((4, 3, 2, 1), 17.0, False),
        ((4, 3, 2, 1), 18.0, True),
        ((5, 4, 3, 2), 1.0, True),
        ((4, 3, 2, 1, 0), 23.0, False),
        ((21, 14, 7), 18.0, True),  # weekly
        ((20, 13, 6), 23.0, False),
        ((1,), 23.0, False),
    ],
)
def test_a_night_that_did_not_run(days_ago: tuple[int, ...], hour: float, alarm: bool) -> None:
    evidence = replace(known(starts=tuple(at(ago(n)) for n in days_ago)), now=at(NIGHT, hour))
    assert raised(evidence) == ({("night_missed", "night")} if alarm else set())
    if not alarm and 0 in days_ago:
        assert closed(opened(evidence, "night_missed", "night"))


# -------------------------------------------------------------------- words


def _everything() -> Iterable[Evidence]:
    """Evidence that raises each kind at least once."""
    host = HostSeen("h", frozenset("a"), None, 1, None, None, "expired")
    yield known(
        site("a", families=("trs", "trs", "hanweb")),
        site("b", (DONE, None, None, None)),
        lists=(walked(40, 40, 3), walked(9, 9, None, url="https://a/x/")),
        hosts=(host,),
        unreadable=(Unreadable("a", 1, "u", "r"),),
        checked=(Checked("a", 50, 50),),
        overdue=(Overdue("", date(2026, 1, 31), ("{x}",)),),
        damaged=(Damaged("f", "t", 1),),
        machine=Machine(1, 1, 999.0, 3),
        database="bad",
        starts=tuple(at(ago(n)) for n in (9, 8, 7)),
    )
    yield known(*[site(n, (FAILED,)) for n in "abc"])
    yield known(*[site(n, (FAILED,), fetched=0) for n in "abc"])
    yield known(site("a", (FAILED,)), *[site(n) for n in "bcd"], published=frozenset("bcd"))
    yield known(site("a"), *[site(n) for n in "bcd"], published=frozenset("bcd"))


def test_each_kind_is_told_in_both_languages_and_says_what_to_do() -> None:
    seen = set()
    for one in (one for evidence in _everything() for one in found(evidence)):
        seen.add(one.kind)
        for language in Language:
            words = told(one.kind, one.subject, one.details, language)
            assert words.title
            assert len(words.do) > 15, one.kind
            fields = {name for _, name, _, _ in string.Formatter().parse(words.what) if name}
            assert fields <= {"x"}, f"{one.kind}: {words.what}"
    assert seen == set(KINDS)
