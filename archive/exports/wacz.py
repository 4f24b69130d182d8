"""Gives captures out as a WACZ file: the records as they are, an index, a list of pages, and digests of all.

Of everything, each WARC file goes in byte for byte. Of a selection, its records and those that belong to
them are copied into a WARC file made for it, their bytes unchanged.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count, groupby
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit
from uuid import NAMESPACE_URL, uuid4, uuid5

from sqlalchemy import ColumnElement, and_, bindparam, or_, select, true, union
from sqlalchemy.orm import Session

from archive.capture import READABLE_KINDS
from archive.catalogue.engine import Catalogue
from archive.catalogue.models import Capture, Extraction, Linkage, Report, Resource, Site
from archive.times import Clock, compact, iso, utc_now
from archive.warc.bytesource import CHUNK, GZIP_MAGIC
from archive.warc.cdxj import SortedLines, build_index, cdxj_line, index_path
from archive.warc.reader import RecordUnreadable, record_at
from archive.warc.records import Record, walk_records
from archive.warc.wacz import WaczWriter
from archive.warc.writer import MAX_FILE_BYTES, digest

_BEARERS = ("response", "resource")


class NoSuchSite(LookupError):
    """No site of that name was crawled; the text says which there are."""


class NothingToExport(LookupError):
    """No capture fits."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which captures: those of a site, of some reports (their pages and files), or else all."""

    site: str | None = None
    reports: tuple[int, ...] | None = None

    @property
    def is_everything(self) -> bool:
        return self.site is None and self.reports is None

    def __str__(self) -> str:
        if self.site is not None:
            return f"site {self.site}"
        if self.reports is None:
            return "everything"
        return f"report {self.reports[0]}" if len(self.reports) == 1 else f"{len(self.reports)} reports"


@dataclass(slots=True)
class Exported:
    """What went into the file. ``still_open`` captures are in files being written, and so not in it.

    ``unreadable`` are records that could not be read, and are not in it either.
    """

    captures: int = 0
    files: int = 0
    pages: int = 0
    still_open: int = 0
    unreadable: list[str] = field(default_factory=list)


Progress = Callable[[str, int], None]
"""Called with each WARC file and the number of captures in it."""
_Places = Iterator[tuple[str, frozenset[int]]]


def export_wacz(
    catalogue: Catalogue,
    home: Path,
    target: Path,
    keep: Selection,
    *,
    software: str,
    clock: Clock = utc_now,
    progress: Progress | None = None,
) -> Exported:
    """Write the captures that ``keep`` names, and what their revisits refer to.

    Raises :class:`NoSuchSite`, :class:`NothingToExport` or OSError; then no file is left.
    """
    done = Exported()
    created = clock()
    with ExitStack() as stack:
        session = stack.enter_context(catalogue.reading())
        condition = _condition(session, keep)
        lines = stack.enter_context(closing(SortedLines()))
        out = stack.enter_context(WaczWriter(target, software=software, created=created))
        places = _closed(home, _places(session, condition), done, progress)
        if keep.is_everything:
            _copy_files(home, places, out, lines, done)
        else:
            records = _records(home, places, done)
            _copy_records(records, out, lines, created, f"{software}, export of {keep}")
        if not done.captures:
            raise NothingToExport(f"no closed WARC file holds a capture of {keep}")
        out.index(lines)
        _write_pages(out, _pages(session, condition), home, done)
        out.finish(f"nianbao: {keep}", f"{done.captures} captures of {done.files} WARC files")
    return done


# ------------------------------------------------------------- which captures


def _condition(session: Session, keep: Selection) -> ColumnElement[bool]:
    """Of captures joined with resources. What a revisit refers to comes along, wherever it is from."""
    if keep.is_everything:
        return true()
    chosen = _of_site(session, keep.site) if keep.site is not None else _of_reports(keep.reports or ())
    referred = (
        select(Capture.sha256)
        .join(Resource, Resource.resource_id == Capture.resource_id)
        .where(chosen, Capture.record_type == "revisit", Capture.sha256.is_not(None))
    )
    return or_(chosen, and_(Capture.record_type.in_(_BEARERS), Capture.sha256.in_(referred)))


def _of_site(session: Session, name: str) -> ColumnElement[bool]:
    """What was crawled for the site, and what was imported from its hosts."""
    site = session.scalar(select(Site).where(Site.name == name))
    if site is None:
        known = ", ".join(session.scalars(select(Site.name).order_by(Site.name))) or "none yet"
        raise NoSuchSite(f"no site called {name} was crawled; there are: {known}")
    hosts = {urlsplit(start).netloc.lower() for start in site.start.splitlines()}
    return or_(Resource.site_id == site.site_id, Resource.host.in_(hosts))


def _of_reports(reports: tuple[int, ...]) -> ColumnElement[bool]:
    """Their pages and files, and what their pages led to."""
    # written into the statement: a region may have more reports than a statement may have parameters
    ids: Any = bindparam("reports", reports, expanding=True, literal_execute=True)
    bearing = union(
        select(Linkage.resource_id).where(Linkage.report_id.in_(ids)),
        select(Report.resource_id).where(Report.report_id.in_(ids)),
        select(Report.page_id).where(Report.report_id.in_(ids), Report.page_id.is_not(None)),
    ).subquery()
    theirs = select(bearing.c[0])
    return or_(Resource.resource_id.in_(theirs), Resource.parent_id.in_(theirs))


def _places(session: Session, condition: ColumnElement[bool]) -> _Places:
    """The WARC files, and the bytes at which the captures' records begin in them."""
    query = (
        select(Capture.warc_file, Capture.warc_offset)
        .join(Resource, Resource.resource_id == Capture.resource_id)
        .where(condition, Capture.warc_file.is_not(None))
        .order_by(Capture.warc_file)
    )
    rows = session.execute(query, execution_options={"yield_per": 1000})
    for file, group in groupby(rows, key=lambda row: row.warc_file):
        yield str(file), frozenset(row.warc_offset for row in group)


def _closed(home: Path, places: _Places, done: Exported, progress: Progress | None) -> _Places:
    """Without files that a crawl is still writing."""
    for file, offsets in places:
        if not (home / file).exists():
            done.still_open += len(offsets)
            continue
        done.files += 1
        yield file, offsets
        if progress is not None:
            progress(file, len(offsets))


# ---------------------------------------------------------------- whole files


def _copy_files(home: Path, places: _Places, out: WaczWriter, lines: SortedLines, done: Exported) -> None:
    for file, offsets in places:
        with out.member(f"archive/{PurePosixPath(file).name}") as write, (home / file).open("rb") as source:
            while piece := source.read(CHUNK):
                write(piece)
        if not index_path(home, file).exists():
            build_index(home, file)
        with index_path(home, file).open(encoding="utf-8", newline="") as index:
            for line in index:
                lines.add(line)
        done.captures += len(offsets)


# -------------------------------------------------------------- single records


def _records(home: Path, places: _Places, done: Exported) -> Iterator[tuple[Record, bytes]]:
    """Each record chosen, proved as it is read, and as the gzip member that it is or is made."""
    for file, offsets in places:
        with (home / file).open("rb") as source:
            for offset in _chosen(home / file, offsets):
                try:
                    record = record_at(home, file, offset)
                except RecordUnreadable as error:
                    done.unreadable.append(str(error))
                    continue
                source.seek(offset)
                data = source.read(record.length)
                done.captures += offset in offsets
                yield record, data if data.startswith(GZIP_MAGIC) else gzip.compress(data, mtime=0)


def _chosen(path: Path, offsets: frozenset[int]) -> list[int]:
    """Where the captures' records begin, and those concurrent to them or about them."""
    others: list[tuple[int, str, set[str]]] = []
    ids: set[str] = set()
    wanted: set[str] = set()
    for found in walk_records(path):
        if not isinstance(found, Record):
            continue
        own, links = found.field("WARC-Record-ID") or "", _links(found)
        if found.offset in offsets:
            ids.add(own)
            wanted |= links
        elif found.kind != "warcinfo":
            others.append((found.offset, own, links))
    belonging = (offset for offset, own, links in others if own in wanted or links & ids)
    return sorted({*offsets, *belonging})


def _links(record: Record) -> set[str]:
    return {
        value for name, value in record.fields if name.lower() in ("warc-concurrent-to", "warc-refers-to")
    }


def _copy_records(
    records: Iterator[tuple[Record, bytes]],
    out: WaczWriter,
    lines: SortedLines,
    created: datetime,
    software: str,
) -> None:
    """Into WARC files of no more than the size that ISO 28500, annex C, advises, and a record."""
    ahead = next(records, None)
    for number in count(1):
        if ahead is None:
            return
        name = f"nianbao-{compact(created)}-export-{number:04}.warc.gz"
        with out.member(f"archive/{name}") as write:
            first = gzip.compress(_warcinfo(name, software, iso(created)), mtime=0)
            write(first)
            offset = len(first)
            while ahead is not None and offset < MAX_FILE_BYTES:
                record, data = ahead
                write(data)
                block = record.block or b""
                lines.add(cdxj_line(record.fields, block, offset=offset, length=len(data), name=name))
                offset += len(data)
                ahead = next(records, None)


def _warcinfo(name: str, software: str, date: str) -> bytes:
    block = f"software: {software}\r\nformat: WARC File Format 1.1\r\n".encode()
    head = (
        "WARC/1.1\r\nWARC-Type: warcinfo\r\n"
        f"WARC-Record-ID: <{uuid4().urn}>\r\nWARC-Date: {date}\r\nWARC-Filename: {name}\r\n"
        f"WARC-Block-Digest: {digest(block)}\r\nContent-Type: application/warc-fields\r\n"
        f"Content-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


# ----------------------------------------------------------------------- pages


@dataclass(frozen=True, slots=True)
class _Page:
    url: str
    at: str
    title: str | None
    file: str


def _pages(session: Session, condition: ColumnElement[bool]) -> Iterator[_Page]:
    """What a person would open: pages, and files that may be reports."""
    title = (
        select(Extraction.title)
        .where(Extraction.sha256 == Capture.sha256)
        .order_by(Extraction.revision.desc())
        .limit(1)
        .scalar_subquery()
    )
    readable = Resource.kind.in_([kind.value for kind in READABLE_KINDS])
    query = (
        select(Resource.url, Capture.fetched_at, title, Capture.warc_file)
        .join(Resource, Resource.resource_id == Capture.resource_id)
        .where(condition, Capture.verdict == "ok", Capture.warc_file.is_not(None))
        .where(or_(readable, Capture.media_type.like("%html%")))
        .order_by(Capture.capture_id)
    )
    for row in session.execute(query, execution_options={"yield_per": 1000}):
        yield _Page(*row)


def _write_pages(out: WaczWriter, pages: Iterator[_Page], home: Path, done: Exported) -> None:
    with out.member("pages/pages.jsonl", pack=True) as write:
        write(b'{"format": "json-pages-1.0", "id": "pages", "title": "Pages"}\n')
        for page in pages:
            if not (home / page.file).exists():
                continue
            said = {"id": uuid5(NAMESPACE_URL, f"{page.at} {page.url}").hex, "url": page.url, "ts": page.at}
            said |= {"title": page.title} if page.title else {}
            write(json.dumps(said, ensure_ascii=False).encode() + b"\n")
            done.pages += 1
