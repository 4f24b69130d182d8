"""Who writes the documents: one producer a program or library, each yielding files of one type."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Protocol

from benchmarks.eval.printed import Printed


class Producer(Protocol):
    """Writes printed documents as files of one type.

    `name` is `format-program`, such as `pdf-chromium`: scores are kept by it. A producer honours of a
    variation what its format has: lengths, fonts, page breaks before a table's second part. `most` bounds
    the documents of a run where reading them is slow.
    """

    name: str
    media_type: str
    suffix: str
    most: int | None

    def missing(self) -> str | None:
        """What must be installed first, and how; None when the producer can work."""

    def write(self, documents: Sequence[Printed]) -> list[bytes]:
        """One file a document, in order. Many at once, for programs that start slowly."""


_MODULES = ("html", "reportlab", "chromium", "libreoffice", "word", "spreadsheet", "ofd", "scan")


def producers() -> tuple[Producer, ...]:
    """All producers, whether they can work here or not. A module that brings more is added to `_MODULES`."""
    found: list[Producer] = []
    for name in _MODULES:
        found += import_module(f"benchmarks.eval.producers.{name}").PRODUCERS
    return tuple(found)
