"""How far a figure that was read from a picture may be relied on.

Recognition errs without knowing it, so no reading is believed for its own sake. A cell is read twice, and the
form's arithmetic is tried on what came out:

* two readings agree, and no sum speaks against them: *supported*;
* they differ, and every sum in which the cell stands holds with one of them: *supported* by arithmetic;
* the reading breaks sums, and its own other reading is the only one in them that mends them all: *inferred*;
* anything else is *uncertain*. Where the readings differ no number is given at all.

A blank or a dash is told by its ink, not by recognition. What the file itself says in characters is
*certain*.
A cell that no reading was found for may be there all the same, and is uncertain too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from parsers import checks
from parsers.report import Certainty, Check, Fact, ReadAs, State

_SURE = 0.75
"""Least confidence of both readings when nothing but their agreement supports a figure."""

_COUNTS = frozenset({"requests", "review"})
"""Tables of nothing but counts."""
_BROKEN = re.compile(r"\d*[. ][\d. ]*\d")
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+")

Place = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class _Sum:
    """An identity as tried: the places that stand in it, and whether it holds."""

    places: frozenset[Place]
    holds: bool


def judge(facts: Sequence[Fact]) -> tuple[Fact, ...]:
    """The facts with their certainty; those of pictures that nothing supports lose their number."""
    if not any(fact.readings for fact in facts):
        return tuple(facts)
    chosen = [_likeliest(_counted(fact)) for fact in facts]
    mended: set[Place] = set()
    while (mending := _mending(chosen, mended)) is not None:
        index, fact = mending
        mended.add(_place(fact))
        chosen[index] = fact
    sums = list(_sums(chosen))
    return tuple(_judged(fact, [s for s in sums if _place(fact) in s.places], mended) for fact in chosen)


def _place(fact: Fact) -> Place:
    return fact.table_code, fact.row_code, fact.column_code


def _counted(fact: Fact) -> Fact:
    """A count has no fraction and no gaps: a point in one is a comma between thousands, or a speck.

    What a speck or a gap leaves is only supposed: the reading itself says nothing, and the figure without it
    is another, for the sums to prove.
    """
    if not _is_count(fact) or not any(_BROKEN.fullmatch(_bare(r)) for r in fact.readings):
        return fact
    readings: list[ReadAs] = []
    for read in fact.readings:
        bare = _bare(read)
        if not _BROKEN.fullmatch(bare):
            readings.append(read)
            continue
        digits = bare.replace(".", "").replace(" ", "")
        if _THOUSANDS.fullmatch(bare):
            readings.append(replace(read, value=Decimal(digits), state=State.VALUE))
            continue
        readings.append(replace(read, value=None, state=State.UNREADABLE))
        less = read.confidence / 2
        readings.append(ReadAs(Decimal(digits), State.VALUE, digits, less, f"{read.source} as one figure"))
    return fact._replace(value=None, state=State.UNREADABLE, readings=tuple(readings))


def _is_count(fact: Fact) -> bool:
    """Whether the form asks for pieces there, and not for money."""
    if fact.table_code == "disclosure":
        return "amount" not in fact.column_code
    if fact.table_code == "statistics":
        return not fact.row_code.endswith("_yuan")
    return fact.table_code in _COUNTS


def _bare(read: ReadAs) -> str:
    return read.raw.rstrip("件条次 ")


def _likeliest(fact: Fact) -> Fact:
    """The fact by its surest reading that says something, to begin with."""
    said = [r for r in fact.readings if r.state is not State.UNREADABLE]
    return _with(fact, max(said, key=lambda r: r.confidence)) if said else fact


def _with(fact: Fact, reading: ReadAs) -> Fact:
    return fact._replace(value=reading.value, state=reading.state, raw=reading.raw)


def _sums(facts: Iterable[Fact]) -> Iterator[_Sum]:
    facts = list(facts)
    for check in checks.run(facts):
        if check.passed is not None and (places := frozenset(_members(check, facts))):
            yield _Sum(places, check.passed)


def _members(check: Check, facts: Iterable[Fact]) -> Iterator[Place]:
    """The places that stand in an identity, told by its rule and scope."""
    table, row, column = (check.scope.split("/") + ["", ""])[:3]
    for fact in facts:
        if fact.table_code != table or fact.state is State.ABSENT:
            continue
        if check.rule == "requests.applicants":
            inside = fact.row_code == row
        elif check.rule == "requests.balance":
            inside = fact.column_code == column and fact.row_code in checks.BALANCE
        elif check.rule == "requests.handled":
            inside = fact.column_code == column and (
                fact.row_code == "handled_total" or checks.is_part(fact.row_code)
            )
        else:
            inside = check.rule == "review.total" and fact.column_code.startswith(column.rstrip("*"))
        if inside:
            yield _place(fact)


def _mending(facts: list[Fact], mended: set[Place]) -> tuple[int, Fact] | None:
    """A cell whose other reading makes all its sums hold, where no other cell's mends any of them."""
    sums = list(_sums(facts))
    broken = [s for s in sums if not s.holds]
    if not broken:
        return None
    able: list[tuple[int, Fact, list[_Sum]]] = []
    for index, fact in enumerate(facts):
        mine = [s for s in broken if _place(fact) in s.places]
        if not mine or _place(fact) in mended:
            continue
        for other in _others(fact):
            tried = [*facts[:index], _with(fact, other), *facts[index + 1 :]]
            if all(s.holds for s in _sums(tried) if _place(fact) in s.places):
                able.append((index, _with(fact, other), mine))
    for index, fact, mine in able:
        rivals = [a for a in able if a[1] is not fact and any(s in mine for s in a[2])]
        if not rivals:
            return index, fact
    return None


def _others(fact: Fact) -> list[ReadAs]:
    """The readings that give another number than the present one."""
    found: dict[Decimal, ReadAs] = {}
    for reading in fact.readings:
        if reading.value is not None and reading.value != fact.value:
            found.setdefault(reading.value, reading)
    return list(found.values())


def _judged(fact: Fact, sums: list[_Sum], mended: set[Place]) -> Fact:
    if not fact.readings:
        told = fact.state not in (State.ABSENT, State.UNREADABLE)
        return fact if told else fact._replace(certainty=Certainty.UNCERTAIN)
    holding, failing = sum(s.holds for s in sums), sum(not s.holds for s in sums)
    certainty = _certainty(fact, holding, failing, _place(fact) in mended)
    evidence = _evidence(fact.readings, holding, failing)
    if certainty is Certainty.UNCERTAIN and not _agree(fact.readings):
        return fact._replace(value=None, state=State.UNREADABLE, certainty=certainty, evidence=evidence)
    return fact._replace(certainty=certainty, evidence=evidence)


def _certainty(fact: Fact, holding: int, failing: int, mended: bool) -> Certainty:
    if fact.state is State.UNREADABLE:
        return Certainty.UNCERTAIN
    if mended:
        return Certainty.INFERRED if holding and not failing else Certainty.UNCERTAIN
    if holding and not failing:
        return Certainty.SUPPORTED
    if not _agree(fact.readings):
        return Certainty.UNCERTAIN
    if failing and not holding:
        return Certainty.UNCERTAIN
    sure = holding or min(r.confidence for r in fact.readings) >= _SURE
    return Certainty.SUPPORTED if sure else Certainty.UNCERTAIN


def _agree(readings: Sequence[ReadAs]) -> bool:
    """Whether there is a second reading, or one by ink, and all say the same."""
    alone = len(readings) == 1 and readings[0].source != "ink"
    return not alone and len({(r.state, r.value) for r in readings}) == 1


def _evidence(readings: Sequence[ReadAs], holding: int, failing: int) -> str:
    """What was read how, and the sums tried: ``page 12 (0.99); cell 12 (1.00); sums 2 of 2 hold``."""
    said = [f"{r.source} {r.raw or r.state.value} ({r.confidence:.2f})" for r in readings]
    if holding + failing:
        said.append(f"sums {holding} of {holding + failing} hold")
    return "; ".join(said)
