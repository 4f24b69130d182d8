"""When a host is left alone, and for how long."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from archive.hosts import HostState
from archive.times import iso
from crawler.breaker import BARE_REFUSALS, FAILURES, Breaker, rest_after
from crawler.verdict import Judgement, Verdict

NOW = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)
OK = Judgement(Verdict.OK, "status 200")
CHALLENGE = Judgement(Verdict.CHALLENGE, "status 412, the answer of a script challenge")
SHIELD = Judgement(Verdict.BLOCKED, "status 405 with a shield's page", firm=True)
BARE = Judgement(Verdict.BLOCKED, "status 403")


def breaker(**state: object) -> Breaker:
    return Breaker(HostState("www.example.gov.cn", **state))  # type: ignore[arg-type]


@pytest.mark.parametrize("judgement", [CHALLENGE, SHIELD], ids=["challenge", "shield"])
def test_a_refusal_opens_it_at_once_and_says_until_when(judgement: Judgement) -> None:
    one = breaker()
    one.judged(judgement, NOW)
    told = one.rests(NOW)
    assert told is not None
    assert judgement.reason in told
    assert one.state.retry_at == iso(NOW + timedelta(hours=20))
    assert one.state.retry_at in told
    assert (one.state.refusals, one.state.refused_at) == (1, iso(NOW))


def test_one_forbidden_folder_is_no_refusal_of_the_host() -> None:
    one = breaker()
    for _ in range(BARE_REFUSALS - 1):
        one.judged(BARE, NOW)
    one.judged(OK, NOW)
    for _ in range(BARE_REFUSALS - 1):
        one.judged(BARE, NOW)
    assert one.rests(NOW) is None
    one.judged(BARE, NOW)
    assert one.rests(NOW) is not None


def test_within_the_run_it_stays_open_whatever_comes() -> None:
    one = breaker()
    one.judged(SHIELD, NOW)
    one.judged(OK, NOW)  # an answer that was under way
    assert one.rests(NOW + timedelta(days=40)) is not None


def test_the_next_runs_keep_off_until_the_time_and_then_ask() -> None:
    one = breaker()
    one.judged(SHIELD, NOW)
    later = Breaker(one.state)
    assert later.rests(NOW + timedelta(hours=19)) is not None
    assert later.rests(NOW + timedelta(hours=20)) is None
    assert Breaker(one.state, ask_again=True).rests(NOW) is None


def test_each_refusal_doubles_the_rest_and_one_good_answer_ends_the_count() -> None:
    state = breaker().state
    rests = []
    for night in range(7):
        one = Breaker(state)
        one.judged(SHIELD, NOW)
        state = one.state
        rests.append(rest_after(night + 1))
        assert state.refusals == night + 1
    assert rests == sorted(rests)
    assert [r // timedelta(hours=1) for r in rests] == [20, 44, 92, 188, 380, 380, 380]
    one = Breaker(state)
    one.judged(OK, NOW)
    assert (one.state.refusals, one.state.retry_at, one.state.reason) == (0, None, None)


def test_what_never_answers_is_given_up_for_the_run_only() -> None:
    one = breaker()
    for _ in range(FAILURES):
        assert one.rests(NOW) is None
        one.failed("did not answer in time")
    assert one.rests(NOW) is not None
    assert one.state.retry_at is None
    assert Breaker(one.state).rests(NOW) is None


def test_a_host_that_asks_to_be_left_alone_is() -> None:
    one = breaker()
    one.put_off(NOW + timedelta(hours=2), "status 503, it asks to be left alone for 7200 seconds")
    assert one.rests(NOW) is not None
    assert Breaker(one.state).rests(NOW + timedelta(hours=1)) is not None
    assert Breaker(one.state).rests(NOW + timedelta(hours=2)) is None
    assert one.state.refusals == 0
