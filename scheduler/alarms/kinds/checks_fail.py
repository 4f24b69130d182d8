"""More sums fail than usual in what was read tonight: the form changed, or our reading of it broke."""

from __future__ import annotations

from collections.abc import Iterator

from scheduler.alarms.evidence import Checked, Evidence
from scheduler.alarms.finding import Details, Finding, Kind

LEAST_CHECKS = 20
LEAST_FAILED = 5
TIMES = 2.0
MARGIN = 0.02
"""Twice the usual share, and two in a hundred more: offices err too."""
WITHOUT_HISTORY = 0.1


def find(known: Evidence) -> Iterator[Finding]:
    for one in known.checked:
        if one.of >= LEAST_CHECKS and one.failed >= LEAST_FAILED and _share(one) > _most(known.usual):
            details: Details = {
                "failed": one.failed,
                "of": one.of,
                "percent": round(100 * _share(one)),
                "usual": round(100 * _share(known.usual)),
            }
            yield Finding(one.site, details, known.division_of(one.site))


def _share(checked: Checked) -> float:
    return checked.failed / checked.of if checked.of else 0.0


def _most(usual: Checked) -> float:
    return TIMES * _share(usual) + MARGIN if usual.of >= LEAST_CHECKS else WITHOUT_HISTORY


def judges(known: Evidence, subject: str) -> bool:
    return any(one.site == subject and one.of >= LEAST_CHECKS for one in known.checked)


KIND = Kind(
    "checks_fail",
    find,
    judges=judges,
)
