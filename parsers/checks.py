"""The arithmetic that the forms state of themselves, tried on the facts.

The head of table 3 says 第一项加第二项之和，等于第三项加第四项之和; the totals of rows, of （七）总计 and
of table 4
are sums by their meaning. Where a blank, a dash or an unread cell stands in the sum the check stays open.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cache

from parsers.forms.vocabulary import vocabulary
from parsers.report import Certainty, Check, Fact, Fault, State

IDENTITIES = ("requests.balance", "requests.handled", "requests.applicants", "review.total")
"""The rules of this module: what the forms' figures must be among themselves."""

BALANCE = ("received", "carried_in", "handled_total", "carried_out")
"""The rows of table 3 that the form's own statement binds: 一 + 二 = 三（七） + 四."""

_PARTS = ("granted", "partially_granted", "denied.", "unavailable.", "not_processed.", "other")
_GROUPS = {
    "reconsideration": "行政复议",
    "litigation_direct": "未经复议直接起诉",
    "litigation_after_reconsideration": "复议后起诉",
}
_OUTCOMES = {"upheld": "结果维持", "corrected": "结果纠正", "other": "其他结果", "pending": "尚未审结"}


def run(facts: Iterable[Fact]) -> tuple[Check, ...]:
    """All checks that the facts allow."""
    facts = tuple(facts)
    review = {f.column_code: f for f in facts if f.table_code == "review"}
    return (*_requests(f for f in facts if f.table_code == "requests"), *_review(review))


@cache
def is_part(row: str) -> bool:
    """Whether a row of table 3 is one of the results that （七）总计 sums up."""
    return any(row == p or (p[-1] == "." and row.startswith(p)) for p in _PARTS) or row.startswith("other")


@cache
def _columns() -> dict[str, str]:
    return {c.code: c.label for c in vocabulary().table("requests", "2021").blocks[0].columns}


@cache
def _labels() -> dict[str, str]:
    return {r.code: r.label for e in ("2019", "2021") for r in vocabulary().table("requests", e).rows()}


def _requests(facts: Iterable[Fact]) -> Iterable[Check]:
    columns: dict[str, dict[str, Fact]] = {column: {} for column in _columns()}
    rows: dict[str, list[Fact]] = {}
    for fact in facts:
        columns[fact.column_code][fact.row_code] = fact
        rows.setdefault(fact.row_code, []).append(fact)
    parts = [r for r in rows if is_part(r)]
    for column, said in columns.items() if rows else ():
        label = _columns()[column]
        yield _balance(said, column, label)
        yield _sum(
            "requests.handled", f"requests/*/{column}", [said[r] for r in parts], said.get("handled_total"),
            f"{label}: sum of the results （一） to （六） = （七）总计",
        )  # fmt: skip
    for row, across in rows.items():
        terms = [f for f in across if f.column_code != "total"]
        detail = f"{_labels()[row]}: sum of the six kinds of applicant = 总计"
        yield _sum("requests.applicants", f"requests/{row}/*", terms, columns["total"].get(row), detail)


def _balance(said: Mapping[str, Fact], column: str, label: str) -> Check:
    received, carried_in, handled, carried_out = (number(said.get(n)) for n in BALANCE)
    expected = None if received is None or carried_in is None else received + carried_in
    actual = None if handled is None or carried_out is None else handled + carried_out
    passed = None if expected is None or actual is None else expected == actual
    terms = [_printed(said.get(n)) for n in BALANCE]
    detail = f"{label}: 一 + 二 = 三（七）+ 四: {terms[0]} + {terms[1]} = {terms[2]} + {terms[3]}"
    fault = _fault(passed, [said.get(n) for n in BALANCE])
    return Check("requests.balance", f"requests/*/{column}", passed, expected, actual, detail, fault)


def _review(facts: Mapping[str, Fact]) -> Iterable[Check]:
    for group, label in _GROUPS.items():
        if facts:
            terms = [facts[f"{group}.{o}"] for o in _OUTCOMES]
            detail = f"{label}: {' + '.join(_OUTCOMES.values())} = 总计"
            yield _sum("review.total", f"review/cases/{group}.*", terms, facts[f"{group}.total"], detail)


def _sum(rule: str, scope: str, terms: list[Fact], total: Fact | None, detail: str) -> Check:
    known = [f.value for f in terms if f.value is not None and f.state is State.VALUE]
    expected = sum(known, Decimal(0)) if len(known) == len(terms) else None
    actual = number(total)
    passed = None if expected is None or actual is None else expected == actual
    written = " + ".join([_printed(f) for f in terms])
    fault = _fault(passed, [*terms, total])
    return Check(rule, scope, passed, expected, actual, f"{detail}: {written} = {_printed(total)}", fault)


def _fault(passed: bool | None, facts: Iterable[Fact | None]) -> Fault | None:
    """Whose a failure is: the office's where every cell is sure to be read as it is printed."""
    if passed is not False:
        return None
    doubtful = (Certainty.UNCERTAIN, Certainty.INFERRED)
    return Fault.READER if any(f and f.certainty in doubtful for f in facts) else Fault.OFFICE


def number(fact: Fact | None) -> Decimal | None:
    """The number that stands in the cell; None for anything else."""
    return fact.value if fact and fact.state is State.VALUE else None


def _printed(fact: Fact | None) -> str:
    """The number, or the name of the state in its place."""
    if fact is None:
        return State.ABSENT
    return str(fact.value) if fact.value is not None else fact.state
