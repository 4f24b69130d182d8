"""Programs that some formats need beside this one: whether they are here, and how to install them.

A file that waits for one is ``unsupported``, and its reason ends with the way to install it. By that way it
is found again once the program is there: see :func:`archive.reading.stale_blobs`.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass

from parsers.outcomes import UnreadableFile
from parsers.report import Outcome


class MissingProgram(UnreadableFile):
    """A program that reads such files is not installed; the message says how to install it."""

    outcome = Outcome.UNSUPPORTED


@dataclass(frozen=True, slots=True)
class Program:
    """A program by the names of its commands; ``reads`` says what is not read without it."""

    name: str
    commands: tuple[str, ...]
    reads: str
    install: str

    def path(self) -> str | None:
        """Where it is; None when it is not installed."""
        return next((found for command in self.commands if (found := shutil.which(command))), None)

    def missing(self) -> MissingProgram:
        """What to raise where it is needed and not there."""
        return MissingProgram(f"{self.reads}: {self.name} is needed and not installed: {self.install}")


LIBREOFFICE = Program(
    "LibreOffice",
    ("soffice", "libreoffice"),
    "RTF, ODT and Word 95",
    "apt-get install -y libreoffice-writer-nogui",
)
UNAR = Program("unar", ("unar", "unrar", "bsdtar", "7z"), "packed RAR", "apt-get install -y unar")
PROGRAMS = (LIBREOFFICE, UNAR)


def installed() -> Iterator[Program]:
    """Those that are here."""
    return (program for program in PROGRAMS if program.path())
