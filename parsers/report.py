"""What a file yields when it is read as an annual report (政府信息公开工作年度报告).

An :class:`Extraction` is the whole answer: a function of the bytes, the media type and the
parser's :data:`REVISION`, and of nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

REVISION = 9
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
    (So is a figure of a DOC on which two readers differ, see :mod:`parsers.second_opinion`.)
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


class Fact(NamedTuple):
    """One cell of a form, with codes of ``data/annual_report_forms.json``.

    ``table_code`` is ``disclosure``, ``requests``, ``review`` or ``statistics``; a table that fits no form
    is kept cell by cell as ``other.N`` with row ``rI`` and column ``cJ`` (from 1).
    ``value`` is in the unit that the form prescribes (a remark ``251000元`` in a 万元 column is 25.1).
    ``evidence`` says for a picture what was read how and which sums were tried; ``readings`` hold the same.
    (Facts and checks are tuples: hundreds of them are made of each report and go from process to process,
    which takes a frozen dataclass several times as long.)
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


class Fault(StrEnum):
    """Whose a failure most likely is.

    ``OFFICE``: the figures are published so. ``READER``: the reading is in doubt, look at the file.
    ``SCOPE``: both may be right, for they need not count the same (an office, or all of its division).
    """

    OFFICE = "office"
    READER = "reader"
    SCOPE = "scope"


class Check(NamedTuple):
    """One identity of the form, tried on one column, row or group; or another rule that a report should keep.

    ``passed`` is None where a blank or unreadable cell stands in the sum.
    ``scope`` names the place, such as ``requests/*/natural_person``. ``fault`` is set where the check failed.
    """

    rule: str
    scope: str
    passed: bool | None
    expected: Decimal | None
    actual: Decimal | None
    detail: str
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Stated:
    """A count that the prose states, with the sentence that states it.

    ``code`` is one of :data:`NARRATIVE`; ``value`` is in single pieces (3.2 万条 is 32000).
    """

    code: str
    value: Decimal
    unit: str
    sentence: str
    locator: str


NARRATIVE = {
    "disclosed": "信息 made public, all channels",
    "disclosed.website": "of these on government websites",
    "disclosed.wechat": "of these on WeChat",
    "disclosed.weibo": "of these on Weibo",
    "disclosed.gazette": "of these in the gazette",
    "disclosed.new_media": "of these in other new media",
    "requests.received": "applications received in the year",
    "requests.received.in_person": "of these handed in",
    "requests.received.fax": "of these by fax",
    "requests.received.online": "of these online or by mail",
    "requests.received.letter": "of these by letter",
    "requests.carried_in": "applications left from the year before",
    "requests.granted": "予以公开",
    "requests.partially_granted": "部分公开",
    "requests.denied": "不予公开",
    "requests.unavailable": "无法提供",
    "requests.not_processed": "不予处理",
    "requests.other": "其他处理",
    "requests.handled": "applications answered in the year",
    "requests.carried_out": "applications left for the next year",
    "review.reconsideration": "administrative reviews (行政复议)",
    "review.reconsideration.upheld": "of these upheld",
    "review.reconsideration.corrected": "of these corrected",
    "review.reconsideration.other": "of these with another end",
    "review.reconsideration.pending": "of these not yet decided",
    "review.litigation": "lawsuits (行政诉讼)",
    "review.litigation.upheld": "of these upheld",
    "review.litigation.corrected": "of these corrected",
    "review.litigation.other": "of these with another end",
    "review.litigation.pending": "of these not yet decided",
}
"""The codes of counts in the prose, and what each means."""


class MentionKind(StrEnum):
    """What a mention names."""

    ADDRESS = "address"
    POSTCODE = "postcode"
    TELEPHONE = "telephone"
    FAX = "fax"
    EMAIL = "email"
    DOCUMENT = "document"
    ALIAS = "alias"


CONTACT_KINDS = frozenset(
    (MentionKind.ADDRESS, MentionKind.POSTCODE, MentionKind.TELEPHONE, MentionKind.FAX, MentionKind.EMAIL)
)


@dataclass(frozen=True, slots=True)
class Mention:
    """Something that the report names: a way to reach the office, a document cited, the agency's other name.

    A document's number is written with 〔〕 whatever brackets were printed; the rest is as printed.
    """

    kind: MentionKind
    value: str
    locator: str


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
    narrative: tuple[Stated, ...] = ()
    mentions: tuple[Mention, ...] = ()
