"""The README in the home, which explains it to whoever inherits the disk."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

NAME = "README.md"


def leave_readme(home: Path) -> None:
    """Write it, unless a file of that name is there: whoever keeps the archive may have added to it."""
    path = home / NAME
    if not path.exists():
        path.write_text(text(), encoding="utf-8")


def text() -> str:
    return (files("nianbao") / "home_readme.md").read_text(encoding="utf-8")
