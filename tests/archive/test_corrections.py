"""A correction changes a figure and with it the sums over that figure; taken back, all is as it was."""

from __future__ import annotations

from decimal import Decimal

from nights import FIRST_NIGHT, REPORT, Archive, Got, page

from archive.history.corrections import correct, withdraw
from archive.history.rebuild import check
from parsers.report import State

TOTAL = "review/cases/reconsideration.total"
PRINTED = REPORT.all_facts()[TOTAL]
MISPRINTED = REPORT.with_fact(TOTAL, PRINTED + Decimal(7))


def failed(archive: Archive) -> list[tuple[str, str]]:
    rows = archive.ask("SELECT rule, scope FROM checks WHERE passed = 0 ORDER BY rule, scope")
    return [(row.rule, row.scope) for row in rows]


def put_right(archive: Archive) -> int:
    place = TOTAL.split("/")
    made = correct(
        archive.catalogue, 1, (place[0], place[1], place[2]), float(PRINTED), State.VALUE,
        reason="the scan shows it", who="me", clock=lambda: FIRST_NIGHT,
    )  # fmt: skip
    return made.correction_id


def test_the_sums_over_a_corrected_cell_are_tried_again(archive: Archive) -> None:
    archive.night(Got(page(MISPRINTED)))
    before = archive.ask("SELECT rule, scope, passed FROM checks ORDER BY rule, scope")
    assert failed(archive) == [("review.total", "review/cases/reconsideration.*")]
    assert archive.one("SELECT state FROM coverage WHERE year = 2023").state == "parsed"
    made = put_right(archive)
    # the sum fits now, and the text, which states the misprint, does not any more
    assert failed(archive) == [("narrative.review", "review/cases/reconsideration.total")]
    after = archive.ask("SELECT rule, scope FROM checks ORDER BY rule, scope")
    assert [tuple(row) for row in after] == [(row.rule, row.scope) for row in before]
    assert archive.one("SELECT state FROM coverage WHERE year = 2023").state == "verified"
    assert check(archive.catalogue) == []
    withdraw(archive.catalogue, made, who="me", clock=lambda: FIRST_NIGHT)
    assert archive.ask("SELECT rule, scope, passed FROM checks ORDER BY rule, scope") == before
    assert archive.ask("SELECT * FROM reckoning") == []
    assert check(archive.catalogue) == []


def test_a_correction_that_breaks_a_sum_says_so(archive: Archive) -> None:
    archive.night(Got(page(MISPRINTED.with_fact(TOTAL, PRINTED))))
    assert failed(archive) == []
    place = TOTAL.split("/")
    correct(
        archive.catalogue, 1, (place[0], place[1], place[2]), None, State.UNREADABLE,
        reason="a stamp covers it", who="me", clock=lambda: FIRST_NIGHT,
    )  # fmt: skip
    open_ = archive.ask("SELECT scope FROM checks WHERE rule = 'review.total' AND passed IS NULL")
    assert [row.scope for row in open_] == ["review/cases/reconsideration.*"]
    assert check(archive.catalogue) == []
