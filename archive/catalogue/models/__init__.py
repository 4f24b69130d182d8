"""The catalogue's tables.

Two kinds, never mixed. *Evidence* is what was seen and read: it is only ever added to. A
*projection* is what people ask for; it is derived from the evidence and can be made again. Beside them
stands the *memory* of crawler and scheduler, which only says how to go about the next crawl or job.
Names are singular; the views that people query (:mod:`archive.catalogue.views`) are plural.
"""

from archive.catalogue.models.base import Base
from archive.catalogue.models.derived import (
    Agency,
    Change,
    Disagreement,
    Division,
    Linkage,
    Naming,
    Override,
    Presence,
    Projection,
    Reckoning,
    Report,
    SearchReport,
    SearchSection,
    Tally,
    Version,
)
from archive.catalogue.models.memory import Alarm, Host, JobRun, Notice
from archive.catalogue.models.people import Correction, Decision
from archive.catalogue.models.read import Extraction, Fact, Finding, Mention, Section, Stated
from archive.catalogue.models.seen import Blob, Capture, Listing, Resource, Run, Sighting, Site, SiteRun

__all__ = [
    "Agency",
    "Alarm",
    "Base",
    "Blob",
    "Capture",
    "Change",
    "Correction",
    "Decision",
    "Disagreement",
    "Division",
    "Extraction",
    "Fact",
    "Finding",
    "Host",
    "JobRun",
    "Linkage",
    "Listing",
    "Mention",
    "Naming",
    "Notice",
    "Override",
    "Presence",
    "Projection",
    "Reckoning",
    "Report",
    "Resource",
    "Run",
    "SearchReport",
    "SearchSection",
    "Section",
    "Sighting",
    "Site",
    "SiteRun",
    "Stated",
    "Tally",
    "Version",
]
