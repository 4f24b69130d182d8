"""Finding the row or column that a printed label means, typing slips included, without guessing.

A label is known by its words: brackets, widths, spaces and ordinals ("（一）", "1.") count for nothing.
A slip is tolerated while the nearest known label is near enough and clearly nearer than the next one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from os.path import commonprefix

from parsers.characters import key

NEAR = 0.6
"""Least similarity (1 is equal) of a label with slips. Of the slips seen in print the worst has 0.75."""
NEAR_SHORT = 0.75
"""Least similarity of a label of three characters, which can only be one of four with one left out."""
CLEARLY = 0.15
"""How much nearer the best must be than the second."""

_SHORTEST = 3
_LEAST_PART, _TELLING = 4, 5
_REMEMBERED = 4096
_ORDINAL = re.compile(r"^\s*[（(]?\s*(?:[一二三四五六七八九十]{1,3}|\d{1,2})\s*[）)、.．,，:：]\s*")
_BARE_ORDINAL = re.compile(r"^\s*\d{1,2}(?=[\u3400-\u9fff])")


@lru_cache(maxsize=16384)
def words(label: str) -> str:
    """The label's words alone: ``（一）予以 公开`` and ``(一)予以公开`` are both 予以公开."""
    bare = _ORDINAL.sub("", label)
    return key(_BARE_ORDINAL.sub("", bare if bare.strip() else label))


@dataclass(frozen=True, slots=True)
class Match:
    """A known label and how similar the printed one is, from 0 to 1."""

    code: str
    similarity: float


@lru_cache(maxsize=16384)
def similarity(a: str, b: str) -> float:
    """1 less the edit distance (insert, drop, replace, swap with the next) over the longer length; 0 where so
    few characters are common that it cannot matter.
    """
    longest = max(len(a), len(b))
    if not longest:
        return 1.0
    if abs(len(a) - len(b)) > longest * (1 - NEAR):
        return 0.0
    if sum(map(b.__contains__, a)) < longest * (NEAR - CLEARLY):
        return 0.0
    a, b = _where_they_differ(a, b)
    before, previous = list[int](), list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        current = [i]
        for j, y in enumerate(b, 1):
            cost = min(previous[j] + 1, current[-1] + 1, previous[j - 1] + (x != y))
            if before and j > 1 and x == b[j - 2] and y == a[i - 2]:
                cost = min(cost, before[j - 2] + 1)
            current.append(cost)
        before, previous = previous, current
    return 1 - previous[-1] / longest


def _where_they_differ(a: str, b: str) -> tuple[str, str]:
    """Two words without what they begin and end with alike, which adds nothing to their distance."""
    start = len(commonprefix((a, b)))
    a, b = a[start:], b[start:]
    end = len(commonprefix((a[::-1], b[::-1])))
    return a[: len(a) - end], b[: len(b) - end]


def is_shortened(label: str, known: str) -> bool:
    """Whether a label is a known one with words left out, as 逾期未缴费 is 申请人逾期未按通知要求缴纳费用."""
    rest = iter(known)
    return len(label) >= _LEAST_PART and all(character in rest for character in label)


class Labels:
    """Known labels, by their words. Several labels may share a code (an edition's variants)."""

    def __init__(self, known: Iterable[tuple[str, str]]) -> None:
        self._codes: dict[str, tuple[str, ...]] = {}
        self._nearest: dict[str, Match | None] = {}
        for label, code in known:
            codes = self._codes.get(words(label), ())
            self._codes[words(label)] = codes if code in codes else (*codes, code)

    def exact(self, label: str) -> tuple[str, ...]:
        """The codes whose label has exactly these words: several where the form repeats a label."""
        return self._codes.get(words(label), ())

    def near(self, label: str) -> Match | None:
        """The one known label that this must be; None when none is near, or two are."""
        text = words(label)
        if text not in self._nearest:
            if len(self._nearest) > _REMEMBERED:
                self._nearest.clear()
            self._nearest[text] = self._search(text)
        return self._nearest[text]

    def _search(self, text: str) -> Match | None:
        if len(text) < _SHORTEST:
            return None
        near = NEAR if len(text) > _SHORTEST else NEAR_SHORT
        scores = {known: self._score(text, known) for known in self._codes}
        nearest = max(scores, key=lambda known: scores[known])
        codes, best = self._codes[nearest], scores[nearest]
        others = [known for known in scores if self._codes[known] != codes]
        second = max((scores[known] for known in others), default=0.0)
        if best < near or len(codes) != 1 or best - second < CLEARLY:
            return None
        if any(len(o) >= _LEAST_PART and self._stands_beside(o, text, nearest) for o in others):
            return None  # two rows or columns whose labels were taken for one
        return Match(codes[0], best)

    def _stands_beside(self, other: str, text: str, nearest: str) -> bool:
        """Whether a text holds another label beside the nearest one; behind that its beginning tells it."""
        if text.startswith(nearest):
            return other[:_TELLING] in text[len(nearest) :]
        return other in text and other not in nearest

    def _score(self, text: str, known: str) -> float:
        """Similarity; a part of a label, or a label with a remark behind it, counts as near when five or more
        words agree.
        """
        if len(known) >= _LEAST_PART and len(text) >= 5 and (text in known or text.startswith(known)):
            return 0.95
        return similarity(text, known)
