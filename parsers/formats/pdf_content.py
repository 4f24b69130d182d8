"""A quick interpreter of page contents: pdfminer's operators, fed by a tokenizer of one regular expression.

pdfminer spends most of its time on tokens. Contents with inline images, nested parentheses or other odd
syntax
go to pdfminer's own tokenizer, so that what comes out is the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from pdfminer.pdfinterp import PDFPageInterpreter
from pdfminer.pdftypes import PDFStream, stream_value
from pdfminer.psparser import LIT

from parsers.outcomes import TooMuch

MOST_OPERATORS = 3_000_000

_SPACE = rb"(?:[\x00\t\n\f\r ]++|%[^\r\n]*+)"
_AFTER_NUMBER = rb"(?=[\x00\t\n\f\r /\[\]<>()%]|$)"
_TOKEN = re.compile(
    _SPACE + rb"*+"
    rb"(?:(?P<integer>[+-]?\d+)" + _AFTER_NUMBER + rb"|(?P<real>[+-]?(?:\d+\.\d*|\.\d+))" + _AFTER_NUMBER +
    rb"|(?P<operator>[A-Za-z'\"][A-Za-z0-9*'\"]*)"
    rb"|/(?P<name>[^\x00\t\n\f\r ()<>\[\]{}/%#]*)(?!#)"
    rb"|(?P<mark><<|>>|\[|\])"
    rb"|<(?P<hex>[0-9A-Fa-f\x00\t\n\f\r ]*)>"
    rb"|\((?P<string>(?:[^()\\]|\\[^\r\n])*)\))"
    rb"|" + _SPACE + rb"+"
)  # fmt: skip
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|.)|\r\n?", re.DOTALL)
_ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_WORDS = {b"true": True, b"false": False, b"null": None}


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
        methods: dict[bytes, tuple[Callable[..., object], int] | None] = {}
        for name, operands in program:
            if name not in methods:
                methods[name] = self._method(name)
            found = methods[name]
            if found is not None:
                method, wanted = found
                given = operands[-wanted:] if wanted else ()
                method(*given) if len(given) == wanted else None

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
    for kind, text in tokens(data):
        if kind == "operator" and text not in _WORDS:
            if text == b"BI":
                raise OddSyntax("an inline image")
            yield text, operands
            operands = []
        elif kind == "mark":
            operands = _nest(text, operands, outer)
        else:
            operands.append(value(kind, text))


def tokens(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Kind and bytes of each token. Raises :class:`OddSyntax`."""
    end = 0
    for found in _TOKEN.finditer(data):
        if found.start() != end:
            break
        end = found.end()
        kind = found.lastgroup
        if kind is not None:
            yield kind, found[kind]
    if end != len(data):
        raise OddSyntax(f"at byte {end}")


def value(kind: str, text: bytes) -> Any:
    """What a token that is no operator and no bracket means."""
    if kind == "integer":
        return int(text)
    if kind == "real":
        return float(text)
    if kind == "name":
        return LIT(_name(text))
    if kind == "hex":
        digits = bytes(text).translate(None, b"\x00\t\n\f\r ")
        return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode("ascii"))
    if kind == "string":
        return _ESCAPE.sub(_unescape, text) if b"\\" in text or b"\r" in text else text
    return _WORDS[text]


def _name(text: bytes) -> str:
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError as fault:
        raise OddSyntax("a name that is no UTF-8") from fault


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
