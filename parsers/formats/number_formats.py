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
_MANY = re.compile("[十百千万亿元拾佰仟]")
_DIGIT = re.compile(r"\d")
_LONGEST = 255
"""What Excel allows."""


def shown(value: Decimal, code: str) -> str:
    """The number as the format shows it, all its places kept; number and format where a condition decides."""
    if not value.is_finite() or not rescales(code):
        return f"{value:f}"
    if not code.strip(";"):
        return ""
    sections = _sections(code)
    if len(code) > _LONGEST or _CONDITION.search(code) or _alters(sections):
        return f"{value:f} [{code[:_LONGEST]}]"
    section = sections[1] if value < 0 and len(sections) > 1 else sections[0]
    exponent, words = _exponent(section), _words(section)
    scaled = value.scaleb(exponent).normalize()
    return f"{scaled:f}{'%' if '%' in section else ''}{words if exponent or _MANY.search(words) else ''}"


@lru_cache(maxsize=1024)
def rescales(code: str) -> bool:
    """Whether a format may show another number than it is given."""
    if len(code) > _LONGEST or (code and not code.strip(";")):
        return True
    sections = _sections(code)
    return _alters(sections) or any(
        _exponent(section) or "%" in section or _MANY.search(_words(section)) for section in sections
    )


def _alters(sections: tuple[tuple[str, ...], ...]) -> bool:
    """Whether a text adds digits to a number, or a sign to one above zero."""
    before = takewhile(lambda token: token not in _DIGITS, sections[0])
    signed = bool(_DIGITS.intersection(sections[0])) and any(token in ("-", '"-') for token in before)
    return signed or any(t[0] == '"' and _DIGIT.search(t) for section in sections for t in section)


def _words(section: tuple[str, ...]) -> str:
    """The text behind a section's digits: the unit of what is shown."""
    last = max((at for at, token in enumerate(section) if token in _DIGITS), default=-1)
    return "".join(t.lstrip('"') for t in section[last + 1 :] if t[0] == '"' or not t.isascii()).strip()


@lru_cache(maxsize=1024)
def _sections(code: str) -> tuple[tuple[str, ...], ...]:
    """A format's sections, each as its tokens without colours and spaces; texts begin with a quotation mark,
    but a point that is written as text between digits is ``!.``.
    """
    sections: list[list[str]] = [[]]
    for token in _TOKEN.findall(code.replace("通用格式", "")):
        if token == ";":
            sections.append([])
        elif len(token) == 1:
            sections[-1].append(token)
        elif token in ('"."', "\\.", "!."):
            sections[-1].append("!.")
        elif token[0] in '"\\!':
            sections[-1].append('"' + token[1:].rstrip('"'))
    return tuple(tuple(section) for section in sections)


def _exponent(section: tuple[str, ...]) -> int:
    """By which power of ten a section's number is shown greater."""
    section = tuple(token for token in section if token[0] != '"')
    digits = [at for at, token in enumerate(section) if token in _DIGITS]
    if not digits:
        return 0
    point = section.index(".") if "." in section else len(section)
    whole = [at for at in digits if at < point]
    commas = sum(len(list(takewhile(",".__eq__, section[last + 1 :]))) for last in {*whole[-1:], digits[-1]})
    written = [at for at, token in enumerate(section) if token == "!."]
    places = sum(at > written[0] for at in whole) if written and digits[0] < written[0] else 0
    return 2 * section.count("%") - 3 * commas - places
