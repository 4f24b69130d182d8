"""A URL's captures over time, and the file that one of them is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from archive.catalogue.engine import Catalogue
from archive.queries import COLUMNS, Rows
from archive.sortkey import sort_key
from archive.times import iso, read_moment

_WITH_BYTES = "sha256 IS NOT NULL AND verdict IN ('ok', 'not_modified')"
_SAME_URL = (
    "SELECT url FROM resource WHERE url = :url OR (surt = :surt AND NOT EXISTS "
    "(SELECT 1 FROM resource WHERE url = :url))"
)
_BY_TIME = "fetched_at, capture_id"


@contextmanager
def captures_of(catalogue: Catalogue, url: str) -> Iterator[Rows]:
    """All captures of a URL, oldest first, whatever came of them.

    A URL that was never asked for as it is written is looked for as web archives do: whatever its scheme,
    ``www``, case and order of parameters.
    """
    statement = text(
        f"SELECT {COLUMNS['captures']} FROM captures WHERE url IN ({_SAME_URL}) ORDER BY {_BY_TIME}"
    )
    with catalogue.reading() as session:
        result = session.execute(statement, _url_values(url), execution_options={"yield_per": 1000})
        yield Rows(tuple(result.keys()), iter(result))


def find_blob(catalogue: Catalogue, name: str, at: datetime | None = None) -> str:
    """The sha256 of a file: given as such (or its first 8 digits or more), or captured at a URL.

    Of a URL's captures the newest, or the one nearest to ``at`` (of two as near the earlier).
    Raises LookupError when none or several fit.
    """
    with catalogue.reading() as session:
        if re.fullmatch(r"[0-9a-f]{8,64}", name):
            query = text("SELECT sha256 FROM blob WHERE sha256 LIKE :name LIMIT 2")
            found = list(session.scalars(query, {"name": f"{name}%"}))
            if len(found) > 1:
                raise LookupError(f"several files begin with {name}; give more digits")
        else:
            found = _captured(session, name, at)
    if not found:
        raise LookupError(f"the archive holds no file {name}; `nianbao sql` over captures lists them")
    return str(found[0])


def _url_values(url: str) -> dict[str, str]:
    try:
        return {"url": url, "surt": sort_key(url)}
    except (ValueError, UnicodeError):
        return {"url": url, "surt": url}


def _captured(session: Session, url: str, at: datetime | None) -> list[str]:
    """The sha256 of the capture asked for, if there is one."""
    query = f"SELECT sha256, fetched_at FROM captures WHERE url IN ({_SAME_URL}) AND {_WITH_BYTES}"
    newest = "ORDER BY fetched_at DESC, capture_id DESC LIMIT 1"
    values = _url_values(url)
    if at is None:
        return list(session.scalars(text(f"{query} {newest}"), values))
    values["at"] = iso(at)
    before = session.execute(text(f"{query} AND fetched_at <= :at {newest}"), values).first()
    after = session.execute(text(f"{query} AND fetched_at > :at ORDER BY {_BY_TIME} LIMIT 1"), values).first()
    near = [(abs(read_moment(row.fetched_at) - at), row.sha256) for row in (before, after) if row is not None]
    return [min(near, key=lambda one: one[0])[1]] if near else []
