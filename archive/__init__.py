"""Keep: WARC files, the catalogue, versions and changes, and the questions people ask.

>>> import archive
>>> with archive.open("data") as a:
...     for report in a.reports(region="640500", year=2023):
...         print(report.agency, report.url)
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archive.api import Archive


def open(home: str | Path, database: str | None = None) -> Archive:
    """The archive in a home's folder, for questions; ``database`` is its URL when it is not SQLite there."""
    from archive.api import Archive  # here, so that a crawl does not load what only questions need

    return Archive(home, database)
