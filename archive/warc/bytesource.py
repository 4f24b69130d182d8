"""Bytes of a file or of a gzip member within it, read forward, with a look ahead of any length."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import BinaryIO

CHUNK = 1 << 18
GZIP_MAGIC = b"\x1f\x8b\x08"


class DamagedGzip(Exception):
    """The gzip member does not inflate, or the file ends within it."""


class ByteSource:
    """Reads forward through what ``fill`` gives: at most as many bytes as asked for, none at the end."""

    def __init__(self, fill: Callable[[int], bytes]) -> None:
        self._fill = fill
        self._buffer = b""
        self._at = 0

    def read(self, size: int) -> bytes:
        """Up to ``size`` bytes; none only at the end."""
        if self._at == len(self._buffer):
            self._buffer, self._at = self._fill(CHUNK), 0
        piece = self._buffer[self._at : self._at + size]
        self._at += len(piece)
        return piece

    def peek(self, size: int) -> bytes:
        """The next ``size`` bytes, fewer only at the end; they are read again."""
        while len(self._buffer) - self._at < size:
            more = self._fill(CHUNK)
            if not more:
                break
            self._buffer, self._at = self._buffer[self._at :] + more, 0
        return self._buffer[self._at : self._at + size]

    def readline(self, limit: int) -> bytes:
        """Up to and with the next line feed, at most ``limit`` bytes."""
        size = min(256, limit)
        while True:
            ahead = self.peek(size)
            found = ahead.find(b"\n")
            if found >= 0 or size >= limit or len(ahead) < size:
                return self.read(found + 1) if found >= 0 else self.read(len(ahead))
            size = min(size * 4, limit)


class Member:
    """One gzip member of a file, from where the file is read now. What inflates before damage is given."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._engine = zlib.decompressobj(31)
        self._fed = 0
        self._damage: DamagedGzip | None = None

    @property
    def length(self) -> int:
        """The member's own bytes, known once it is read out."""
        return self._fed - len(self._engine.unused_data)

    def read(self, size: int) -> bytes:
        """Up to ``size`` inflated bytes, none at the member's end. Raises :class:`DamagedGzip`."""
        if self._damage is not None:
            raise self._damage
        while not self._engine.eof:
            waiting = self._engine.unconsumed_tail
            fresh = waiting or self._stream.read(CHUNK)
            if not waiting:
                self._fed += len(fresh)
            if not fresh:
                raise DamagedGzip("the gzip member is cut short")
            before = self._engine.copy()
            try:
                piece = self._engine.decompress(fresh, size)
            except zlib.error as error:
                self._damage = DamagedGzip(f"the gzip member is damaged: {error}")
                piece = _up_to_damage(before, fresh)
                if not piece:
                    raise self._damage from error
            if piece:
                return piece
        return b""


def _up_to_damage(engine: zlib._Decompress, packed: bytes) -> bytes:
    parts = []
    try:
        for byte in packed:
            parts.append(engine.decompress(bytes((byte,))))
    except zlib.error:
        pass
    return b"".join(parts)


def begins_member(stream: BinaryIO, offset: int, content: bytes = b"") -> bool:
    """Whether a gzip member stands at ``offset`` that inflates, to something that begins with ``content``."""
    stream.seek(offset)
    head = stream.read(4096)
    if not head.startswith(GZIP_MAGIC):
        return False
    try:
        return zlib.decompressobj(31).decompress(head, 16).upper().startswith(content)
    except zlib.error:
        return False


def next_member(stream: BinaryIO, start: int, content: bytes = b"") -> int | None:
    """The first such member from ``start`` on."""
    base, window = start, b""
    stream.seek(start)
    while chunk := stream.read(CHUNK):
        window += chunk
        at = window.find(GZIP_MAGIC)
        while at >= 0:
            if begins_member(stream, base + at, content):
                return base + at
            at = window.find(GZIP_MAGIC, at + 1)
        keep = min(len(window), len(GZIP_MAGIC) - 1)
        base += len(window) - keep
        window = window[len(window) - keep :]
        stream.seek(base + keep)
    return None
