"""The objects of a PDF file, read by the quick tokenizer; what is odd goes to pdfminer's own parser.

A browser's files hold hundreds of fonts with their encodings: their objects take most of such a file's time.
"""

from __future__ import annotations

import io
import re
from typing import Any

from pdfminer.pdfdocument import PDFDocument
from pdfminer.pdfparser import PDFParser
from pdfminer.pdftypes import PDFObjRef, PDFStream, int_value
from pdfminer.psparser import PSLiteral

from parsers.formats.pdf_content import KINDS, MARKS, OddSyntax, name, number, tokens, value

_HEAD = re.compile(rb"[\x00\t\n\f\r ]*(\d{1,10})[\x00\t\n\f\r ]+\d{1,5}[\x00\t\n\f\r ]+obj\b")
_END = b"endobj"
_LONGEST = 1_000_000
_STREAM = re.compile(rb"stream\r?\n")
_END_OF_STREAM = re.compile(rb"\r?\n?endstream\b")


class QuickDocument(PDFDocument):
    """A document whose objects come quickly, and are the same."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        super().__init__(PDFParser(io.BytesIO(data)))

    def _getobj_parse(self, pos: int, objid: int) -> object:
        try:
            return self._quickly(pos, objid)
        except (OddSyntax, ValueError):
            return super()._getobj_parse(pos, objid)

    def _get_objects(self, stream: PDFStream) -> tuple[list[object], int]:
        try:
            count = stream["N"]
            if not isinstance(count, int):
                raise OddSyntax("an object stream without its count")
            return self._objects(stream.get_data()), count
        except (OddSyntax, KeyError):
            found: tuple[list[object], int] = super()._get_objects(stream)
            return found

    def _quickly(self, pos: int, objid: int) -> object:
        head = _HEAD.match(self._data, pos)
        if head is None or int(head[1]) != objid:
            raise OddSyntax("another object")
        start = head.end()
        end = self._data.find(_END, start, start + _LONGEST)
        stream = self._data.find(b"stream", start, end if end >= 0 else start + _LONGEST)
        if stream >= 0:
            return self._stream(start, stream)
        if end < 0:
            raise OddSyntax("an object without end")
        (found,) = self._objects(self._data[start:end])
        return found

    def _stream(self, start: int, keyword: int) -> PDFStream:
        """The stream whose dictionary begins at ``start``, if it is as long as that says."""
        begin = _STREAM.match(self._data, keyword)
        (attributes,) = self._objects(self._data[start:keyword])
        if begin is None or not isinstance(attributes, dict) or self._parser is None or self._parser.fallback:
            raise OddSyntax("a stream that begins oddly")
        end = begin.end() + int_value(attributes.get("Length"))
        if end < begin.end() or not _END_OF_STREAM.match(self._data, end):
            raise OddSyntax("a stream of another length")
        return PDFStream(attributes, self._data[begin.end() : end], self.decipher)

    def _objects(self, data: bytes) -> list[object]:
        """The objects that follow each other."""
        open_: list[tuple[bytes, list[Any]]] = [(b"", [])]
        held = open_[0][1]
        for text in tokens(data):
            kind = KINDS.get(text[0])
            if kind == "name":
                held.append(name(text))
            elif kind == "number":
                held.append(number(text))
            elif text in MARKS:
                if text in (b"[", b"<<"):
                    open_.append((text, []))
                else:
                    self._close(text, open_)
                held = open_[-1][1]
            elif text == b"R":
                held[-2:] = [self._reference(held)]
            else:
                held.append(value(kind, text))
        if len(open_) != 1:
            raise OddSyntax("an object that is not closed")
        return open_[0][1]

    def _close(self, mark: bytes, open_: list[tuple[bytes, list[Any]]]) -> None:
        began, inside = open_.pop()
        if not open_ or (began, mark) not in ((b"[", b"]"), (b"<<", b">>")):
            raise OddSyntax("a bracket that closes nothing")
        open_[-1][1].append(inside if mark == b"]" else _dictionary(inside))

    def _reference(self, held: list[Any]) -> PDFObjRef:
        if len(held) < 2 or type(held[-2]) is not int or type(held[-1]) is not int:
            raise OddSyntax("a reference to nothing")
        return PDFObjRef(self, held[-2])


def _dictionary(inside: list[Any]) -> dict[str, Any]:
    names, values = inside[::2], inside[1::2]
    named = all(isinstance(n, PSLiteral) and isinstance(n.name, str) for n in names)
    if len(names) != len(values) or not named:
        raise OddSyntax("a dictionary that is none")
    return {name.name: v for name, v in zip(names, values, strict=True) if v is not None}
