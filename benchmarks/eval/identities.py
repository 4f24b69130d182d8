"""The form's arithmetic on printed figures, written apart from the parsers', to hold them against it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

_APPLICANTS = ("natural_person", "business", "research", "welfare", "legal_services", "other_organization")
_OUTSIDE = ("received", "carried_in", "handled_total", "carried_out")
_REVIEW = ("reconsideration", "litigation_direct", "litigation_after_reconsideration")
_ENDS = ("upheld", "corrected", "other", "pending")
Printed = Mapping[str, Decimal | None]


def failed(printed: Printed) -> frozenset[tuple[str, str]]:
    """Rule and scope of every identity that certainly does not hold; one with a blank in it is left out."""
    return frozenset(
        place for place, left, right in _pairs(printed) if None not in (left, right) and left != right
    )


def _pairs(printed: Printed) -> list[tuple[tuple[str, str], Decimal | None, Decimal | None]]:
    requests = {tuple(k.split("/")[1:]): v for k, v in printed.items() if k.startswith("requests/")}
    rows = list(dict.fromkeys(row for row, _ in requests))
    found = []
    for column in (*_APPLICANTS, "total") if rows else ():
        at = {row: requests[row, column] for row in rows}
        came, left = _sum(at["received"], at["carried_in"]), _sum(at["handled_total"], at["carried_out"])
        results = _sum(*(value for row, value in at.items() if row not in _OUTSIDE))
        found.append((("requests.balance", f"requests/*/{column}"), came, left))
        found.append((("requests.handled", f"requests/*/{column}"), results, at["handled_total"]))
    for row in rows:
        parts = _sum(*(requests[row, column] for column in _APPLICANTS))
        found.append((("requests.applicants", f"requests/{row}/*"), parts, requests[row, "total"]))
    if rows:
        for group in _REVIEW:
            parts = _sum(*(printed[f"review/cases/{group}.{end}"] for end in _ENDS))
            place = ("review.total", f"review/cases/{group}.*")
            found.append((place, parts, printed[f"review/cases/{group}.total"]))
    return found


def _sum(*terms: Decimal | None) -> Decimal | None:
    known = [term for term in terms if term is not None]
    return sum(known, Decimal(0)) if len(known) == len(terms) else None
