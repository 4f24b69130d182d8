"""Thirty nights of twenty sites, on both databases: alarms are raised and closed as scripted, no others."""

from __future__ import annotations

import shutil
from collections import namedtuple
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from simulated import FIRST, Walked, Went, moment, night_passes

from archive.alarms import NoSuchAlarm, acknowledge, all_alarms, open_alarms
from archive.catalogue.engine import Catalogue
from archive.catalogue.models import Resource
from archive.fixity_log import FixityLog
from archive.hosts import HostState, Trust, save_host
from archive.runs import RunStatus, SiteIdentity, site_row
from archive.tallies import Counts
from archive.times import Clock
from scheduler.alarms.watch import watch

SITES = [f"site{n:02}" for n in range(20)]
FAMILIES = ("trs", "hanweb", "ucap", "vsb")
FETCHED = Counts(fetched=30, stored=1_000_000)
Usage = namedtuple("Usage", "total used free")


def night(day: int) -> date:
    """Nights are counted from 1."""
    return FIRST + timedelta(days=day - 1)


def after(day: int, hours: float) -> Clock:
    """So many hours after the night's run began."""
    return lambda: moment(night(day)) + timedelta(hours=hours)


def family(site: str) -> str:
    return FAMILIES[SITES.index(site) % 4]


def url(site: str, name: str = "nb") -> str:
    return f"https://www.{site}.example.gov.cn/{name}/"


def usual(site: str, day: int) -> Went:
    """As it goes when nothing is wrong: a report more now and then."""
    items = 40 + SITES.index(site) + day // 10
    lists = (Walked(url(site), items, family=family(site)), Walked(url(site, "bm"), 12, family=family(site)))
    return Went(site, lists, counts=FETCHED)


def scripted(site: str, day: int) -> Went | None:
    """What happens to whom; site06 to site19 live through the family's failure at most."""
    went = usual(site, day)
    short = replace(went, lists=(replace(went.lists[0], items=9), went.lists[1]))
    if day == 24:
        return replace(went, status=RunStatus.FAILED, message="no answer", lists=(), counts=Counts())
    if site == "site00" and 5 <= day <= 8:
        return replace(went, status=RunStatus.FAILED, message="timed out", lists=())
    if site == "site01" and day in (7, 8, 9):
        return short
    if site == "site02" and day >= 12:  # the column moves
        moved = Walked(url(site, "neu"), 43, family=family(site))
        return replace(went, lists=(moved, went.lists[1]))
    if site == "site03" and day >= 20:  # the column is taken away, and a person is told so
        return replace(went, lists=went.lists[1:])
    if site == "site04" and day >= 15:  # built anew by another system
        return replace(went, lists=tuple(replace(one, family="gkmlpt") for one in went.lists))
    if site == "site05" and 10 <= day <= 13:
        return None  # not asked
    if family(site) == "ucap" and day in (17, 18):
        return replace(went, status=RunStatus.FAILED, message="no column was found", lists=())
    return went


EXPECTED = {
    ("site_failed", "site00", 5, 9),
    ("listing_short", url("site01"), 7, 10),
    ("column_lost", url("site02"), 12, 13),
    ("column_lost", url("site03"), 20, None),
    ("family_changed", "site04", 15, 19),
    ("site_unasked", "site05", 12, 14),
    ("family_failed", "ucap", 17, 19),
    ("network_down", "network", 24, 25),
    ("night_missed", "night", 22, 23),
    ("host_blocked", "www.site06.example.gov.cn", 3, 6),
    ("certificate_bad", "www.site07.example.gov.cn", 4, None),
    ("fixity", "warc/2026/a.warc.gz", 11, 16),
}


def happens_beside(catalogue: Catalogue, home: Path, day: int) -> None:
    """What is known of hosts and files."""
    clock = after(day, 0)
    if day in (3, 6):
        host = HostState("www.site06.example.gov.cn", refusals=1 if day == 3 else 0, reason="403")
        save_host(catalogue, host, clock)
    if day == 4:
        host = HostState("www.site07.example.gov.cn", trust=Trust.UNVERIFIED, trust_note="expired")
        save_host(catalogue, host, clock)
    if day in (11, 16):
        FixityLog(home).note(
            "warc/2026/a.warc.gz", 9, "0" * 64, 1 if day == 11 else 0, "2026-11-12T00:00:00Z"
        )


def test_a_month(catalogue: Catalogue, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(10**12, 0, 10**12))
    add_resources(catalogue)
    for day in range(1, 31):
        happens_beside(catalogue, home, day)
        if day != 22:  # the machine was off
            night_passes(catalogue, night(day), *filter(None, (scripted(site, day) for site in SITES)))
        first = watch(catalogue, home, SITES, night(day), after(day, 6))
        again = watch(catalogue, home, SITES, night(day), after(day, 7))
        assert (again.raised, again.closed) == ((), ()), f"night {day}: {first}"
        if day == 21:
            (lost,) = (a for a in open_alarms(catalogue) if a.subject == url("site03"))
            acknowledge(catalogue, lost.alarm_id, "Li", after(day, 8))
    told = {(a.kind, a.subject, day_of(a.raised_at), day_of(a.closed_at)) for a in all_alarms(catalogue)}
    assert told == EXPECTED
    assert len(all_alarms(catalogue)) == len(EXPECTED)
    states = {a.subject: a.state for a in open_alarms(catalogue)}
    assert states == {url("site03"): "acknowledged", "www.site07.example.gov.cn": "open"}


def test_what_was_acknowledged_is_raised_anew_when_it_grows(
    catalogue: Catalogue, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(10**12, 0, 10**12))
    log = FixityLog(home)
    for day, wrong in ((1, 1), (2, 1), (3, 2), (4, 2)):
        log.note("a.warc.gz", 9, "0" * 64, wrong, "2026-11-12T00:00:00Z")
        done = watch(catalogue, home, SITES, night(day), after(day, 6))
        assert len(done.raised) == (day in (1, 3)), day
        if day == 1:
            acknowledge(catalogue, done.raised[0], "Li")
    with pytest.raises(NoSuchAlarm):
        acknowledge(catalogue, 99, "Li")
    assert [a.state for a in all_alarms(catalogue)] == ["open", "closed"]


def day_of(at: str | None) -> int | None:
    return (date.fromisoformat(at[:10]) - FIRST).days + 1 if at else None


def add_resources(catalogue: Catalogue) -> None:
    """A page of each host, by which it is known whose host it is."""
    for site in SITES:
        site_id = site_row(catalogue, SiteIdentity(site, None, "640500", (url(site),)))
        with catalogue.writing() as session:
            host = f"www.{site}.example.gov.cn"
            session.add(Resource(url=url(site), surt=url(site), host=host, kind="start", site_id=site_id))
