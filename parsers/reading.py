"""A document read as an annual report: identity, parts, facts, checks, and whether it is one at all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from parsers import certainty, checks, consistency, identity, mentions, narrative, sections
from parsers.characters import key
from parsers.document import Document, Grid
from parsers.forms import disclosure, others, requests, review, statistics
from parsers.forms.rows import all_rows
from parsers.forms.several import Above
from parsers.furniture import is_furniture
from parsers.report import Extraction, Fact, Mention, MentionKind, Outcome, Section, State
from parsers.yearly_sheets import newest_first

_LEAST_TEXT = 200
_OTHER_KIND = re.compile(
    r"法治政府|预算|决算|绩效|公开指南|政府工作报告|社会责任|执法(?![局队中办委]|[大支总]队)|行政(?:复议|应诉)(?![局中])|"
    r"[上下]半年|季度|月份?(?:报|统计|情况)"
)
"""Reports that may print rows of the same forms, of a part of the year or of other cases."""


@dataclass(frozen=True, slots=True)
class _Tables:
    """What the forms yielded."""

    facts: tuple[Fact, ...]
    edition: str | None
    statutory: bool
    filled: bool


def read_document(document: Document) -> Extraction:
    """Read a document. Of what is no report the identity is kept, for the page may lead to the report's
    file.
    """
    document = newest_first(document)
    who = identity.read(document)
    grids = tuple(document.grids())
    tables = _tables(grids, Above(document.above(), who.year))
    parts = sections.read(document, who.title)
    reason = _why_not(document, who, tables, parts)
    common = Extraction(
        outcome=Outcome.NOT_A_REPORT,
        media_type=document.media_type,
        reason=reason,
        title=who.title,
        agency=who.agency,
        year=who.year,
        published_on=who.published_on,
        divisions=who.divisions,
        content_sha256=content_digest(document, who.title),
    )
    if reason and document.refused:
        return replace(common, outcome=Outcome.UNREADABLE, reason=f"{document.refused}; its pages: {reason}")
    if reason:
        return common
    stated = narrative.read(document, who.year)
    return Extraction(
        outcome=Outcome.REPORT,
        reason=f"{document.refused}; its pages were read as pictures" if document.refused else None,
        media_type=common.media_type,
        title=common.title,
        agency=common.agency,
        year=common.year,
        edition=tables.edition or "pre-2019",
        published_on=common.published_on,
        divisions=common.divisions,
        content_sha256=common.content_sha256,
        facts=tables.facts,
        sections=parts,
        checks=(*checks.run(tables.facts), *consistency.run(tables.facts, stated, who)),
        narrative=stated,
        mentions=(*mentions.read(document), *(Mention(MentionKind.ALIAS, name, "") for name in who.aliases)),
    )


def _tables(grids: Sequence[Grid], above: Above) -> _Tables:
    rows = all_rows(grids)
    disclosed = disclosure.read(rows, above)
    requested = requests.read(rows, disclosed.edition if disclosed else None, above)
    reviewed = review.read(rows, above)
    annex = statistics.read(rows)
    found = [reading for reading in (disclosed, requested, reviewed, annex) if reading]
    taken = frozenset(table for reading in found for table in reading.tables)
    facts = certainty.judge([fact for reading in found for fact in reading.facts])
    edition = (
        disclosed.edition if disclosed else requested.edition if requested else "2014" if annex else None
    )
    filled = any(f.state is State.VALUE for f in facts)
    rest = certainty.judge(others.read(grids, taken))
    return _Tables((*facts, *rest), edition, bool(found), filled)


def _why_not(
    document: Document, who: identity.Identity, tables: _Tables, parts: tuple[Section, ...]
) -> str | None:
    """Why this is no report; None when it is one."""
    title = who.title or ""
    if tables.statutory and not who.titled and _OTHER_KIND.search(title):
        return "a report of another kind, or on a part of the year"
    if tables.statutory and (tables.filled or who.titled):
        sample = identity.is_notice(title) and not any(fact.value for fact in tables.facts)
        return "a notice about the reports, its form empty" if sample else None
    if identity.is_notice(title):
        return "a notice about the reports, or another kind of page"
    if not who.titled:
        return "neither a statutory table nor the title of such a report"
    if _OTHER_KIND.search(title):
        return "a report of another kind"
    headed = [part for part in parts if part.heading and not sections.is_within(part.heading)]
    if len(headed) < 2 or sum(len(key(p.text)) for p in document.paragraphs()) < _LEAST_TEXT:
        return "the title of a report without its text"
    if not sections.topics(parts) and len(headed) < 3:
        return "the title of a report, but none of its parts"
    return None


def content_digest(document: Document, title: str | None) -> str:
    """SHA-256 of what a reader sees of the report: title, paragraphs and cells, without counters and page
    furniture.
    """
    seen = [key(title or "")]
    for block in document.blocks:
        if isinstance(block, Grid):
            seen += [f"\x1e{c.row},{c.column}\x1f{_without_gaps(c.text)}" for c in block.cells]
        elif not is_furniture(block.text):
            seen.append(f"\x1d{_without_gaps(block.text)}")
    return sha256("".join(seen).encode()).hexdigest()


def _without_gaps(text: str) -> str:
    return text if text.isalnum() else "".join(text.split())
