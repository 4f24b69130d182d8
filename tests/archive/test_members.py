"""Members are found whole, wherever the chunks that a file is read in are cut."""

from __future__ import annotations

import os
from pathlib import Path

from isal import isal_zlib

from archive.warc.members import CHUNK, GZIP_HEADER, GZIP_WINDOW, Member, walk


def member(data: bytes) -> bytes:
    engine = isal_zlib.compressobj(3, isal_zlib.DEFLATED, GZIP_WINDOW)
    return bytes(engine.compress(data) + engine.flush())


def test_a_header_that_a_chunk_cuts_is_read_whole(tmp_path: Path) -> None:
    second = member(b"the second")
    filling = CHUNK - 300
    first = member(os.urandom(filling))
    for ahead in range(1, len(GZIP_HEADER) + 1):
        while len(first) != CHUNK - ahead:
            filling += CHUNK - ahead - len(first)
            first = member(os.urandom(filling))
        path = tmp_path / f"{ahead}.gz"
        path.write_bytes(first + second)
        found = list(walk(path))
        assert [(m.offset, m.header) for m in found if isinstance(m, Member)] == [
            (0, GZIP_HEADER),
            (len(first), GZIP_HEADER),
        ]
