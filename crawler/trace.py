"""What a crawl did step by step, for a person who asks why: one JSON object a line."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Followed:
    """One address that was asked for: why, what answered, and what it was taken for."""

    url: str
    kind: str
    reason: str
    title: str
    parent: str | None
    depth: int
    verdict: str
    found: str
    family: str | None = None


def write_trace(path: Path, steps: Iterable[Followed]) -> None:
    """Write the steps in the order in which they were answered."""
    lines = (json.dumps(asdict(step), ensure_ascii=False) for step in steps)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def read_trace(path: Path) -> tuple[Followed, ...]:
    """The steps of a crawl; none where it ended before it wrote them."""
    if not path.exists():
        return ()
    return tuple(Followed(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines())
