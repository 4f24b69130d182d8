"""How a search is written: words (all of which must stand), "phrases", AND, OR, NOT, parentheses."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from archive.search.characters import BREAK, indexed, pairs


class BadQuery(ValueError):
    """The query cannot be read; the text says why."""


@dataclass(frozen=True, slots=True)
class Term:
    """Characters that must stand one after the other, as indexed."""

    text: str


@dataclass(frozen=True, slots=True)
class Both:
    """All of these."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """One of these at least."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Without:
    """The one and not the other."""

    wanted: Node
    unwanted: Node


Node = Term | Both | Either | Without

_WORDS = re.compile(r'"[^"]*"|“[^”]*”|[()（）]|[^\s()（）"“”]+')
_OPENING, _CLOSING = "(（", ")）"


def parse(text: str) -> Node:
    """Read a query. Raises :class:`BadQuery`."""
    if text.count('"') % 2 or text.count("“") != text.count("”"):
        raise BadQuery("a quotation mark is not closed")
    words = _WORDS.findall(text)
    if not words:
        raise BadQuery("say what to search for")
    reader = _Reader(words)
    node = reader.either()
    if reader.word is not None:
        raise BadQuery(f"{reader.word!r} stands where it does not belong")
    return node


def terms(node: Node) -> list[str]:
    """The terms that a hit may hold, for showing where they stand."""
    if isinstance(node, Term):
        return [node.text]
    if isinstance(node, Without):
        return terms(node.wanted)
    return [term for part in node.parts for term in terms(part)]


def fts5(node: Node, narrow: Sequence[Sequence[str]] = ()) -> str:
    """The query as SQLite's FTS5 takes it, over pairs of characters, and one word of each of ``narrow``."""
    groups = ["(" + " OR ".join(f'"{word}"' for word in words) + ")" for words in narrow]
    return " AND ".join([*groups, _fts5(node)])


def _fts5(node: Node) -> str:
    if isinstance(node, Term):
        return f'"{node.text}" *' if len(node.text) == 1 else f'"{" ".join(pairs(node.text)[:-1])}"'
    if isinstance(node, Without):
        return f"({_fts5(node.wanted)} NOT {_fts5(node.unwanted)})"
    word = " AND " if isinstance(node, Both) else " OR "
    return "(" + word.join(_fts5(part) for part in node.parts) + ")"


class _Reader:
    """Reads from left to right: OR binds least, then AND and NOT."""

    def __init__(self, words: list[str]) -> None:
        self._words = words
        self._at = 0

    @property
    def word(self) -> str | None:
        return self._words[self._at] if self._at < len(self._words) else None

    def either(self) -> Node:
        parts = [self._both()]
        while self.word == "OR":
            self._at += 1
            parts.append(self._both())
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def _both(self) -> Node:
        node = self._one()
        while self.word is not None and self.word != "OR" and self.word not in _CLOSING:
            if self.word == "NOT":
                self._at += 1
                node = Without(node, self._one())
                continue
            if self.word == "AND":
                self._at += 1
            following = self._one()
            node = Both((*node.parts, following) if isinstance(node, Both) else (node, following))
        return node

    def _one(self) -> Node:
        word = self.word
        if word is None:
            raise BadQuery("something is missing at the end")
        self._at += 1
        if word in _OPENING:
            node = self.either()
            if self.word is None or self.word not in _CLOSING:
                raise BadQuery("a parenthesis is not closed")
            self._at += 1
            return node
        if word in _CLOSING or word in ("AND", "OR", "NOT"):
            raise BadQuery(f"{word!r} needs something before it")
        text = indexed(word.strip('"“”')).text.strip(BREAK)
        if not text:
            raise BadQuery(f"{word!r} holds nothing to search for: no letter, digit or character")
        return Term(text)
