"""The busiest readers as machine code, where they were compiled: the same modules, a third as fast again.

``python -m parsers.compiled`` (part of ``make setup``) lets mypyc compile the modules of :data:`MODULES` into
a folder beside them that bears the digest of every source of :mod:`parsers`. They are taken only while that
digest is right: when a source was edited, all is interpreted as it stands, until they are compiled anew. So
old machine code can never speak for a new source.

The environment's ``PARSERS_INTERPRETED=1`` leaves them aside.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Sequence
from enum import StrEnum
from importlib.abc import MetaPathFinder
from importlib.machinery import EXTENSION_SUFFIXES, ModuleSpec
from importlib.util import spec_from_file_location
from pathlib import Path
from types import ModuleType

PACKAGE = Path(__file__).resolve().parent.parent
FOLDER = "__compiled__"
LEFT_ASIDE = "PARSERS_INTERPRETED"

MODULES = (
    *(f"parsers.{name}" for name in ("certainty", "characters", "checks", "consistency", "divisions")),
    *(
        f"parsers.{name}"
        for name in ("furniture", "identity", "mentions", "narrative", "reading", "sections")
    ),
    *(f"parsers.formats.html{name}" for name in ("", "_article", "_content", "_frame", "_markup")),
    *(f"parsers.formats.html{name}" for name in ("_parts", "_paths", "_properties", "_sheets", "_table")),
    *(f"parsers.forms.{name}" for name in ("disclosure", "facts", "labels", "requests")),
    *(
        f"parsers.forms.{name}"
        for name in ("review", "review_upright", "review_words", "rows", "several", "statistics", "values")
    ),
)
"""What a page goes through. Two kinds stay interpreted, for mypyc makes them differ: records that are sent
between processes (its frozen ones cannot be unpickled) and errors with fields. So does what only other
formats need.
"""


class State(StrEnum):
    """Whether the compiled modules are used, and why not."""

    USED = "compiled"
    MISSING = "interpreted: not compiled"
    OUTDATED = "interpreted: a source was edited since they were compiled"
    LEFT_ASIDE = f"interpreted: {LEFT_ASIDE} is set"


def folder_of(package: Path) -> Path:
    """Where the compiled modules of a package lie: named after this Python and the digest of its sources.

    Two packages with the same sources have the same name there, whatever their own folders.
    """
    digest = hashlib.sha256()
    for source in sorted(package.rglob("[!.]*.py")):
        digest.update(f"{source.relative_to(package)}\0".encode())
        digest.update(source.read_bytes())
        digest.update(b"\0")
    return package / FOLDER / f"{sys.implementation.cache_tag}-{digest.hexdigest()[:24]}"


def state_of(package: Path = PACKAGE) -> State:
    """What an import of the package would use now."""
    return _found(package)[0]


def prefer(package: Path = PACKAGE) -> None:
    """From here on, import the package's compiled modules where they are those of its sources."""
    state, folder = _found(package)
    if state is State.USED:
        sys.meta_path.insert(0, _Compiled(folder))


def _found(package: Path) -> tuple[State, Path]:
    within = package / FOLDER
    if os.environ.get(LEFT_ASIDE):
        return State.LEFT_ASIDE, within
    if not within.is_dir():
        return State.MISSING, within
    try:
        folder = folder_of(package)
    except OSError:  # a source that cannot be read is none that was compiled
        return State.OUTDATED, within
    return (State.USED if folder.is_dir() else State.OUTDATED), folder


class _Compiled(MetaPathFinder):
    """Finds in a folder what was compiled, and nothing else; the rest is found as ever."""

    def __init__(self, folder: Path) -> None:
        self._files = {
            ".".join(file.relative_to(folder).with_name(file.name.split(".")[0]).parts): file
            for file in folder.rglob(f"*{EXTENSION_SUFFIXES[0]}")
        }

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        file = self._files.get(fullname)
        return spec_from_file_location(fullname, file) if file is not None and file.is_file() else None
