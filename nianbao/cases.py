"""Cases: a file, and what reading it must give, kept as a folder that people can look into.

The expected values are by place: ``requests/received/total`` of a cell, ``title`` and other names of a
field, ``section/2``, ``narrative/disclosed``, ``contact/telephone``, ``failed/RULE/SCOPE``. A cell is a
number as text, or its state in brackets: ``(blank)``. They are written from what the present reading gives,
and count only when a person has compared them with the file and set ``reviewed`` to true.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from parsers.report import Extraction, Fact, MentionKind

EXPECTED = "expected.json"
_SUFFIXES = {
    "text/html": ".html",
    "application/pdf": ".pdf",
    "application/msword": ".doc",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/tiff": ".tif",
}
_NOT_IN_NAMES = re.compile(r"[^\w.-]+")
_CONTACTS = frozenset(MentionKind) - {MentionKind.DOCUMENT, MentionKind.ALIAS}


class CaseExists(Exception):
    """A folder of that name is there already; its expected values may have been reviewed."""


@dataclass(frozen=True, slots=True)
class Case:
    """One folder. ``expected`` is by place; ``reviewed`` when a person vouches for it."""

    folder: Path
    file: Path
    media_type: str
    reviewed: bool
    expected: Mapping[str, str]

    @property
    def name(self) -> str:
        return self.folder.name


def readings(extraction: Extraction) -> dict[str, str]:
    """What an extraction says, by place."""
    fields: dict[str, object] = {
        "outcome": extraction.outcome.value,
        "title": extraction.title,
        "agency": extraction.agency,
        "year": extraction.year,
        "edition": extraction.edition,
        "published_on": extraction.published_on,
        "divisions": " ".join(extraction.divisions) or None,
    }
    said = {name: str(value) for name, value in fields.items() if value is not None}
    said |= {f"section/{s.ordinal}": s.heading for s in extraction.sections}
    for fact in reversed(extraction.facts):
        said[f"{fact.table_code}/{fact.row_code}/{fact.column_code}"] = _cell(fact)
    said |= {f"narrative/{s.code}": str(s.value) for s in reversed(extraction.narrative)}
    said |= {f"contact/{m.kind.value}": m.value for m in reversed(extraction.mentions) if m.kind in _CONTACTS}
    said |= {f"failed/{c.rule}/{c.scope}": c.fault or "" for c in extraction.checks if c.passed is False}
    return said


def _cell(fact: Fact) -> str:
    return f"({fact.state.value})" if fact.value is None else str(fact.value)


def differences(case: Case, extraction: Extraction) -> dict[str, tuple[str | None, str | None]]:
    """By place: what was expected and what was read, each None where there is nothing."""
    read = readings(extraction)
    places = [*case.expected, *(place for place in read if place not in case.expected)]
    return {p: (case.expected.get(p), read.get(p)) for p in places if case.expected.get(p) != read.get(p)}


def write_case(parent: Path, name: str, data: bytes, extraction: Extraction) -> Case:
    """Keep a file with its present reading, not yet reviewed. Raises :class:`CaseExists`."""
    folder = parent / _NOT_IN_NAMES.sub("-", name).strip("-.")
    if folder.exists():
        raise CaseExists(f"{folder} is there already; give another --name")
    folder.mkdir(parents=True)
    file = folder / f"report{_SUFFIXES.get(extraction.media_type, '.bin')}"
    file.write_bytes(data)
    case = Case(folder, file, extraction.media_type, False, readings(extraction))
    content = {"reviewed": False, "file": file.name, "media_type": case.media_type, "expected": case.expected}
    (folder / EXPECTED).write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return case


def read_cases(parent: Path) -> Iterator[Case]:
    """All cases below a folder, by name."""
    for path in sorted(parent.glob(f"*/{EXPECTED}")):
        content = json.loads(path.read_text(encoding="utf-8"))
        yield Case(
            path.parent,
            path.parent / content["file"],
            content["media_type"],
            content["reviewed"],
            content["expected"],
        )
