"""Numbers that Word counts by itself before paragraphs (一、 （一） 1.), as they are printed.

DOC and DOCX keep the same thing differently: a *list* has up to nine *levels*, each with a pattern in which
``%1`` stands for the number of the first level; paragraphs name a list and a level.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto

_PLACE = re.compile(r"%([1-9])")
_DIGITS = "〇一二三四五六七八九"
_ROMAN = ((100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


class Form(Enum):
    """How a number is written."""

    DECIMAL = auto()
    CHINESE = auto()
    CIRCLE = auto()
    FULL_STOP = auto()
    BRACKETS = auto()
    CHINESE_BRACKETS = auto()
    LOWER_LETTER = auto()
    UPPER_LETTER = auto()
    LOWER_ROMAN = auto()
    UPPER_ROMAN = auto()


_FIRST_SIGN = {
    Form.CIRCLE: (0x2460, 20),
    Form.FULL_STOP: (0x2488, 20),
    Form.BRACKETS: (0x2474, 20),
    Form.CHINESE_BRACKETS: (0x3220, 10),
    Form.LOWER_LETTER: (ord("a"), 26),
    Form.UPPER_LETTER: (ord("A"), 26),
}
"""Forms whose numbers are single characters in a row: the first one, and how many there are."""


@dataclass(frozen=True, slots=True)
class Level:
    """How a level of a list is written, and where it starts. ``legal``: all its numbers in Arabic digits."""

    form: Form = Form.DECIMAL
    pattern: str = ""
    start: int = 1
    legal: bool = False


@dataclass(slots=True)
class Counter:
    """How far each list of a document is counted."""

    _counts: dict[str, dict[int, int]] = field(default_factory=dict)

    def label(self, name: str, levels: Mapping[int, Level], level: int) -> str:
        """Count a paragraph of a level in the list of that name; its number as printed."""
        if level not in levels:
            return ""
        counts = self._counts.setdefault(name, {})
        counts[level] = counts.get(level, levels[level].start - 1) + 1
        for deeper in [k for k in counts if k > level]:
            del counts[deeper]

        def written(place: re.Match[str]) -> str:
            at = int(place[1]) - 1
            shape = levels.get(at, Level())
            return write(counts.get(at, shape.start), Form.DECIMAL if levels[level].legal else shape.form)

        return _PLACE.sub(written, levels[level].pattern)


def write(number: int, form: Form) -> str:
    """A number in a form; in Arabic digits where the form does not reach that far."""
    if form is Form.CHINESE and 0 < number < 100:
        return _chinese(number)
    if form in _FIRST_SIGN:
        first, count = _FIRST_SIGN[form]
        return chr(first + number - 1) if 1 <= number <= count else str(number)
    if form in (Form.LOWER_ROMAN, Form.UPPER_ROMAN) and 0 < number < 400:
        return _roman(number) if form is Form.LOWER_ROMAN else _roman(number).upper()
    return str(number)


def _chinese(number: int) -> str:
    tens, units = divmod(number, 10)
    head = "" if not tens else "十" if tens == 1 else _DIGITS[tens] + "十"
    return head + (_DIGITS[units] if units else "")


def _roman(number: int) -> str:
    letters = ""
    for worth, written in _ROMAN:
        times, number = divmod(number, worth)
        letters += written * times
    return letters
