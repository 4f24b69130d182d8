"""Formats that LibreOffice reads for us: it writes a DOCX, which our own reader takes.

It runs without a window, with a profile of its own in a temporary folder, and for a bounded time, which is
longer on a machine that others use too. The
locators are the path in the document as it was converted: tables, rows and cells stand as in the original.
"""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from parsers.crowding import crowding, no_answer_within
from parsers.document import Cell, Document, Grid, Paragraph
from parsers.formats import docx
from parsers.outcomes import TookTooLong, UnreadableFile
from parsers.programs import LIBREOFFICE
from parsers.sniff import DOC, ODT, RTF

_SECONDS = 75
_TIMED_OUT, _KILLED = 124, 128 + signal.SIGKILL
_SUFFIXES = {RTF: "rtf", ODT: "odt", DOC: "doc"}
_FILTER = "docx:MS Word 2007 XML"


def read(data: bytes, media_type: str) -> Document:
    """Read a file by way of LibreOffice.

    Raises :class:`~parsers.programs.MissingProgram` when it is not installed, and other
    :class:`~parsers.outcomes.UnreadableFile` when it cannot read the file.
    """
    suffix = _SUFFIXES[media_type]
    document = docx.read(_converted(data, suffix))
    blocks = tuple(_relocated(block, suffix) for block in document.blocks)
    return replace(document, media_type=media_type, blocks=blocks)


read_rtf: Callable[[bytes], Document] = partial(read, media_type=RTF)
read_odt: Callable[[bytes], Document] = partial(read, media_type=ODT)


def _converted(data: bytes, suffix: str) -> bytes:
    """The file as DOCX."""
    program = LIBREOFFICE.path()
    if program is None:
        raise LIBREOFFICE.missing()
    with tempfile.TemporaryDirectory(prefix="nianbao-office-", ignore_cleanup_errors=True) as folder:
        source, target = Path(folder) / f"in.{suffix}", Path(folder) / "out" / "in.docx"
        source.write_bytes(data)
        said = _run(
            [
                program,
                f"-env:UserInstallation={(Path(folder) / 'profile').as_uri()}",
                "--headless",
                "--norestore",
                "--convert-to",
                _FILTER,
                "--outdir",
                str(target.parent),
                str(source),
            ],
            folder,
        )
        if not target.is_file():
            raise UnreadableFile(f"LibreOffice cannot read the file: {said}"[:300])
        return target.read_bytes()


def _run(command: list[str], folder: str) -> str:
    """Run a program for a bounded time; what it said.

    ``timeout`` ends it and all that it started, even when this process is gone by then.
    """
    environment = {"PATH": os.environ.get("PATH", os.defpath), "HOME": folder, "LANG": "C.UTF-8"}
    crowded = crowding()
    bounded = ["timeout", "--signal=KILL", f"{_SECONDS * crowded:.0f}", *command]
    done = subprocess.run(
        bounded, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, check=False,
    )  # fmt: skip
    if done.returncode in (_TIMED_OUT, -signal.SIGKILL, _KILLED):
        raise TookTooLong(f"LibreOffice: {no_answer_within(_SECONDS, crowded)}")
    return done.stdout.decode("utf-8", "replace").strip()


def _relocated(block: Paragraph | Grid, name: str) -> Paragraph | Grid:
    """The block with locators of the format that the file has."""
    if isinstance(block, Paragraph):
        return replace(block, locator=_named(block.locator, name))
    cells = tuple[Cell, ...](c._replace(locator=_named(c.locator, name)) for c in block.cells)
    return Grid(cells, _named(block.locator, name))


def _named(locator: str, name: str) -> str:
    return f"{name}:{locator.partition(':')[2]}"
