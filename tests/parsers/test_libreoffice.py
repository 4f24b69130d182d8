"""RTF, ODT and old DOC by way of LibreOffice, where it is installed; where it is not, how to install it."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import pytest
from printed_reports import wrong

from parsers.formats import libreoffice
from parsers.isolation import Readers
from parsers.programs import LIBREOFFICE
from parsers.read import read
from parsers.report import Outcome
from parsers.sniff import ODT, RTF

FILES = Path(__file__).with_name("files")
needs_office = pytest.mark.skipif(
    not LIBREOFFICE.path(),
    reason=f"LibreOffice is not installed ({LIBREOFFICE.install}): left out is the reading of RTF and ODT",
)


@needs_office
@pytest.mark.parametrize(("suffix", "kind"), [("rtf", RTF), ("odt", ODT)])
def test_cell_for_cell(figures: dict[str, str], suffix: str, kind: str) -> None:
    extraction = read((FILES / f"report.{suffix}").read_bytes())
    assert (extraction.outcome, extraction.media_type) == (Outcome.REPORT, kind)
    assert wrong(extraction, figures) == {}
    assert all(f.locator.startswith(f"{suffix}:") for f in extraction.facts)


@needs_office
def test_it_works_within_a_workers_limits(figures: dict[str, str]) -> None:
    with Readers(workers=1) as readers:
        extraction = readers.read((FILES / "report.rtf").read_bytes())
    assert wrong(extraction, figures) == {}


@needs_office
def test_what_it_cannot_read_is_told() -> None:
    extraction = read(b"{\\rtf1 \x00\xff")
    assert extraction.outcome in (Outcome.NOT_A_REPORT, Outcome.UNREADABLE)


def test_where_it_is_not_installed_the_way_to_install_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    extraction = read((FILES / "report.rtf").read_bytes())
    assert extraction.outcome is Outcome.UNSUPPORTED
    assert LIBREOFFICE.install in (extraction.reason or "")


def test_a_program_that_hangs_is_ended_with_all_that_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = tmp_path / "started"
    fake = tmp_path / "soffice"
    fake.write_text(f"#!/bin/sh\nsleep 300 &\necho $! > {started}\nwait\n", encoding="utf-8")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr(libreoffice, "_SECONDS", 1)
    monkeypatch.setattr(libreoffice, "crowding", lambda: 2.0)
    extraction = read((FILES / "report.rtf").read_bytes())
    assert (extraction.outcome, extraction.reason) == (
        Outcome.TIMED_OUT,
        "LibreOffice: no answer within 1 seconds, nor within 2: 2.0 programs waited for each processor",
    )
    patience = time.monotonic() + 60
    while not _is_ended(started):  # it was sent its signal; to die takes it a moment
        assert time.monotonic() < patience
        time.sleep(0.05)


def _is_ended(started: Path) -> bool:
    """Whether the process is no more, or a zombie that nobody has waited for yet."""
    try:
        stat = Path(f"/proc/{started.read_text().strip()}/stat").read_text("ascii")
    except (FileNotFoundError, ProcessLookupError):
        return True
    return stat.rpartition(")")[2].split()[0] in "ZX"
