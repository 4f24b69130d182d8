"""The scores that may not fall, kept in a committed file.

Of scans no more is pinned than is promised (99 of 100 cells): what is recognised hangs on the fonts there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from benchmarks.eval.score import Score, Tally

FILE = Path(__file__).with_name("pinned.json")
_ROUNDING = 1e-9
_SCANS = "scan-"
_CELLS = 0.99
_PROMISED = {"whole": 0.5, "fields": 0.9}


def measures(score: Score) -> dict[str, Tally]:
    """The measures of a score that are pinned: cells of each table, whole documents, fields."""
    return {**score.cells, "whole": score.whole, "fields": score.fields}


def write(scores: Mapping[str, Score]) -> None:
    """Pin these; what is pinned of other producers stays."""
    pinned = _read() | {
        name: {measure: _pin(name, measure, tally) for measure, tally in measures(score).items()}
        for name, score in scores.items()
    }
    FILE.write_text(json.dumps(pinned, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def _pin(name: str, measure: str, tally: Tally) -> list[int]:
    if not name.startswith(_SCANS):
        return [tally.right, tally.of]
    return [min(tally.right, int(_PROMISED.get(measure, _CELLS) * tally.of)), tally.of]


def fallen(scores: Mapping[str, Score]) -> Iterator[str]:
    """A line for each measure that is lower than pinned, as a share of its cells or documents; and one where
    a wrong value was given as certain.
    """
    pinned = _read()
    for name, score in scores.items():
        if score.false:
            yield f"{name} gives {score.false} wrong values as certain"
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
