"""Changes that break a file: in its bytes, or, of a ZIP, in a part of it that is packed again."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from random import Random

_CHANGES_AT_ONCE = (1, 1, 1, 2, 3, 12)
_LONGEST = 400
_EDGES = (
    b"\x00",
    b"\xff",
    b"\x7f",
    b"\x80",
    b"\xff\xff\xff\xff",
    b"\x00\x00\x00\x80",
    b"<",
    b">",
    b"&",
    b'"',
    b"9" * 9,
)


def mutated(data: bytes, random: Random) -> bytes:
    """The file with some changes; most of ZIPs within a part, for else nothing but the container is tried."""
    if data.startswith(b"PK") and random.random() < 0.8:
        return _in_part(data, random)
    return _changed(data, random)


def _changed(data: bytes, random: Random) -> bytes:
    body = bytearray(data)
    for _ in range(random.choice(_CHANGES_AT_ONCE)):
        if body:
            random.choice(_CHANGES)(body, random)
    return bytes(body)


def _flip(body: bytearray, random: Random) -> None:
    body[random.randrange(len(body))] ^= 1 << random.randrange(8)


def _overwrite(body: bytearray, random: Random) -> None:
    edge = random.choice(_EDGES)
    at = random.randrange(len(body))
    body[at : at + len(edge)] = edge


def _cut(body: bytearray, random: Random) -> None:
    at = random.randrange(len(body))
    del body[at : at + random.randint(1, _LONGEST)]


def _repeat(body: bytearray, random: Random) -> None:
    at = random.randrange(len(body))
    part = body[at : at + random.randint(1, _LONGEST)]
    body[at:at] = part * random.randint(1, 20)


def _move(body: bytearray, random: Random) -> None:
    at = random.randrange(len(body))
    part = body[at : at + random.randint(1, _LONGEST)]
    to = random.randrange(len(body))
    body[to : to + len(part)] = part


def _end(body: bytearray, random: Random) -> None:
    if random.random() < 0.3:
        del body[random.randrange(len(body)) :]


_CHANGES: tuple[Callable[[bytearray, Random], None], ...] = (_flip, _overwrite, _cut, _repeat, _move, _end)


def _in_part(data: bytes, random: Random) -> bytes:
    """A ZIP one of whose parts is changed, or left out."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        names = source.namelist()
        chosen = random.choice(names)
        for name in names:
            part = source.read(name)
            if name != chosen:
                target.writestr(name, part)
            elif random.random() < 0.95:
                target.writestr(name, _changed(part, random))
    return out.getvalue()
