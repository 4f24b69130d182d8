"""The crawl of a site failed, or was broken off and not gone on with."""

from __future__ import annotations

from collections.abc import Iterator

from scheduler.alarms.evidence import Evidence
from scheduler.alarms.failing import failing, told_as_one
from scheduler.alarms.finding import Finding, Kind, of_site

NAME = "site_failed"


def find(known: Evidence) -> Iterator[Finding]:
    told = told_as_one(known) | {site for host in known.hosts if host.refusals for site in host.sites}
    for site in failing(known):
        if site.site in told and (NAME, site.site) not in known.open:
            continue
        tonight = site.on(known.night)
        message = tonight.message if tonight and tonight.message else "—"
        yield Finding(site.site, {"message": message}, site.division)


KIND = Kind(
    NAME,
    find,
    judges=of_site,
)
