"""Text against table, the annex's sums, names and years; every figure here is made up."""

from __future__ import annotations

from decimal import Decimal

from parsers import consistency
from parsers.identity import Identity
from parsers.report import Check, Fact, Fault, State, Stated

WHO = Identity("某市民政局2023年政府信息公开工作年度报告", True, "某市民政局", 2023, None, ())


def fact(place: str, value: int | None, state: State = State.VALUE) -> Fact:
    table, row, column = place.split("/")
    return Fact(table, row, column, None if value is None else Decimal(value), state, "", "")


def stated(code: str, value: int) -> Stated:
    return Stated(code, Decimal(value), "件", "某句。", "")


def one(facts: list[Fact], said: list[Stated], rule: str, who: Identity = WHO) -> Check:
    (found,) = [c for c in consistency.run(facts, said, who) if c.rule == rule]
    return found


def test_text_and_table_agree() -> None:
    check = one([fact("requests/received/total", 9)], [stated("requests.received", 9)], "narrative.requests")
    assert (check.passed, check.fault) == (True, None)


def test_received_may_count_those_taken_over() -> None:
    facts = [fact("requests/received/total", 9), fact("requests/carried_in/total", 2)]
    assert one(facts, [stated("requests.received", 11)], "narrative.requests").passed is True
    assert one(facts, [stated("requests.received", 10)], "narrative.requests").passed is False


def test_a_part_of_the_table_may_be_the_office_alone() -> None:
    facts = [fact("requests/received/total", 95)]
    check = one(facts, [stated("requests.received", 17)], "narrative.requests")
    assert (check.passed, check.expected, check.actual, check.fault) == (False, 95, 17, Fault.SCOPE)


def test_a_blank_keeps_it_open() -> None:
    facts = [fact("requests/granted/total", None, State.BLANK)]
    assert one(facts, [stated("requests.granted", 3)], "narrative.requests").passed is None


def test_groups_are_added_up() -> None:
    facts = [fact(f"requests/denied.{r}/total", n) for r, n in (("state_secret", 2), ("privacy", 1))]
    assert one(facts, [stated("requests.denied", 3)], "narrative.requests").passed is True
    facts = [fact("review/cases/litigation_direct.total", 2)]
    facts += [fact("review/cases/litigation_after_reconsideration.total", 3)]
    assert one(facts, [stated("review.litigation", 4)], "narrative.review").expected == 5


def test_sums_of_the_annex() -> None:
    printed = {"": 4, ".upheld": 1, ".other": 2}
    facts = [fact(f"statistics/litigation{end}/value", n) for end, n in printed.items()]
    check = one(facts, [], "statistics.sum")
    assert (check.passed, check.expected, check.actual, check.fault) == (False, 3, 4, Fault.OFFICE)


def test_a_row_that_could_not_be_told() -> None:
    facts = [fact(f"requests/granted/{c}", None, State.UNREADABLE) for c in ("business", "total")]
    assert one(facts, [], "labels.known").fault is Fault.READER


def test_another_agency_and_another_year_in_the_text() -> None:
    who = Identity(WHO.title, True, "某市民政局", 2023, None, (), (), "某市财政局", 2022)
    assert one([], [], "agency.named", who).passed is False
    assert one([], [], "year.period", who).passed is False
    same = Identity(WHO.title, True, "民政局", 2023, None, (), (), "某市民政局办公室", 2023)
    assert one([], [], "agency.named", same).passed is True
