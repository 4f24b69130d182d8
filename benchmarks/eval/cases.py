"""Cases kept as folders, read and scored beside the generated documents."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from benchmarks.eval.score import FORMS, Score, Tally
from nianbao.cases import Case, differences, read_cases
from parsers.read import read

FOLDER = Path(__file__).resolve().parents[2] / "tests" / "parsers" / "cases"


def scores(folder: Path = FOLDER) -> dict[str, Score]:
    """Scores of the reviewed cases by ``case-FORMAT``; those that nobody has reviewed are left out."""
    found: dict[str, Score] = {}
    for case in read_cases(folder):
        if case.reviewed:
            name = f"case-{case.file.suffix.removeprefix('.')}"
            found[name] = found.get(name, Score()) + _score(case)
    return found


def unreviewed(folder: Path = FOLDER) -> Iterator[Case]:
    """Cases whose expected values no person vouches for."""
    return (case for case in read_cases(folder) if not case.reviewed)


def _score(case: Case) -> Score:
    wrong = differences(case, read(case.file.read_bytes(), case.media_type))
    cells = {
        form: Tally(
            sum(p not in wrong for p in case.expected if _table(p) == form),
            sum(_table(p) == form for p in case.expected),
        )
        for form in FORMS
    }
    fields = [place for place in case.expected if _table(place) not in FORMS]
    right = sum(place not in wrong for place in fields)
    false = sum(_is_number(now) for p, (_, now) in wrong.items() if _table(p) in FORMS)
    misses = tuple(f"{case.name}: {p}: {old!r}, {now!r}" for p, (old, now) in wrong.items())
    return Score(
        {form: tally for form, tally in cells.items() if tally.of},
        Tally(int(not wrong), 1), Tally(right, len(fields)), false, misses,
    )  # fmt: skip


def _table(place: str) -> str:
    return place.partition("/")[0]


def _is_number(said: str | None) -> bool:
    return said is not None and not said.startswith("(")
