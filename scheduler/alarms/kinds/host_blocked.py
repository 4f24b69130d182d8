"""A host refuses us: a firewall, a captcha, a challenge that was not passed."""

from __future__ import annotations

from collections.abc import Iterator

from scheduler.alarms.evidence import Evidence
from scheduler.alarms.failing import told_as_one
from scheduler.alarms.finding import Details, Finding, Kind

NAME = "host_blocked"


def find(known: Evidence) -> Iterator[Finding]:
    told = told_as_one(known)
    for one in known.hosts:
        if not one.refusals or not one.sites & known.watched:
            continue
        if one.sites & told and (NAME, one.host) not in known.open:
            continue
        details: Details = {
            "sites": ", ".join(sorted(one.sites & known.watched)),
            "nights": one.refusals,
            "reason": one.reason or "—",
            "retry_at": one.retry_at or "—",
        }
        yield Finding(one.host, details, one.division)


KIND = Kind(
    NAME,
    find,
)
