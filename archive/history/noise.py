"""What on a page changes by itself, and says nothing about the report.

Counters, clocks, tokens and lists of other articles are known by their words; what is peculiar to a site
is learned from pages that were fetched twice in a row: what differs then was changed by nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from parsers.furniture import heads_others, is_furniture

_TIME = r"\d{1,2}[:：]\d{2}(?:[:：]\d{2})?"
_CLOCK = re.compile(
    rf"[^。]{{0,12}}\d{{4}}[-/.年]\d{{1,2}}[-/.月]\d{{1,2}}日?(?:星期.)?{_TIME}"
    rf"|[^。]{{0,12}}{_TIME}|[^。]{{0,8}}\d{{4}}年\d{{1,2}}月\d{{1,2}}日星期."
)
_TOKEN = re.compile(r"[^。]{0,12}(?=[0-9a-fA-F-]*\d)[0-9a-fA-F-]{16,}")
_DIGITS = re.compile(r"\d+(?:[.,:：/-]\d+)*")
_HEX = re.compile(r"[0-9a-fA-F]{8,}")


@dataclass(frozen=True, slots=True)
class Noise:
    """What is known to change by itself on a host: the shapes of lines, digits and tokens left open."""

    shapes: frozenset[str] = frozenset()

    def covers(self, line: str) -> bool:
        """Whether the line, white space taken out, says nothing of the report."""
        return (
            is_furniture(line)
            or _CLOCK.fullmatch(line) is not None
            or _TOKEN.fullmatch(line) is not None
            or shape(line) in self.shapes
        )


def shape(line: str) -> str:
    """The line with its numbers and tokens left open."""
    return _DIGITS.sub("0", _HEX.sub("#", line))


def learned(pairs: Iterable[tuple[list[str], list[str]]]) -> Noise:
    """From the lines of pages that were fetched twice in a row."""
    shapes: set[str] = set()
    for first, second in pairs:
        shapes |= {shape(line) for line in set(first) ^ set(second)}
    return Noise(frozenset(shapes))


def report_lines(sections: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Pairs of heading and line, white space taken out; lists of other articles at a part's end left out."""
    for heading, text in sections:
        bare = "".join(heading.split())
        yield bare, bare
        lines = ["".join(line.split()) for line in text.split("\n")]
        for line in _without_others(lines):
            yield bare, line


def _without_others(lines: list[str]) -> list[str]:
    """The lines up to a heading such as 相关文章 that only titles follow."""
    for index, line in enumerate(lines):
        if heads_others(line) and all("。" not in other for other in lines[index:]):
            return lines[:index]
    return lines
