"""``python -m parsers.compiled``: compile the busiest readers for this Python, if that was not done yet.

Needs a C compiler, Python's headers and the extra ``compile``. Nothing else depends on it.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from parsers.compiled import FOLDER, LEFT_ASIDE, MODULES, PACKAGE, folder_of

_BUILD = Path(__file__).with_name("build.py")
_TRY = """
import sys
from importlib import import_module
from pathlib import Path

from parsers.compiled import prefer

prefer(Path(sys.argv[1]))
for name in sys.argv[2:]:
    import_module(name)
"""
_MOST_LINES = 20
_HOW = "apt-get install -y gcc python3-dev (as root, on Debian), then python -m parsers.compiled"


class CannotCompile(Exception):
    """Why not, and what to do about it."""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m parsers.compiled", description=__doc__)
    parser.add_argument("--remove", action="store_true", help="remove what was compiled")
    if parser.parse_args(arguments).remove:
        shutil.rmtree(PACKAGE / FOLDER, ignore_errors=True)
        return 0
    if folder_of(PACKAGE).is_dir():
        return 0
    print(f"Compiling {len(MODULES)} of the readers' modules, about half a minute.", flush=True)
    try:
        compile_modules(PACKAGE, MODULES)
    except CannotCompile as reason:
        print(f"{reason}\nThe readers stay interpreted: all works, pages at three quarters of the speed.")
        return 1
    return 0


def compile_modules(package: Path, modules: Sequence[str]) -> None:
    """Compile modules of a package into its folder for them, in place of what was there.

    The work is done on a copy of the sources, and is seen only when it is whole and was imported once. It is
    named after the copy, so that a source edited meanwhile has none. Raises :class:`CannotCompile`.
    """
    with tempfile.TemporaryDirectory(prefix="compiling-") as scratch:
        copy = Path(scratch, package.name)
        shutil.copytree(package, copy, ignore=shutil.ignore_patterns(FOLDER, "__pycache__"))
        _demand_success([str(_BUILD), f"{package.name}.compiled", *modules], Path(scratch))
        built = folder_of(copy)
        built.parent.mkdir()
        Path(scratch, "built").rename(built)
        _demand_success(["-c", _TRY, str(copy), *modules], Path(scratch))
        try:
            _put(built, package / FOLDER / built.name)
        except OSError as error:
            raise CannotCompile(f"{package / FOLDER} cannot be written: {error}") from error


def _put(built: Path, into: Path) -> None:
    """Under its name only when whole: a process that starts meanwhile finds all of it or nothing."""
    beside = into.with_name(f"{into.name}.{os.getpid()}")
    shutil.copytree(built, beside)
    shutil.rmtree(into, ignore_errors=True)
    beside.rename(into)
    for other in set(into.parent.glob(f"{sys.implementation.cache_tag}-*")) - {into}:
        shutil.rmtree(other, ignore_errors=True)


def _demand_success(arguments: list[str], folder: Path) -> None:
    """Run Python in a folder. Raises :class:`CannotCompile` with the end of what it said, if it fails."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": f"{folder}{os.pathsep}{PACKAGE.parent}", LEFT_ASIDE: ""},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        told = "\n".join(f"  {line}" for line in done.stdout.splitlines()[-_MOST_LINES:])
        raise CannotCompile(f"{told}\nTo compile them later: {_HOW}")


if __name__ == "__main__":
    sys.exit(main())
