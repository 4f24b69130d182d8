"""OLE containers ([MS-CFB]), which DOC and XLS are: their streams, names compared without regard to case."""

from __future__ import annotations

import io
import struct

import olefile

from parsers.outcomes import UnreadableFile

_BROKEN = (
    OSError, ValueError, IndexError, KeyError, TypeError, AttributeError, RecursionError, struct.error,
)  # fmt: skip
"""What olefile is seen to raise on broken containers."""


class Streams:
    """An opened container. Raises :class:`~parsers.outcomes.UnreadableFile` for a broken one."""

    def __init__(self, data: bytes) -> None:
        try:
            self._container = olefile.OleFileIO(io.BytesIO(data))
        except _BROKEN as fault:
            raise _broken(fault) from fault

    def names(self) -> set[str]:
        """The names at the root, in lower case; what lies deeper is embedded, as a workbook in a letter."""
        try:
            return {path[0].lower() for path in self._container.listdir() if len(path) == 1}
        except _BROKEN as fault:
            raise _broken(fault) from fault

    def read(self, *names: str) -> bytes:
        """The bytes of the first of these streams that is there; of none, another UnreadableFile."""
        try:
            for name in names:
                if self._container.exists(name):
                    return bytes(self._container.openstream(name).read())
        except _BROKEN as fault:
            raise _broken(fault) from fault
        raise UnreadableFile(f"the container has no {names[0]}")


def _broken(fault: Exception) -> UnreadableFile:
    return UnreadableFile(f"broken OLE container: {type(fault).__name__}: {fault}"[:300])
