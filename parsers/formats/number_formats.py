"""Number formats of workbooks that show another number than the cell holds (ECMA-376 part 1, 18.8.31).

251000 under ``0!.0,`` is shown as 25.1, and under ``0%`` as 25100000%. What else a format does (colours,
units, zeros, fewer places) leaves the number the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from itertools import takewhile

PERCENT: Mapping[int, str] = {9: "0%", 10: "0.00%"}
"""Those of the formats without a text, by their number, that show another number."""

_TOKEN = re.compile(r'"[^"]*"?|\[[^\]]*\]?|[\\!].?|[_*].?|;|.', re.DOTALL)
_CONDITION = re.compile(r"\[\s*[<>=]")
_DIGITS = frozenset("0#?")


def shown(value: Decimal, code: str) -> str:
    """The number as the format shows it, all its places kept; number and format where a condition decides."""
    if not rescales(code):
        return f"{value:f}"
    sections = _sections(code)
    if _CONDITION.search(code):
        return f"{value:f} [{code}]"
    section = sections[1] if value < 0 and len(sections) > 1 else sections[0]
    scaled = value.scaleb(_exponent(section)).normalize()
    return f"{scaled:f}{'%' if '%' in section else ''}"


@lru_cache(maxsize=1024)
def rescales(code: str) -> bool:
    """Whether a format may show another number than it is given."""
    return any(_exponent(section) or "%" in section for section in _sections(code))


@lru_cache(maxsize=1024)
def _sections(code: str) -> tuple[tuple[str, ...], ...]:
    """A format's sections, each as its tokens without colours, units and spaces; a point that is written as
    text between digits stays, as ``!.``.
    """
    sections: list[list[str]] = [[]]
    for token in _TOKEN.findall(code):
        if token == ";":
            sections.append([])
        elif len(token) == 1:
            sections[-1].append(token)
        elif token in ('"."', "\\.", "!."):
            sections[-1].append("!.")
    return tuple(tuple(section) for section in sections)


def _exponent(section: tuple[str, ...]) -> int:
    """By which power of ten a section's number is shown greater."""
    digits = [at for at, token in enumerate(section) if token in _DIGITS]
    if not digits:
        return 0
    point = section.index(".") if "." in section else len(section)
    whole = [at for at in digits if at < point]
    commas = sum(len(list(takewhile(",".__eq__, section[last + 1 :]))) for last in {*whole[-1:], digits[-1]})
    written = [at for at, token in enumerate(section) if token == "!."]
    places = sum(at > written[0] for at in whole) if written and digits[0] < written[0] else 0
    return 2 * section.count("%") - 3 * commas - places
