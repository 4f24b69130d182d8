"""When a figure of a scan is supported, inferred or uncertain; no picture is needed for that."""

from __future__ import annotations

from decimal import Decimal

from parsers.certainty import judge
from parsers.forms.vocabulary import vocabulary
from parsers.report import Certainty, Fact, ReadAs, State

OUTCOMES = ("upheld", "corrected", "other", "pending", "total")


def seen(*texts: str, confidence: float = 0.99) -> tuple[ReadAs, ...]:
    sources = ("page", "cell")
    return tuple(
        ReadAs(Decimal(text), State.VALUE, text, confidence, source)
        for text, source in zip(texts, sources, strict=False)
    )


def review(*cells: tuple[ReadAs, ...]) -> list[Fact]:
    """行政复议 with these cells, the two other groups all 0."""
    facts = []
    for group in ("reconsideration", "litigation_direct", "litigation_after_reconsideration"):
        for index, outcome in enumerate(OUTCOMES):
            readings = cells[index] if group == "reconsideration" else seen("0", "0")
            first = readings[0]
            facts.append(
                Fact(
                    "review",
                    "cases",
                    f"{group}.{outcome}",
                    first.value,
                    first.state,
                    first.raw,
                    "",
                    readings=readings,
                )
            )
    return facts


def certainties(facts: tuple[Fact, ...]) -> list[Certainty]:
    return [fact.certainty for fact in facts[:5]]


def test_readings_that_agree_and_add_up_are_supported() -> None:
    judged = judge(review(seen("4", "4"), seen("1", "1"), seen("0", "0"), seen("2", "2"), seen("7", "7")))
    assert certainties(judged) == [Certainty.SUPPORTED] * 5
    assert judged[0].evidence == "page 4 (0.99); cell 4 (0.99); sums 1 of 1 hold"


def test_one_other_reading_that_mends_the_sum_is_inferred() -> None:
    judged = judge(review(seen("4", "4"), seen("6", "9"), seen("0", "0"), seen("2", "2"), seen("15", "15")))
    assert judged[1].value == Decimal(9)
    assert certainties(judged)[1] is Certainty.INFERRED
    assert certainties(judged)[0] is Certainty.SUPPORTED


def test_two_cells_that_could_each_mend_it_are_both_left_open() -> None:
    judged = judge(review(seen("4", "7"), seen("6", "9"), seen("0", "0"), seen("2", "2"), seen("15", "15")))
    assert [f.value for f in judged[:2]] == [None, None]
    assert [f.state for f in judged[:2]] == [State.UNREADABLE] * 2
    assert set(certainties(judged)) == {Certainty.UNCERTAIN}


def test_a_reading_that_mends_one_sum_and_breaks_another_is_none_to_be_inferred() -> None:
    """The cell stands in the sum of its row and in that of its column."""
    applicants = [c.code for c in vocabulary().table("requests", "2021").blocks[0].columns]

    def cell(row: str, column: str, *texts: str) -> Fact:
        readings = seen(*texts)
        return Fact("requests", row, column, readings[0].value, State.VALUE, texts[0], "", readings=readings)

    column = {"received": "6", "carried_in": "0", "granted": "6", "handled_total": "6", "carried_out": "0"}
    facts = []
    for row, figure in column.items():
        for applicant in applicants:
            printed = figure if applicant in ("natural_person", "total") else "0"
            facts.append(cell(row, applicant, printed, printed))
    place = next(
        i for i, f in enumerate(facts) if (f.row_code, f.column_code) == ("granted", "natural_person")
    )
    total = next(i for i, f in enumerate(facts) if (f.row_code, f.column_code) == ("granted", "total"))
    facts[place] = cell("granted", "natural_person", "6", "8")
    facts[total] = cell("granted", "total", "8", "8")
    judged = judge(facts)
    assert judged[place].certainty is Certainty.UNCERTAIN
    assert judged[place].value is None


def test_arithmetic_never_gives_a_number_that_was_not_read() -> None:
    judged = judge(review(seen("4", "4"), seen("6", "6"), seen("0", "0"), seen("2", "2"), seen("15", "15")))
    assert [f.value for f in judged[:5]] == [Decimal(n) for n in (4, 6, 0, 2, 15)]
    assert set(certainties(judged)) == {Certainty.UNCERTAIN}


def test_a_sum_proves_one_of_two_readings() -> None:
    judged = judge(review(seen("4", "4"), seen("9", "6"), seen("0", "0"), seen("2", "2"), seen("15", "15")))
    assert judged[1].value == Decimal(9)
    assert certainties(judged)[1] is Certainty.SUPPORTED


def test_a_point_in_a_count_is_a_speck_and_only_a_sum_may_say_so() -> None:
    rest = (seen("1", "1"), seen("0", "0"), seen("0", "0"))
    proved = judge(review(seen("7.9", "7.9"), *rest, seen("80", "80")))[0]
    assert (proved.value, proved.certainty) == (Decimal(79), Certainty.SUPPORTED)
    open_ = judge(review(seen("7.9", "7.9"), *rest, seen("9", "9")))[0]
    assert (open_.value, open_.state, open_.certainty) == (None, State.UNREADABLE, Certainty.UNCERTAIN)


def unread(*texts: str) -> tuple[ReadAs, ...]:
    return tuple(ReadAs(None, State.UNREADABLE, text, 0.9, "page") for text in texts)


def test_specks_and_gaps_in_a_count_are_for_the_sum_to_prove() -> None:
    rest = (seen("1", "1"), seen("0", "0"), seen("0", "0"))
    for printed, total, value in ((".4", "5", 4), ("1 6", "17", 16), ("3.0", "31", 30)):
        proved = judge(review(unread(printed, printed), *rest, seen(total, total)))[0]
        assert (proved.value, proved.certainty) == (Decimal(value), Certainty.SUPPORTED)
        open_ = judge(review(unread(printed, printed), *rest, seen("99", "99")))[0]
        assert (open_.value, open_.certainty) == (None, Certainty.UNCERTAIN)


def test_a_point_before_three_digits_of_a_count_is_a_comma() -> None:
    def issued(column: str) -> Fact:
        readings = (*seen("77946"), ReadAs(Decimal("77.946"), State.VALUE, "77.946", 0.94, "cell"))
        value = readings[0].value
        return Fact("disclosure", "regulations", column, value, State.VALUE, "", "", readings=readings)

    count, money = judge([issued("issued"), issued("amount_10k_yuan")])
    assert (count.value, count.certainty) == (Decimal(77946), Certainty.SUPPORTED)
    assert (money.value, money.certainty) == (None, Certainty.UNCERTAIN)


def test_where_no_sum_reaches_the_readings_must_agree_surely() -> None:
    def fees(*readings: ReadAs) -> Fact:
        return Fact(
            "disclosure", "fees", "amount_10k_yuan", readings[0].value, State.VALUE, "", "", readings=readings
        )

    agreed, differing, faint = judge(
        [fees(*seen("25.1", "25.1")), fees(*seen("25.1", "251")), fees(*seen("8", "8", confidence=0.4))]
    )
    assert (agreed.certainty, agreed.value) == (Certainty.SUPPORTED, Decimal("25.1"))
    assert (differing.certainty, differing.value) == (Certainty.UNCERTAIN, None)
    assert (faint.certainty, faint.value) == (Certainty.UNCERTAIN, Decimal(8))


def test_what_the_file_says_itself_is_certain() -> None:
    fact = Fact("disclosure", "fees", "amount_10k_yuan", Decimal(1), State.VALUE, "1", "html:/p")
    assert judge([fact]) == (fact,)
    assert fact.certainty is Certainty.CERTAIN
