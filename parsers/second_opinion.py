"""A second opinion on a DOC whose tables came out doubtful: LibreOffice's, where it is installed.

Our reader keeps a file's tables as they are stored; where a file bends the format, cells may be misplaced.
That shows: cells of a table are missing or hold no figure, or more sums fail than one slip of an office
breaks. Only then LibreOffice is asked, which takes a second. The reading with fewer doubts is taken, and each
figure on which the two differ is marked uncertain.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from parsers.checks import IDENTITIES
from parsers.formats import libreoffice
from parsers.outcomes import UnreadableFile
from parsers.programs import LIBREOFFICE
from parsers.reading import read_document
from parsers.report import Certainty, Extraction, Fact, Outcome, State
from parsers.sniff import DOC

_MOST_FAILED = 4
"""One wrong figure breaks the sums of its row and its column, a wrong total one more."""
_LOST = "the title of a report"
_NO_REPORT = 10_000

Place = tuple[str, str, str]


def with_second_opinion(own: Extraction, data: bytes) -> Extraction:
    """The reading of a DOC, held against LibreOffice's where it is doubtful and LibreOffice is there."""
    if own.media_type != DOC or not is_doubtful(own) or LIBREOFFICE.path() is None:
        return own
    try:
        other = read_document(libreoffice.read(data, DOC))
    except UnreadableFile:
        return own
    return decided(own, other)


def is_doubtful(extraction: Extraction) -> bool:
    """Whether the file, rather than the office, may have led to what was read."""
    if extraction.outcome is not Outcome.REPORT:
        return (extraction.reason or "").startswith(_LOST)
    return _unread(extraction) > 0 or _failed(extraction) > _MOST_FAILED


def decided(own: Extraction, other: Extraction) -> Extraction:
    """The reading with fewer doubts, of equals ours; what the other reads differently is marked."""
    taken, left = (other, own) if _doubts(other) < _doubts(own) else (own, other)
    who = "LibreOffice's" if taken is other else "ours"
    differing = _differing(taken, left)
    if left.outcome is not Outcome.REPORT or not (differing or taken is other):
        return taken if taken is own else replace(taken, reason="read by way of LibreOffice")
    facts = tuple(_marked(fact, left_says) for fact, left_says in _pairs(taken, left))
    reason = f"two readings, {len(differing)} figures differ; taken is {who}"
    return replace(taken, facts=facts, reason=reason)


def _doubts(extraction: Extraction) -> int:
    if extraction.outcome is not Outcome.REPORT:
        return _NO_REPORT
    return _unread(extraction) + _failed(extraction)


def _unread(extraction: Extraction) -> int:
    return sum(f.state in (State.ABSENT, State.UNREADABLE) for f in extraction.facts if _is_of_a_form(f))


def _failed(extraction: Extraction) -> int:
    return sum(check.passed is False for check in extraction.checks if check.rule in IDENTITIES)


def _is_of_a_form(fact: Fact) -> bool:
    return not fact.table_code.startswith("other.")


def _place(fact: Fact) -> Place:
    return fact.table_code, fact.row_code, fact.column_code


def _pairs(taken: Extraction, left: Extraction) -> Iterator[tuple[Fact, Fact | None]]:
    said = {_place(fact): fact for fact in left.facts}
    return ((fact, said.get(_place(fact))) for fact in taken.facts)


def _differing(taken: Extraction, left: Extraction) -> list[Place]:
    return [_place(fact) for fact, said in _pairs(taken, left) if _differs(fact, said)]


def _differs(fact: Fact, said: Fact | None) -> bool:
    """Whether two readings give a figure of a form differently; one that only one has stands alone."""
    if said is None or not _is_of_a_form(fact) or State.VALUE not in (fact.state, said.state):
        return False
    return (fact.state, fact.value) != (said.state, said.value) and said.state is not State.ABSENT


def _marked(fact: Fact, said: Fact | None) -> Fact:
    if said is None or not _differs(fact, said):
        return fact
    evidence = f"the other reading says {said.raw or said.state.value}"
    return fact._replace(certainty=Certainty.UNCERTAIN, evidence=evidence)
