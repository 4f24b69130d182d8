"""Containers (ZIP, RAR, 7z): of the files in one, the one that is the report."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Protocol

from parsers.formats.archives import Member, members
from parsers.outcomes import TooMuch, UnreadableFile
from parsers.report import Extraction, Fact, Outcome, State
from parsers.sniff import IMAGES, ZIP, sniff

MOST_READ = 40
"""So many files of one container are read, the likeliest first."""
MOST_INFLATED = 300 * 1024 * 1024
"""Bytes, over all containers in one another."""
DEEPEST = 3
_LIKELY = re.compile(r"信息公开.*(?:年报|报告)|年度报告|年报|信息公开")
_PAGE = re.compile(r"\d{1,4}\.html?")
_NO_REPORT = re.compile(
    r"(?:^|/)(?:__MACOSX/|\.|~\$)|\.(?:exe|dll|js|css|ini|db|mp[34]|avi|ttf|lnk|url|xsd|dtd)$", re.IGNORECASE
)


class Budget:
    """What all containers in one another may ask for: bytes, and how deep they are in one another."""

    def __init__(self) -> None:
        self._left = MOST_INFLATED
        self._depth = 0

    @contextmanager
    def opened(self) -> Iterator[None]:
        """While a container is open. Raises :class:`~parsers.outcomes.TooMuch` for one that is too deep."""
        if self._depth >= DEEPEST:
            raise TooMuch(f"containers more than {DEEPEST} deep")
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1

    def spend(self, size: int) -> None:
        """Count the bytes of a file. Raises :class:`~parsers.outcomes.TooMuch` beyond the limit."""
        self._left -= size
        if self._left < 0:
            raise TooMuch(f"the containers inflate to more than {MOST_INFLATED} bytes")


class Reader(Protocol):
    """How the files of a container are read."""

    def file(self, data: bytes) -> Extraction:
        """Read one file."""

    def pictures(self, files: Sequence[bytes]) -> Extraction:
        """Read pictures as the pages of one document."""

    def pages(self, files: Sequence[Member]) -> Extraction:
        """Read web pages as the parts of one article."""


def read(data: bytes, media_type: str, reader: Reader) -> Extraction:
    """Read the likeliest files of a container; the extraction of the best, the file's name in its locators.

    Pictures are read where nothing else is the report, and as its pages. A ZIP that holds nothing but pages
    with numbers for names is one article, cut into them. Raises
    :class:`~parsers.outcomes.UnreadableFile` when the container cannot be opened.
    """
    if media_type == ZIP and (pages := in_order(members(data, media_type, _numbered))):
        return reader.pages(pages)
    found: list[tuple[str, Extraction]] = []
    pictures: list[Member] = []
    for member in members(data, media_type, likely):
        if member.fault is not None:
            reason = str(member.fault)
            found.append((member.name, Extraction(member.fault.outcome, media_type, reason=reason)))
        elif sniff(member.data) in IMAGES:
            pictures.append(member)
        else:
            found.append((member.name, reader.file(member.data)))
    if pictures and not any(extraction.outcome is Outcome.REPORT for _, extraction in found):
        pages = in_order(pictures)
        found.append((pages[0].name, reader.pictures([page.data for page in pages])))
    return _best(found, media_type)


def _best(found: Sequence[tuple[str, Extraction]], media_type: str) -> Extraction:
    if not found:
        raise UnreadableFile("no file in the container")
    name, best = max(found, key=lambda pair: _worth(pair[1]))  # of equals the first: the likelier name
    reports = sum(extraction.outcome is Outcome.REPORT for _, extraction in found)
    if best.outcome is not Outcome.REPORT:
        return Extraction(best.outcome, media_type, reason=_said(found))
    others = f"; {reports - 1} more of its files are reports" if reports > 1 else ""
    facts = tuple(_within(name, best.facts))
    return replace(best, media_type=media_type, reason=f"read from {name}{others}", facts=facts)


def _numbered(names: Sequence[str]) -> list[str]:
    """The names, where all are numbers of web pages: 001.html."""
    return list(names) if all(map(_PAGE.fullmatch, names)) else []


def in_order(pages: Iterable[Member]) -> list[Member]:
    """Pictures or web pages in the order that their names give them."""
    return sorted(pages, key=lambda member: _natural(member.name))


def _natural(name: str) -> list[tuple[int, str]]:
    """Names in the order that people give them: 2.jpg before 10.jpg."""
    return [(int(part), "") if part.isdecimal() else (0, part) for part in re.split(r"(\d{1,9})", name)]


def likely(names: Iterable[str]) -> list[str]:
    """The files that may be a report, the likeliest first by their names, and not too many."""
    wanted = [name for name in names if not _NO_REPORT.search(name)]
    return sorted(wanted, key=lambda name: not _LIKELY.search(name))[:MOST_READ]


def _worth(extraction: Extraction) -> tuple[int, int]:
    """How much a file is the report: a report with many figures above all, then what can be said of it."""
    ranks = (Outcome.REPORT, Outcome.NOT_A_REPORT, Outcome.ENCRYPTED, Outcome.UNSUPPORTED)
    rank = len(ranks) - ranks.index(extraction.outcome) if extraction.outcome in ranks else 0
    return rank, sum(fact.state is State.VALUE for fact in extraction.facts)


def _said(found: Sequence[tuple[str, Extraction]]) -> str:
    """Why none of the files is a report."""
    told = "; ".join(f"{name}: {extraction.reason}" for name, extraction in found[:5])
    return f"none of {len(found)} files in the container is a report: {told}"[:500]


def _within(name: str, facts: Iterable[Fact]) -> Iterator[Fact]:
    """The facts with the file's name before their locators: ``附件.docx!docx:/body/tbl[1]/…``."""
    for fact in facts:
        yield fact._replace(locator=f"{name}!{fact.locator}" if fact.locator else "")
