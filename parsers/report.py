"""What a file yields when it is read as an annual report (政府信息公开工作年度报告).

An :class:`Extraction` is the whole answer: a function of the bytes, the media type and the
parser's :data:`REVISION`, and of nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

REVISION = 3
"""Raised whenever the same bytes may read differently; a stored extraction keeps its own."""


class State(StrEnum):
    """What stood in a cell. Only ``VALUE`` carries a number: a blank is never 0."""

    VALUE = "value"
    BLANK = "blank"
    DASH = "dash"
    ABSENT = "absent"
    UNREADABLE = "unreadable"


class Certainty(StrEnum):
    """How far a figure may be relied on; how it is told is in :mod:`parsers.certainty`.

    ``CERTAIN``: the file holds it in characters. The others are of pictures. ``SUPPORTED``: two readings
    agree, or the form's arithmetic proves one of them. ``INFERRED``: the other reading of this one cell
    mends sums that fail without it. ``UNCERTAIN``: nothing supports it; not to be cited without looking.
    """

    CERTAIN = "certain"
    SUPPORTED = "supported"
    INFERRED = "inferred"
    UNCERTAIN = "uncertain"


class Outcome(StrEnum):
    """What became of reading a file."""

    REPORT = "report"
    NOT_A_REPORT = "not_a_report"
    UNSUPPORTED = "unsupported"
    ENCRYPTED = "encrypted"
    UNREADABLE = "unreadable"
    FAILED = "failed"
    TIMED_OUT = "timed_out"
    OUT_OF_MEMORY = "out_of_memory"


@dataclass(frozen=True, slots=True)
class ReadAs:
    """What one reading of a picture's cell says; ``source`` and ``confidence`` are those of
    :class:`parsers.document.Reading`.
    """

    value: Decimal | None
    state: State
    raw: str
    confidence: float
    source: str


@dataclass(frozen=True, slots=True)
class Fact:
    """One cell of a form, with codes of ``data/annual_report_forms.json``.

    ``table_code`` is ``disclosure``, ``requests``, ``review`` or ``statistics``; a table that fits no form
    is kept cell by cell as ``other.N`` with row ``rI`` and column ``cJ`` (from 1).
    ``value`` is in the unit that the form prescribes (a remark ``251000元`` in a 万元 column is 25.1).
    ``evidence`` says for a picture what was read how and which sums were tried; ``readings`` hold the same.
    """

    table_code: str
    row_code: str
    column_code: str
    value: Decimal | None
    state: State
    raw: str
    locator: str
    certainty: Certainty = Certainty.CERTAIN
    evidence: str = ""
    readings: tuple[ReadAs, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the report's text; ``ordinal`` from 1 in reading order, as printed."""

    ordinal: int
    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Check:
    """One identity of the form, tried on one column, row or group.

    ``passed`` is None where a blank or unreadable cell stands in the sum.
    ``scope`` names the place, such as ``requests/*/natural_person``.
    """

    rule: str
    scope: str
    passed: bool | None
    expected: Decimal | None
    actual: Decimal | None
    detail: str


@dataclass(frozen=True, slots=True)
class Extraction:
    """All that one file says when read as an annual report.

    ``divisions`` holds the codes (GB/T 2260) that the agency's name fits: one when it is certain,
    several when it is ambiguous, none when the name holds no division.
    ``content_sha256`` is the digest of what a reader sees of the report (title, text, cells), so that
    a page that is regenerated around the same report keeps it.
    """

    outcome: Outcome
    media_type: str
    revision: int = REVISION
    reason: str | None = None
    title: str | None = None
    agency: str | None = None
    year: int | None = None
    edition: str | None = None
    published_on: date | None = None
    divisions: tuple[str, ...] = ()
    content_sha256: str | None = None
    facts: tuple[Fact, ...] = ()
    sections: tuple[Section, ...] = ()
    checks: tuple[Check, ...] = ()
