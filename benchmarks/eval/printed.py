"""A document as it is to be printed, whatever the file format, with all that reading it must give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from benchmarks.eval.variation import Variation
from benchmarks.eval.wording import Figure
from nianbao.replica.grids import Grid


class TableKind(StrEnum):
    """Which table of the report it is; the value is the code that its facts bear."""

    DISCLOSURE = "disclosure"
    REQUESTS = "requests"
    REVIEW = "review"
    STATISTICS = "statistics"
    OTHER = "other"


@dataclass(frozen=True)
class Heading:
    """The heading of a section."""

    text: str


@dataclass(frozen=True)
class Text:
    """A paragraph."""

    text: str


@dataclass(frozen=True)
class Table:
    """A table; `heads` is the number of its head rows, repeated where the variation asks for it.

    Where the document's tables are to be cut, each part is a table of its own with `part` from 1 on.
    """

    kind: TableKind
    grid: Grid
    heads: int = 0
    part: int = 0


Block = Heading | Text | Table


@dataclass(frozen=True)
class Contact:
    """How to reach the office, each as the text has it."""

    address: str | None = None
    postcode: str | None = None
    telephone: str | None = None
    email: str | None = None


@dataclass(frozen=True)
class Key:
    """What reading the document must give. `figures` are by `table/row/column`, `failed` by rule and scope.

    `narrative` is by code; `headings` are those of the sections in order.
    """

    figures: Mapping[str, Figure] = field(hash=False)
    title: str
    agency: str
    year: int
    edition: str
    published_on: date
    headings: tuple[str, ...]
    failed: frozenset[tuple[str, str]] = frozenset()
    narrative: Mapping[str, int] = field(default_factory=dict, hash=False)
    contact: Contact = Contact()


@dataclass(frozen=True)
class Printed:
    """One document; `seed` names it."""

    seed: int
    title: str
    published: date
    blocks: tuple[Block, ...]
    variation: Variation
    key: Key
