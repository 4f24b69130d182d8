"""ZIP containers with limits: what a hostile file could ask for is refused before it is inflated."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator

from lxml.etree import _Element as Element

from parsers.formats.xml_parts import tree
from parsers.outcomes import EncryptedFile, TooMuch, UnreadableFile

MOST_ENTRIES = 5_000
MOST_BYTES = 200 * 1024 * 1024
MOST_PART = 32 * 1024 * 1024
"""Of one XML part: as a tree it takes some twelve times as much."""
MOST_RATIO = 300
_SMALL = 4 * 1024 * 1024
"""Up to so many bytes no ratio is asked: a small part may be all one character."""

_END = struct.Struct("<4s4H2LH")
_ENTRY = struct.Struct("<4s6H3L5H2L")
_LISTED = 2_000
_BROKEN = (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, ValueError, struct.error, OSError)


class Package:
    """An opened ZIP. What is read from it is counted, over all parts, and stops at the limits."""

    def __init__(self, data: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except _BROKEN as fault:
            raise UnreadableFile(f"broken ZIP container: {fault}"[:300]) from fault
        entries = self._zip.infolist()
        if len(entries) > MOST_ENTRIES:
            raise TooMuch(f"more than {MOST_ENTRIES} entries in the container")
        self._entries = {_key(_name(entry)): entry for entry in entries if not entry.is_dir()}
        self._left = MOST_BYTES

    def names(self) -> Iterator[str]:
        """Names of the files in it, in the container's order."""
        return (_name(entry) for entry in self._entries.values())

    def __contains__(self, name: str) -> bool:
        return _key(name) in self._entries

    def read(self, name: str, most: int = MOST_BYTES) -> bytes:
        """The bytes of a part. Raises :class:`UnreadableFile` when it is missing, broken or too much."""
        entry = self._entries.get(_key(name))
        if entry is None:
            raise UnreadableFile(f"the container has no {name}")
        if entry.flag_bits & 1:
            raise EncryptedFile(f"encrypted: {name} needs a password")
        most = min(most, self._left, max(_SMALL, MOST_RATIO * max(entry.compress_size, 1)))
        try:
            with self._zip.open(entry) as part:
                data = part.read(most + 1)
        except RuntimeError as fault:
            raise EncryptedFile(f"encrypted: {fault}") from fault
        except _BROKEN as fault:
            raise UnreadableFile(f"broken part {name}: {fault}"[:300]) from fault
        if len(data) > most:
            raise TooMuch(f"{name} inflates to more than {most} bytes")
        self._left -= len(data)
        return data

    def inflated(self) -> Iterator[tuple[str, bytes]]:
        """Every part in turn, within the limits: also a test for readers that then inflate by themselves."""
        for name in list(self._entries):
            yield name, self.read(name)

    def tree(self, name: str) -> Element:
        """An XML part as a tree. A document type declaration is refused: no office file has one."""
        return tree(self.read(name, MOST_PART), name)

    def tree_or_none(self, name: str) -> Element | None:
        """The same of a part that may be missing, or broken without harm."""
        try:
            return self.tree(name) if name in self else None
        except UnreadableFile:
            return None


def _name(entry: zipfile.ZipInfo) -> str:
    """The entry's name. Writers in China leave names in GB 18030 without saying so."""
    if entry.flag_bits & 0x800:
        return entry.filename
    try:
        raw = entry.filename.encode("cp437")
    except UnicodeEncodeError:
        return entry.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return entry.filename


def _key(name: str) -> str:
    """How names are compared: office containers do it without regard to case."""
    return name.replace("\\", "/").lstrip("/").lower()


def listed_names(data: bytes) -> list[bytes]:
    """The first names in a ZIP's directory, read without unpacking anything; none when it is broken."""
    at = data.rfind(b"PK\x05\x06", max(0, len(data) - 66_000))
    if at < 0 or at + _END.size > len(data):
        return []
    *_, count, _size, offset, _comment = _END.unpack_from(data, at)
    names: list[bytes] = []
    for _ in range(min(count, _LISTED)):
        if offset + _ENTRY.size > len(data) or data[offset : offset + 4] != b"PK\x01\x02":
            break
        fields = _ENTRY.unpack_from(data, offset)
        name, extra, comment = fields[10:13]
        names.append(data[offset + _ENTRY.size : offset + _ENTRY.size + name])
        offset += _ENTRY.size + name + extra + comment
    return names
