"""A quick interpreter of page contents: pdfminer's operators, fed by a tokenizer of one regular expression.

pdfminer spends most of its time on tokens. Contents with inline images, nested parentheses or other odd
syntax
go to pdfminer's own tokenizer, so that what comes out is the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any

from pdfminer.pdfinterp import PDFPageInterpreter
from pdfminer.pdftypes import PDFStream, stream_value
from pdfminer.psparser import LIT, PSLiteral

from parsers.outcomes import TooMuch

MOST_OPERATORS = 3_000_000

_SPACE = rb"(?:[\x00\t\n\f\r ]++|%[^\r\n]*+)"
_AFTER_NUMBER = rb"(?=[\x00\t\n\f\r /\[\]<>()%]|$)"
_TOKEN = re.compile(
    _SPACE + rb"*+(?:("
    rb"[+-]?(?:\d+(?:\.\d*)?|\.\d+)" + _AFTER_NUMBER +
    rb"|[A-Za-z'\"][A-Za-z0-9*'\"]*"
    rb"|/[^\x00\t\n\f\r ()<>\[\]{}/%#]*(?!#)"
    rb"|<<|>>|\[|\]"
    rb"|<[0-9A-Fa-f\x00\t\n\f\r ]*>"
    rb"|\((?:[^()\\]|\\[^\r\n])*\)"
    rb")|.|\Z)",
    re.DOTALL,
)  # fmt: skip
"""A token, or nothing in its place where something odd stands: tokens are found many at once, without an
object for each match.
"""
KINDS = {
    **dict.fromkeys(b"0123456789+-.", "number"),
    **dict.fromkeys(b"[]>", "bracket"),
    **dict.fromkeys(b"/", "name"),
    **dict.fromkeys(b"<", "hex"),
    **dict.fromkeys(b"(", "string"),
}
"""What a token is by its first byte; others are operators and words, and ``<<`` is a bracket too."""
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|.)|\r\n?", re.DOTALL)
_ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_WORDS = {b"true": True, b"false": False, b"null": None}
MARKS = frozenset((b"[", b"]", b"<<", b">>"))


class OddSyntax(Exception):
    """Something that the quick tokenizer leaves to the slow one."""


class ContentInterpreter(PDFPageInterpreter):
    """Interprets contents quickly, and counts: the device's ``operators`` never pass
    :data:`MOST_OPERATORS`.
    """

    def execute(self, streams: Sequence[object]) -> None:
        chosen = self._not_running(streams)
        data = b"\n".join(stream.get_data() for stream in chosen)
        try:
            program = list(_program(data))
        except OddSyntax:
            self._count(len(data) // 4)
            super().execute(streams)
            return
        self._count(len(program))
        methods = {name: self._method(name) for name in {name for name, _ in program}}
        for name, operands in program:
            if (found := methods[name]) is not None:
                method, wanted = found
                if len(operands) == wanted:
                    method(*operands)
                elif len(operands) > wanted:
                    method(*operands[len(operands) - wanted :])

    def _not_running(self, streams: Sequence[object]) -> list[PDFStream]:
        """The streams that no caller is running already: a form that calls itself is called once."""
        self.stream_ids.clear()
        chosen: list[PDFStream] = []
        for item in streams:
            stream = stream_value(item)
            if stream.objid is not None and stream.objid not in self.parent_stream_ids:
                chosen.append(stream)
                self.stream_ids.add(stream.objid)
        return chosen

    def _count(self, operators: int) -> None:
        device: Any = self.device
        device.operators += operators
        if device.operators > MOST_OPERATORS:
            raise TooMuch(f"more than {MOST_OPERATORS} operators")

    def _method(self, name: bytes) -> tuple[Callable[..., object], int] | None:
        written = name.decode("ascii").replace("*", "_a").replace('"', "_w").replace("'", "_q")
        method = getattr(self, f"do_{written}", None)
        return None if method is None else (method, method.__func__.__code__.co_argcount - 1)


def _program(data: bytes) -> Iterator[tuple[bytes, list[Any]]]:
    """Operators with their operands."""
    operands: list[Any] = []
    outer: list[list[Any]] = []
    for text in tokens(data):
        kind = KINDS.get(text[0])
        if kind == "number":
            operands.append(number(text))
        elif kind is None and text not in _WORDS:
            if text == b"BI":
                raise OddSyntax("an inline image")
            yield text, operands
            operands = []
        elif text in MARKS:
            operands = _nest(text, operands, outer)
        else:
            operands.append(value(kind, text))


def tokens(data: bytes) -> list[bytes]:
    """The tokens of contents or objects, as they are written. Raises :class:`OddSyntax`."""
    found: list[bytes] = _TOKEN.findall(data.rstrip(b"\x00\t\n\f\r "))
    found.pop()
    if b"" in found:
        raise OddSyntax("something that is no token")
    return found


def number(text: bytes) -> int | float:
    """What a token that begins as a number means."""
    return float(text) if b"." in text else int(text)


@lru_cache(maxsize=65536)
def name(text: bytes) -> PSLiteral:
    """What a token that is a name means. Raises :class:`OddSyntax`."""
    try:
        return LIT(text[1:].decode("utf-8"))
    except UnicodeDecodeError as fault:
        raise OddSyntax("a name that is no UTF-8") from fault


def value(kind: str | None, text: bytes) -> Any:
    """What a token that is no bracket means. Raises :class:`OddSyntax` for a word that means nothing."""
    if kind == "number":
        return number(text)
    if kind == "name":
        return name(text)
    if kind == "hex":
        digits = text[1:-1].translate(None, b"\x00\t\n\f\r ")
        return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode("ascii"))
    if kind == "string":
        text = text[1:-1]
        return _ESCAPE.sub(_unescape, text) if b"\\" in text or b"\r" in text else text
    if text not in _WORDS:
        raise OddSyntax("a word that means nothing")
    return _WORDS[text]


def _unescape(match: re.Match[bytes]) -> bytes:
    escaped = match[1]
    if escaped is None:
        return b"\n"
    if escaped.isdigit() and escaped[:1] in b"01234567":
        return bytes([int(escaped, 8) & 0xFF])
    return _ESCAPED.get(escaped, escaped)


def _nest(mark: bytes, operands: list[Any], outer: list[list[Any]]) -> list[Any]:
    """Open or close an array or a dictionary."""
    if mark in (b"[", b"<<"):
        outer.append(operands)
        return []
    if not outer:
        raise OddSyntax("a bracket that closes nothing")
    above = outer.pop()
    if mark == b"]":
        above.append(operands)
    else:
        names = [getattr(k, "name", str(k)) for k in operands[::2]]
        above.append(dict(zip(names, operands[1::2], strict=False)))
    return above
