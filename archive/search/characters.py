"""Text as it is indexed: each two neighbouring characters, so that a query of any length finds what it says.

Of single characters every one is frequent, and a phrase of frequent ones takes long; of pairs few are. One
character is found as the beginning of pairs.

White space is left out, for Chinese text is broken anywhere. Whatever is neither letter nor digit becomes one
break, so that no phrase is found across a full stop.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from parsers.characters import mend

BREAK = "\ue000"
"""Stands for punctuation; a private character that no text holds."""

_BREAKS = re.compile(f"{BREAK}+")


@dataclass(frozen=True, slots=True)
class Indexed:
    """A text as it is indexed. ``places`` says of each character where it stands in the text."""

    text: str
    places: tuple[int, ...]


def indexed(text: str) -> Indexed:
    """The text with its characters unified and the place of each."""
    characters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        for one in _unified(character):
            if one == BREAK and characters and characters[-1] == BREAK:
                continue
            characters.append(one)
            places.append(place)
    return Indexed("".join(characters), tuple(places))


def flattened(text: str) -> str:
    """The text as it is indexed, without the places."""
    return _BREAKS.sub(BREAK, "".join(map(_unified, text)))


@lru_cache(maxsize=32768)
def _unified(character: str) -> str:
    if character.isspace():
        return ""
    unified = unicodedata.normalize("NFKC", mend(character)).casefold()
    return "".join(c if c.isalnum() else BREAK for c in unified if not c.isspace())


def pairs(text: str) -> list[str]:
    """Each two neighbours, and the last character alone, in the order of the text."""
    return [text[i : i + 2] for i in range(len(text))]


def snippet(text: str, terms: list[str], around: int = 40) -> str:
    """The spot of the first term in the text, with what stands around it; the term in «»."""
    whole = indexed(text)
    found = [(at, term) for term in terms if (at := whole.text.find(term)) >= 0]
    if not found:
        return _flat(text[: 2 * around])
    at, term = min(found)
    start, end = whole.places[at], whole.places[at + len(term) - 1] + 1
    before = ("…" if start > around else "") + _flat(text[max(0, start - around) : start])
    after = _flat(text[end : end + around]) + ("…" if end + around < len(text) else "")
    return f"{before}«{_flat(text[start:end])}»{after}"


def _flat(text: str) -> str:
    return text.replace("\n", " ")
