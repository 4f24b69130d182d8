"""The optional extra that recognises text: whether it is here, and whether it is this process's business.

Nothing of it is imported before a picture is to be read: most files need none of it.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING

from parsers.outcomes import UnreadableFile
from parsers.report import Outcome

if TYPE_CHECKING:
    from parsers.scans.recognition import Recogniser

HOW_TO_INSTALL = "make setup, or in the project's folder: python -m pip install -e '.[ocr]'"


def is_installed() -> bool:
    """Whether the extra is here."""
    return all(find_spec(name) is not None for name in ("rapidocr", "onnxruntime", "cv2"))


class NoRecognition(UnreadableFile):
    """The extra that recognises text is not installed; the message ends with the way to install it."""

    outcome = Outcome.UNSUPPORTED


class LeftToOthers(Exception):
    """This process reads no pictures; :mod:`parsers.isolation` hands the file to one that does."""


_elsewhere = False


def leave_to_others() -> None:
    """From now on :func:`recogniser` raises :class:`LeftToOthers` in this process."""
    global _elsewhere
    _elsewhere = True


def recogniser() -> Recogniser:
    """The process's recogniser. Raises :class:`NoRecognition` without the extra."""
    if _elsewhere:
        raise LeftToOthers
    return _loaded()


@cache
def _loaded() -> Recogniser:
    try:
        from parsers.scans.recognition import load
    except ImportError as fault:
        raise NoRecognition(f"a scan; to read scans: {HOW_TO_INSTALL}") from fault
    return load()
