"""When jobs are due, and what is made up for. Pure: every moment is given."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from archive.jobs import JobStatus, Start
from scheduler.plans import NOTHING, Decision, Job, JobPlan, Limits, Timetable, check_cron, decide
from scheduler.window import Window

SHANGHAI = ZoneInfo("Asia/Shanghai")
LIMITS = Limits(timedelta(hours=8), 1000)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def plan(window: str | None = "00:00-00:00", retries: int = 3) -> JobPlan:
    hours = Window.parse(window) if window else None
    table = Timetable("30 2 * * *", SHANGHAI)
    return JobPlan(Job.CRAWL, table, ("crawl",), LIMITS, window=hours, retries=retries)


def start(due: str, status: JobStatus, attempt: int = 1) -> Start:
    return Start(1, "crawl", at(due), attempt, status, None)


def test_half_past_two_in_shanghai_is_half_past_six_in_the_evening_by_utc() -> None:
    table = Timetable("30 2 * * *", SHANGHAI)
    assert table.next(at("2026-11-21T18:29")) == at("2026-11-21T18:30")
    assert table.next(at("2026-11-21T18:30")) == at("2026-11-22T18:30")
    assert len(table.between(at("2026-11-01T00:00"), at("2026-12-01T00:00"))) == 30


@pytest.mark.parametrize(
    ("begins", "nights"),
    [
        pytest.param("2026-10-23T12:00", ["24T00:30", "25T00:30", "26T01:30"], id="an hour comes twice"),
        pytest.param("2026-03-27T12:00", ["28T01:30", "29T01:30", "30T00:30"], id="an hour is left out"),
    ],
)
@pytest.mark.parametrize("jitter", [0, 10])
def test_a_night_is_due_once_where_clocks_are_changed(begins: str, nights: list[str], jitter: int) -> None:
    table = Timetable("30 2 * * *", ZoneInfo("Europe/Berlin"))
    dues = [at(f"{begins[:8]}{night}") for night in nights]
    assert table.between(at(begins), dues[-1]) == dues
    trigger = table.trigger(timedelta(minutes=jitter))
    now, fired = at(begins), None
    for due in dues:
        fired = trigger.get_next_fire_time(fired, now)
        assert due <= fired <= due + timedelta(minutes=jitter)
        now = fired + timedelta(milliseconds=20)


@pytest.mark.parametrize("cron", ["30 2 * *", "30 2 * * 0", "61 2 * * *", "0 0 30 feb *", "daily", ""])
def test_what_is_no_cron(cron: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        check_cron(cron)


SINCE = "2026-11-01T00:00"
TONIGHT, LAST_NIGHT = "2026-11-21T18:30", "2026-11-20T18:30"
DONE, DEAD = JobStatus.DONE, JobStatus.INTERRUPTED


@pytest.mark.parametrize(
    ("last", "now", "due", "attempt", "missed"),
    [
        pytest.param(start(LAST_NIGHT, DONE), "2026-11-21T18:29", None, 0, 0, id="not yet"),
        pytest.param(start(LAST_NIGHT, DONE), "2026-11-21T18:30", TONIGHT, 1, 0, id="now"),
        pytest.param(start(TONIGHT, DONE), "2026-11-21T18:31", None, 0, 0, id="done"),
        pytest.param(start(TONIGHT, JobStatus.FAILURES), "2026-11-21T18:31", None, 0, 0, id="with failures"),
        pytest.param(start(TONIGHT, JobStatus.RUNNING), "2026-11-21T18:31", None, 0, 0, id="being done"),
        pytest.param(start(LAST_NIGHT, DONE), "2026-11-22T06:00", TONIGHT, 1, 0, id="made up for"),
        pytest.param(start(LAST_NIGHT, DONE), "2026-11-22T06:31", None, 0, 1, id="too late"),
        pytest.param(start("2026-11-16T18:30", DONE), "2026-11-21T19:00", TONIGHT, 1, 4, id="nights off"),
        pytest.param(start(TONIGHT, DEAD), "2026-11-21T19:00", TONIGHT, 2, 0, id="killed"),
        pytest.param(start(TONIGHT, DEAD, 3), "2026-11-21T19:00", TONIGHT, 4, 0, id="killed thrice"),
        pytest.param(start(TONIGHT, DEAD, 4), "2026-11-21T19:00", None, 0, 0, id="killed too often"),
        pytest.param(start(TONIGHT, DEAD), "2026-11-22T15:59", TONIGHT, 2, 0, id="killed, window open"),
        pytest.param(start(TONIGHT, DEAD), "2026-11-22T16:00", None, 0, 0, id="killed, window shut"),
        pytest.param(start(LAST_NIGHT, DEAD), "2026-11-21T18:30", TONIGHT, 1, 0, id="the next night"),
    ],
)  # fmt: skip
def test_what_is_done_now(last: Start, now: str, due: str | None, attempt: int, missed: int) -> None:
    found = decide(plan(), last, at(SINCE), at(now))
    assert (found.due, found.attempt, len(found.missed)) == (at(due) if due else None, attempt, missed)


def test_nothing_was_due_before_the_schedule_first_ran() -> None:
    assert decide(plan(), None, at("2026-11-21T18:31"), at("2026-11-21T19:00")) is NOTHING
    assert decide(plan(), None, at("2026-11-21T18:00"), at("2026-11-21T19:00")).due == at(TONIGHT)


def test_a_crawl_is_not_begun_outside_of_its_window() -> None:
    found = decide(plan("01:00-05:00"), start(LAST_NIGHT, DONE), at(SINCE), at("2026-11-21T21:30"))
    assert found == Decision(
        None, 0, (at(TONIGHT),), "the window of hours in which it may ask sites was shut"
    )


def test_a_job_without_a_window_is_tried_again_within_its_grace() -> None:
    audit, dead = plan(window=None), start(TONIGHT, JobStatus.FAILED)
    assert decide(audit, dead, at(SINCE), at("2026-11-22T06:30")).attempt == 2
    assert decide(audit, dead, at(SINCE), at("2026-11-22T06:31")) is NOTHING
