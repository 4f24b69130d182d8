"""Characters as people read them: radicals mended, invisible ones dropped, lines joined.

Printed text is kept as printed (full-width brackets stay full-width); :func:`key` is the form for comparing.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from functools import cache, lru_cache
from importlib.resources import files

_INVISIBLE = dict.fromkeys([0x00AD, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF, 0x0000])
_SPACES = dict.fromkeys([0x00A0, 0x2002, 0x2003, 0x2009, 0x202F, 0x3000], " ")
_NOT_WORDS = re.compile(r"[^0-9A-Za-z\u3400-\u9fff\uf900-\ufaff〇]+")
_WIDE = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uff60“”‘’…—"
_WIDE_GAP = re.compile(rf"(?<=[{_WIDE}]) +(?=[{_WIDE}])")
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


@cache
def _mending() -> dict[int, str | None]:
    """Translation that maps radicals and compatibility ideographs to the characters they stand for."""
    table: dict[int, str | None] = dict(_INVISIBLE)
    table.update(_SPACES)
    with (files("parsers") / "data" / "radicals.csv").open(encoding="ascii") as lines:
        table.update({int(r["radical"], 16): chr(int(r["ideograph"], 16)) for r in csv.DictReader(lines)})
    for code in (*range(0x2F00, 0x2FD6), *range(0xF900, 0xFB00)):
        table[code] = unicodedata.normalize("NFKC", chr(code))
    return table


@cache
def _to_mend() -> re.Pattern[str]:
    """Any character that is not kept as it is. To look for one takes a tenth of the time of a translation."""
    return re.compile(f"[{re.escape(''.join(map(chr, _mending())))}]")


@cache
def _to_tidy() -> re.Pattern[str]:
    return re.compile(rf"[\s{re.escape(''.join(map(chr, _mending())))}]")


def mend(text: str) -> str:
    """Radicals and compatibility ideographs as ordinary Han characters; invisible characters dropped."""
    return text.translate(_mending()) if not text.isascii() and _to_mend().search(text) else text


def tidy(text: str) -> str:
    """One line: runs of white space become one space, and none stays between two wide characters."""
    if (text.isascii() and text.isalnum()) or not _to_tidy().search(text):
        return text
    text = " ".join(mend(text).split())
    return _WIDE_GAP.sub("", text) if " " in text else text


@lru_cache(maxsize=16384)
def key(text: str) -> str:
    """The letters, digits and Han characters alone, widths unified: what is compared."""
    return _NOT_WORDS.sub("", unicodedata.normalize("NFKC", mend(text)))


def raised(text: str) -> str:
    """Digits as superscript characters, so that a note's mark does not become part of a number."""
    return text.translate(_RAISED)


def is_han(text: str) -> bool:
    """Whether a Han character stands in the text."""
    return any("\u3400" <= c <= "\u9fff" or c == "〇" for c in text)
