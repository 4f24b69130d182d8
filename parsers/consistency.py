"""Whether a report agrees with itself beyond its tables' totals: text against table, names, years, the annex.

Prose may speak of the office alone and the table of the whole division: a count that differs is shown with
both numbers, and need not be an error.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from parsers.checks import number
from parsers.identity import Identity
from parsers.report import Check, Fact, Fault, State, Stated

OF_NAMES = ("agency.named", "year.period")
"""The rules that no figure bears upon."""

_Places = Mapping[str, Fact]

_STATED_AS = {
    "requests.carried_in": "carried_in",
    "requests.granted": "granted",
    "requests.partially_granted": "partially_granted",
    "requests.denied": "denied.",
    "requests.unavailable": "unavailable.",
    "requests.not_processed": "not_processed.",
    "requests.other": "other",
    "requests.handled": "handled_total",
    "requests.carried_out": "carried_out",
}
_GROUPS = ("denied.", "unavailable.", "not_processed.", "other")
"""Rows that are broken down, by how their parts' codes begin."""
_REMEDIES = {
    "review.reconsideration": ("reconsideration",),
    "review.litigation": ("litigation_direct", "litigation_after_reconsideration"),
}
_ENDS = ("", ".upheld", ".corrected", ".other", ".pending")
_ANNEX = (
    ("requests.received", ("in_person", "fax", "online", "letter")),
    ("requests.completed", ("on_time", "extended")),
    ("requests.answered", ("already_disclosed", "granted", "partially_granted", "denied", "other_agency",
                           "not_exist", "told_to_amend", "told_other_channel")),
    ("requests.answered.denied", ("state_secret", "trade_secret", "privacy", "security_and_stability",
                                  "not_government_information", "other_law")),
    ("reconsideration", ("upheld", "corrected", "other")),
    ("litigation", ("upheld", "corrected", "other")),
    ("staffing.staff", ("full_time", "part_time")),
)  # fmt: skip


def run(facts: Iterable[Fact], stated: Sequence[Stated], who: Identity) -> tuple[Check, ...]:
    """All checks of this kind that the report allows."""
    return (*of_figures(facts, stated), *_names(who), *_year(who))


def of_figures(facts: Iterable[Fact], stated: Sequence[Stated]) -> tuple[Check, ...]:
    """Those that are about figures: all but :data:`OF_NAMES`."""
    facts = tuple(facts)
    places = {f"{f.table_code}/{f.row_code}/{f.column_code}": f for f in facts if _is_compared(f)}
    return (*_narrative(places, stated), *_annex(places), *_unread_rows(facts))


def _is_compared(fact: Fact) -> bool:
    return fact.column_code == "total" or fact.table_code in ("review", "statistics")


def _narrative(places: _Places, stated: Sequence[Stated]) -> Iterator[Check]:
    """Each count of the prose that the tables hold too: right when one sentence of several says the same."""
    said: dict[str, list[Stated]] = {}
    for one in stated:
        said.setdefault(one.code, []).append(one)
    for code, sentences in said.items():
        meant = _in_tables(places, code)
        if meant is None:
            continue
        scope, values = meant
        fitting = [s for s in sentences if s.value in values]
        shown = (fitting or sentences)[0]
        passed = True if fitting else None if None in values else False
        detail = f"{code}: the text says {shown.value}, the table {_written(values)}: {shown.sentence}"
        fault = Fault.SCOPE if passed is False else None
        rule = f"narrative.{code.partition('.')[0]}"
        yield Check(rule, scope, passed, values[0], shown.value, detail, fault)


def _in_tables(places: _Places, code: str) -> tuple[str, list[Decimal | None]] | None:
    """Where the tables hold a count of the prose, and the values that it may state."""
    if code == "requests.received":
        scope = "requests/received/total"
        if scope not in places:
            return None
        new, before = number(places[scope]), number(places.get("requests/carried_in/total"))
        return scope, [new, *([new + before] if new is not None and before is not None else [])]
    if code in _STATED_AS:
        row = _STATED_AS[code]
        start = f"requests/{row}"
        cells = [k for k in places if k.endswith("/total") and k.startswith(start)]
        scope = f"requests/{row}*/total" if row in _GROUPS else f"requests/{row}/total"
        return (scope, [_sum(places, cells)]) if cells else None
    for remedy, groups in _REMEDIES.items():
        for end in _ENDS:
            if code == remedy + end:
                cells = [f"review/cases/{g}{end or '.total'}" for g in groups]
                return (" + ".join(cells), [_sum(places, cells)]) if cells[0] in places else None
    return None


def _sum(places: _Places, keys: Iterable[str]) -> Decimal | None:
    """The sum of the cells that the form has; None where one is no number."""
    facts = [places[k] for k in keys if k in places and places[k].state is not State.ABSENT]
    values = [number(f) for f in facts]
    known = [v for v in values if v is not None]
    return sum(known, Decimal(0)) if facts and len(known) == len(values) else None


def _written(values: Iterable[Decimal | None]) -> str:
    return " or ".join("no number" if v is None else str(v) for v in values)


def _annex(places: _Places) -> Iterator[Check]:
    """The rows of the annex that others break down."""
    for whole, parts in _ANNEX:
        total = places.get(f"statistics/{whole}/value")
        if total is None or total.state is State.ABSENT:
            continue
        expected = _sum(places, [f"statistics/{whole}.{part}/value" for part in parts])
        actual = number(total)
        passed = None if expected is None or actual is None else expected == actual
        detail = f"{whole}: sum of {', '.join(parts)} = {expected}, printed {actual}"
        fault = Fault.OFFICE if passed is False else None
        yield Check("statistics.sum", f"statistics/{whole}.*/value", passed, expected, actual, detail, fault)


def _unread_rows(all_facts: Sequence[Fact]) -> Iterator[Check]:
    """Rows of which every cell is unreadable: their label could not be told, or the row is printed twice."""
    unread = [f for f in all_facts if f.state is State.UNREADABLE]
    rows = dict.fromkeys((f.table_code, f.row_code) for f in unread if not f.table_code.startswith("other."))
    for table, row in rows:
        facts = [f for f in all_facts if f.table_code == table and f.row_code == row]
        if len(facts) > 1 and all(f.state is State.UNREADABLE for f in facts):
            detail = f"which row this is could not be told: {facts[0].raw}"
            yield Check("labels.known", f"{table}/{row}/*", False, None, None, detail, Fault.READER)


def _names(who: Identity) -> Iterator[Check]:
    """The agency that the text says made the report, against the title's."""
    if who.agency and who.made_by:
        same = _same_agency(who.agency, who.made_by)
        detail = f"the title names {who.agency}, the text {who.made_by}"
        yield Check("agency.named", "agency", same, None, None, detail, None if same else Fault.OFFICE)


def _same_agency(a: str, b: str) -> bool:
    """Whether one name is the other with the divisions above it, or its office (办公室) speaks for it."""
    short, long = sorted((a.removesuffix("办公室"), b.removesuffix("办公室")), key=len)
    return long.endswith(short) or long.startswith(short)


def _year(who: Identity) -> Iterator[Check]:
    """The year of the title against the period that the figures are of."""
    if who.year and who.period_year:
        same = who.year == who.period_year
        detail = f"the title says {who.year}, the figures are of {who.period_year}"
        fault = None if same else Fault.OFFICE
        yield Check("year.period", "year", same, Decimal(who.year), Decimal(who.period_year), detail, fault)
