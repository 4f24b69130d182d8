"""The scores that may not fall, kept in a committed file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from benchmarks.eval.score import Score, Tally

FILE = Path(__file__).with_name("pinned.json")
_ROUNDING = 1e-9


def measures(score: Score) -> dict[str, Tally]:
    """The measures of a score that are pinned: cells of each table, whole documents, fields."""
    return {**score.cells, "whole": score.whole, "fields": score.fields}


def write(scores: Mapping[str, Score]) -> None:
    """Pin these; what is pinned of other producers stays."""
    pinned = _read() | {
        name: {measure: [tally.right, tally.of] for measure, tally in measures(score).items()}
        for name, score in scores.items()
    }
    FILE.write_text(json.dumps(pinned, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def fallen(scores: Mapping[str, Score]) -> Iterator[str]:
    """A line for each measure that is lower than pinned, as a share of its cells or documents."""
    pinned = _read()
    for name, score in scores.items():
        now = measures(score)
        for measure, (right, of) in pinned.get(name, {}).items():
            before = Tally(right, of)
            if now.get(measure, Tally(0, 1)).share < before.share - _ROUNDING:
                yield f"{name} {measure}: {now.get(measure, Tally(0, 0)).right} of {of}, pinned {right}"


def _read() -> dict[str, dict[str, list[int]]]:
    if not FILE.exists():
        return {}
    pinned: dict[str, dict[str, list[int]]] = json.loads(FILE.read_text(encoding="utf-8"))
    return pinned
