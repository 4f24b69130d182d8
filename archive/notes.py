"""What the catalogue knows of a fetch, written into its WARC record as well.

So the evidence does not hang on the database: from the WARC files alone its tables can be made again.
A capture's notes are header fields of its record (``Nianbao-Verdict``, …), as ISO 28500:2017, 4, allows; a
run and its site are fields of each file's ``warcinfo``; a fetch that got no answer, and a list as it was
walked, are ``metadata`` records. :func:`notes_of` writes what :func:`recall` reads.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from archive.capture import Fetched, Kind, ListedItem, ListingSeen, Via
from archive.evidence import CARRIERS, Archived
from archive.times import from_iso, iso
from archive.warc.exchange import Original, Placed
from archive.warc.own_record import Record
from archive.warc.payload import (
    UndecodableBody,
    decode_body,
    head_fields,
    media_type_of,
    split_head,
    status_of,
)

PREFIX = "nianbao-"
LISTING_TYPE = "application/vnd.nianbao.listing+json"
_NOT_MODIFIED = 304


@dataclass(frozen=True, slots=True)
class FileOf:
    """What a payload digest stands for in the archive: the sha256 and size of the file's bytes."""

    sha256: str
    size: int


Resolve = Callable[[Original], FileOf | None]
"""Finds the file that a revisit refers to; None if the archive does not hold it."""


@dataclass(frozen=True, slots=True)
class RunNotes:
    """Of which run and site a WARC file holds captures, as its ``warcinfo`` says. Times are ISO 8601."""

    run_id: int
    kind: str
    started_at: str
    site: str | None = None
    title: str | None = None
    division: str | None = None
    start: tuple[str, ...] = ()


def notes_of(fetched: Fetched) -> dict[str, str]:
    """The notes of a capture's own record; of a 304, which has no HTTP block, its head's fields too."""
    notes = {
        "Verdict": fetched.verdict,
        "Kind": fetched.kind.value,
        "Via": fetched.via.value,
        "Reason": fetched.reason,
        "Parent": fetched.parent_url,
        "Location": fetched.location,
        "Again": "yes" if fetched.again else None,
        "Cut": "yes" if fetched.cut else None,
    }
    if fetched.exchange is not None and fetched.url != fetched.exchange.url:
        notes["URL"] = fetched.url
    if fetched.status == _NOT_MODIFIED:
        notes |= {
            "Media-Type": fetched.media_type,
            "ETag": fetched.etag,
            "Last-Modified": fetched.last_modified,
        }
    return {name: value for name, value in notes.items() if value}


def is_capture(record: Record) -> bool:
    """Whether the record stands for a fetch, and so has a row in the catalogue."""
    if record.type == "metadata":
        return f"{PREFIX}verdict" in record.fields
    return record.type in (*CARRIERS, "revisit")


def recall(record: Record, placed: Placed, resolve: Resolve) -> Archived | None:
    """The capture that a record tells of; None for a record that stands for none (a request, a warcinfo)."""
    if not is_capture(record):
        return None
    notes = _notes_in(record)
    if record.type == "metadata":
        payload = notes.get("payload")
        file = resolve(Original(record.url, "", payload)) if payload else None
        return _archived(_fetched(record, notes, None, {}), placed, file.sha256 if file else None)
    if record.type in ("resource", "conversion"):
        fetched = _fetched(record, notes, status=None, fields={"content-type": record.fields["content-type"]})
        return _archived(fetched, placed, hashlib.sha256(record.block).hexdigest(), len(record.block))
    head, body = split_head(record.block)
    if record.type == "revisit":
        return _revisit(record, notes, head, placed, resolve)
    fields = head_fields(head)
    fetched = _fetched(record, notes, status_of(head), fields)
    data = _decoded(body, fields) if fetched.status != _NOT_MODIFIED else None
    if data is None:
        return _archived(fetched, placed)
    return _archived(fetched, placed, hashlib.sha256(data).hexdigest(), len(data))


def listing_block(listing: ListingSeen) -> bytes:
    """A list as it was walked, as the block of its ``metadata`` record."""
    return json.dumps(asdict(listing), ensure_ascii=False).encode()


def recall_listing(record: Record) -> tuple[ListingSeen, str] | None:
    """The list that a record tells of, and when it was seen; None for any other record."""
    if record.type != "metadata" or record.fields.get("content-type") != LISTING_TYPE:
        return None
    said: dict[str, Any] = json.loads(record.block)
    items = tuple(ListedItem(**item) for item in said.pop("items"))
    return ListingSeen(**said, items=items), record.date


def fields_of(run: RunNotes) -> dict[str, str]:
    """The ``warcinfo`` fields of a run and its site."""
    fields = {
        "Run": str(run.run_id),
        "Run-Kind": run.kind,
        "Run-Started": run.started_at,
        "Site": run.site,
        "Site-Title": run.title,
        "Site-Division": run.division,
        "Site-Start": " ".join(run.start),
    }
    return {f"Nianbao-{name}": value for name, value in fields.items() if value}


def recall_run(record: Record) -> RunNotes | None:
    """The run that a ``warcinfo`` record tells of; None for a file of another's making."""
    if record.type != "warcinfo":
        return None
    said = _parts(line.partition(": ")[::2] for line in record.block.decode("utf-8", "replace").splitlines())
    if not said.get("run", "").isdecimal():
        return None
    return RunNotes(
        run_id=int(said["run"]),
        kind=said.get("run-kind", "crawl"),
        started_at=said.get("run-started", record.date),
        site=said.get("site"),
        title=said.get("site-title"),
        division=said.get("site-division"),
        start=tuple(said.get("site-start", "").split()),
    )


def _notes_in(record: Record) -> dict[str, str]:
    return _parts(record.fields.items())


def _parts(fields: Any) -> dict[str, str]:
    found = ((name.lower(), value) for name, value in fields)
    return {name.removeprefix(PREFIX): value for name, value in found if name.startswith(PREFIX)}


def _revisit(
    record: Record, notes: Mapping[str, str], head: bytes, placed: Placed, resolve: Resolve
) -> Archived:
    """A revisit's file is its original's."""
    not_modified = "server-not-modified" in record.fields.get("warc-profile", "")
    original = Original(
        record.fields.get("warc-refers-to-target-uri", "").strip("<>"),
        record.fields.get("warc-refers-to-date", ""),
        record.fields.get("warc-payload-digest", ""),
    )
    file = resolve(original)
    status = _NOT_MODIFIED if not_modified else status_of(head)
    fetched = _fetched(record, notes, status, head_fields(head))
    if file is None:
        return _archived(fetched, placed)
    return _archived(fetched, placed, file.sha256, None if not_modified else file.size)


def _fetched(record: Record, notes: Mapping[str, str], status: int | None, fields: dict[str, str]) -> Fetched:
    return Fetched(
        url=notes.get("url", record.url),
        fetched_at=from_iso(record.date),
        kind=Kind(notes.get("kind", Kind.PAGE)),
        verdict=notes.get("verdict", "ok" if status in (None, 200) else "error"),
        reason=notes.get("reason"),
        status=status,
        media_type=media_type_of(fields) or notes.get("media-type"),
        etag=fields.get("etag") or notes.get("etag"),
        last_modified=fields.get("last-modified") or notes.get("last-modified"),
        parent_url=notes.get("parent"),
        via=Via(notes.get("via", Via.HTTP)),
        location=notes.get("location"),
        again="again" in notes,
        cut="cut" in notes,
    )


def _archived(
    fetched: Fetched, placed: Placed, sha256: str | None = None, size: int | None = None
) -> Archived:
    return Archived(fetched, placed, iso(fetched.fetched_at), sha256, size)


def _decoded(body: bytes, fields: dict[str, str]) -> bytes | None:
    try:
        return decode_body(body, fields)
    except UndecodableBody:
        return None
