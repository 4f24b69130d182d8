"""Bytes of a page into text: what fits the bytes comes before what is declared, for declarations lie."""

from __future__ import annotations

import codecs
import re

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([a-zA-Z0-9_\-]+)""", re.IGNORECASE)
_DECLARED_WITHIN = 4096
_SUPERSETS = {
    **dict.fromkeys(["gb2312", "gbk", "gb_2312-80", "x-gbk", "cp936", "hz-gb-2312"], "gb18030"),
    **dict.fromkeys(["big5", "big5-hkscs", "x-x-big5", "cp950"], "big5hkscs"),
}
_COMMON_BIG5, _COMMON_GB = range(0xA4, 0xC7), range(0xB0, 0xD8)
"""First bytes of the characters in daily use, in either code."""


def decode(data: bytes, content_type: str | None = None) -> tuple[str, str]:
    """Text and the encoding it was read by; ``-replace`` behind it where bytes did not fit.

    A mark at the start decides; else bytes that are valid UTF-8 are UTF-8, also with a stray byte among many.
    Big5 is believed where it is declared and gives characters in daily use, for most of it is valid GB 18030
    as well. GBK and GB 2312 are read as their superset GB 18030.
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            return data.decode(name, "replace").removeprefix("\ufeff"), name
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        if error.start >= len(data) - 3 or _hardly_spoilt(data):
            return data.decode("utf-8", "replace"), "utf-8-replace"
    declared = _declared(data, content_type)
    names = ["big5hkscs", "gb18030"] if declared == "big5hkscs" and _is_big5(data) else ["gb18030"]
    for name in names:
        try:
            return data.decode(name), name
        except UnicodeDecodeError:
            continue
    return _least_spoilt(data, [declared, *names, "utf-8"])


def _least_spoilt(data: bytes, names: list[str]) -> tuple[str, str]:
    """The text by the encoding that fits most of the bytes; of equals the first."""
    texts = {name: data.decode(name, "replace") for name in dict.fromkeys(names)}
    best = min(texts, key=lambda name: texts[name].count("\ufffd"))
    return texts[best], f"{best}-replace"


def _hardly_spoilt(data: bytes) -> bool:
    """UTF-8 with a stray byte: cut at its end, or many characters for each bad one (GBK read so has few)."""
    text = data.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    if 50 * bad >= len(text):
        return False
    return 50 * bad < sum(character > "\u07ff" for character in text) - bad


def _is_big5(data: bytes) -> bool:
    return _in_use(data, "big5hkscs", _COMMON_BIG5) > _in_use(data, "gb18030", _COMMON_GB)


def _in_use(data: bytes, name: str, common: range) -> float:
    """Share of the Han characters that are in daily use, when the bytes are read so."""
    text = data.decode(name, "replace")
    han = [c.encode(name) for c in text if "\u4e00" <= c <= "\u9fff"]
    return sum(raw[0] in common for raw in han) / max(1, len(han) + text.count("\ufffd"))


def _declared(data: bytes, content_type: str | None) -> str:
    head = (content_type or "").encode("ascii", "replace") + b"\n" + data[:_DECLARED_WITHIN]
    for match in _CHARSET.finditer(head):
        name = match[1].decode("ascii").lower()
        name = _SUPERSETS.get(name, name)
        try:
            "".encode(name)
        except LookupError:
            continue
        return name
    return "utf-8"
