"""Gives imported files their rows again when the catalogue was lost: from them and the notes beside them."""

from __future__ import annotations

import json
from pathlib import Path

from archive.catalogue.engine import Catalogue
from archive.imports.capture import Judge
from archive.imports.files import Finding, Importer
from archive.notes import RunNotes
from archive.recorder import Recorder
from archive.runs import restore_run
from archive.warc.kept import imported_files, note_path


def restore_imported(catalogue: Catalogue, home: Path, judge: Judge) -> tuple[int, list[str]]:
    """How many captures got their rows back, and what could not be done, one line each.

    What was damaged when a file was imported was told then, and is not told again.
    """
    rows = 0
    findings: list[str] = []
    for path in imported_files(home):
        file = path.relative_to(home).as_posix()
        run = _run_of(home, file)
        if run is None:
            if not _is_unpacked(home, file):
                findings.append(f"{file} has no note beside it; give it its rows with: nianbao import {path}")
            continue
        restore_run(catalogue, run)
        with Recorder(catalogue, home, run_id=run.run_id, host="import", software="nianbao") as recorder:
            importer = Importer(
                catalogue, home, recorder, run_id=run.run_id, judge=judge, tell=_known_already
            )
            rows += importer.restore(file).new
            importer.finish()
    return rows, findings


def _known_already(_finding: Finding) -> None:
    """Told when the file was imported."""


def _run_of(home: Path, file: str) -> RunNotes | None:
    try:
        note = json.loads(note_path(home, file).read_text(encoding="utf-8"))
        return RunNotes(int(note["run"]), "import", str(note["run_started"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _is_unpacked(home: Path, file: str) -> bool:
    """Whether the file is what another had to be unpacked to: its rows come with that one's."""
    notes = (home / "warc/imported").glob("*.json")
    return any(file in note.read_text(encoding="utf-8") for note in notes)
