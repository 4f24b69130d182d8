"""New reports by the way that all take: archived, stored as read, derived, indexed. Reading is left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

from archive.capture import Fetched, Kind
from archive.catalogue.engine import Catalogue
from archive.history.project import project
from archive.reading import read_blobs
from archive.recorder import Recorder
from archive.runs import RunStatus, close_run, open_run
from archive.warc.exchange import Exchange
from benchmarks.catalogue.synthetic import Named, facts_of, sections_of, url_of
from parsers.divisions import candidates
from parsers.isolation import Readers
from parsers.report import REVISION, Check, Extraction, Fact, Outcome, Section, State

THIRD = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"


def ingest(catalogue: Catalogue, home: Path, names: list[Named]) -> None:
    """Take in these reports as one crawl's."""
    run_id = open_run(catalogue, "crawl", lambda: THIRD)
    with Recorder(catalogue, home, run_id=run_id, host="bench", software="benchmark") as recorder:
        for number, _, _ in names:
            recorder.add(_fetched(number))
    files = [sha256(_body(number)).hexdigest() for number, _, _ in names]
    read_blobs(catalogue, home, files, _AsWritten(names))
    project(catalogue)
    close_run(catalogue, run_id, RunStatus.DONE, lambda: THIRD)


def _fetched(number: int) -> Fetched:
    body = _body(number)
    sent = Exchange(url_of(number), THIRD, b"GET / HTTP/1.1\r\n\r\n", _HEAD + body)
    return Fetched(
        url=url_of(number), fetched_at=THIRD, kind=Kind.ARTICLE, verdict="ok", status=200, exchange=sent,
        body=body, media_type="text/html",
    )  # fmt: skip


def _body(number: int) -> bytes:
    return b"%d\n" % number + "".join(section[3] for section in sections_of(number)).encode()


class _AsWritten(Readers):
    """Gives what the reports were made from in place of reading them."""

    def __init__(self, names: list[Named]) -> None:
        self._names = {named[0]: named for named in names}

    def read_many(self, items: Iterable[tuple[str, bytes, str | None]]) -> Iterator[tuple[str, Extraction]]:
        for digest, data, _ in items:
            yield digest, _extraction(*self._names[int(data.partition(b"\n")[0])], digest)


def _extraction(number: int, agency: str, year: int, digest: str) -> Extraction:
    facts = (
        Fact(table, row, column, Decimal(value), State(state), raw, locator)
        for _, table, row, column, value, state, raw, locator in facts_of(number)
    )
    return Extraction(
        outcome=Outcome.REPORT, media_type="text/html", revision=REVISION,
        title=f"{agency}{year}年政府信息公开工作年度报告", agency=agency, year=year, edition="2021",
        published_on=date(year + 1, 1, number % 28 + 1), divisions=tuple(candidates(agency)),
        content_sha256=digest, facts=tuple(facts),
        sections=tuple(Section(ordinal, heading, text) for _, ordinal, heading, text in sections_of(number)),
        checks=tuple(Check("requests.balance", str(i), True, None, None, "") for i in range(20)),
    )  # fmt: skip
