"""ZIP, RAR and 7z: the files in them, within limits.

A container asks for memory and time out of proportion to its size, so entries, bytes and ratio are bounded
before and while they are inflated. A file in it that cannot be had is passed over, with the reason kept.
"""

from __future__ import annotations

import io
import lzma
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import py7zr
import rarfile
from py7zr.exceptions import ArchiveError
from py7zr.io import BytesIOFactory

from parsers.formats.zips import MOST_BYTES, MOST_ENTRIES, MOST_RATIO, Package
from parsers.outcomes import EncryptedFile, TooMuch, UnreadableFile
from parsers.programs import UNAR
from parsers.sniff import RAR, SEVEN_ZIP, ZIP

_SMALL = 16 * 1024 * 1024
"""Up to so many bytes no ratio is asked."""
_BROKEN = (
    ArchiveError, lzma.LZMAError, struct.error, OSError, EOFError, ValueError, TypeError, KeyError,
    IndexError, AttributeError, AssertionError, ArithmeticError, RecursionError, NotImplementedError,
)  # fmt: skip
"""What py7zr is seen to raise on broken files."""


@dataclass(frozen=True, slots=True)
class Member:
    """A file in a container; ``fault`` says why its bytes cannot be had."""

    name: str
    data: bytes
    fault: UnreadableFile | None = None


Choice = Callable[[list[str]], list[str]]
"""Of the names in a container, those to be read, in the order wanted."""


def members(data: bytes, media_type: str, choose: Choice) -> Iterator[Member]:
    """The chosen files in a container, one after the other.

    Raises :class:`~parsers.outcomes.UnreadableFile` when the container cannot be opened.
    """
    return _OPENERS[media_type](data, choose)


def _in_zip(data: bytes, choose: Choice) -> Iterator[Member]:
    package = Package(data)
    for name in choose(list(package.names())):
        yield _had(name, partial(package.read, name))


def _had(name: str, read: Callable[[], bytes]) -> Member:
    try:
        return Member(name, read())
    except UnreadableFile as fault:
        return Member(name, b"", fault)


def _in_rar(data: bytes, choose: Choice) -> Iterator[Member]:
    try:
        archive = rarfile.RarFile(io.BytesIO(data), charset="gb18030")
    except rarfile.NeedFirstVolume as fault:
        raise UnreadableFile("a further volume of a RAR archive, without its first") from fault
    except (rarfile.Error, *_BROKEN) as fault:
        raise UnreadableFile(f"broken RAR container: {fault}"[:300]) from fault
    if archive.needs_password():
        raise EncryptedFile("encrypted: the RAR archive needs a password")
    entries = {entry.filename: entry for entry in archive.infolist() if entry.is_file()}
    chosen = choose(list(entries))
    _demand_moderate([entries[name].file_size for name in chosen], len(data))
    for name in chosen:
        yield _had(name, partial(_from_rar, archive, entries[name]))


def _from_rar(archive: rarfile.RarFile, entry: rarfile.RarInfo) -> bytes:
    try:
        with archive.open(entry) as file:
            data = bytes(file.read(entry.file_size + 1))
    except rarfile.RarCannotExec as fault:
        raise UNAR.missing() from fault
    except (rarfile.PasswordRequired, rarfile.RarWrongPassword) as fault:
        raise EncryptedFile(f"encrypted: {entry.filename} needs a password") from fault
    except (rarfile.Error, *_BROKEN) as fault:
        raise UnreadableFile(f"broken file {entry.filename}: {fault}"[:300]) from fault
    if len(data) > entry.file_size:
        raise TooMuch(f"{entry.filename} inflates to more than the {entry.file_size} bytes it states")
    return data


def _in_seven_zip(data: bytes, choose: Choice) -> Iterator[Member]:
    try:
        with py7zr.SevenZipFile(io.BytesIO(data)) as archive:
            if archive.needs_password():
                raise EncryptedFile("encrypted: the 7z archive needs a password")
            sizes = {entry.filename: entry.uncompressed for entry in archive.list() if not entry.is_directory}
            _demand_moderate(list(sizes.values()), len(data))
            chosen = choose(list(sizes))
            factory = BytesIOFactory(MOST_BYTES)
            archive.extract(targets=chosen, factory=factory)
    except py7zr.exceptions.PasswordRequired as fault:
        raise EncryptedFile("encrypted: the 7z archive needs a password") from fault
    except _BROKEN as fault:
        raise UnreadableFile(f"broken 7z container: {type(fault).__name__}: {fault}"[:300]) from fault
    for name in chosen:
        file = factory.products.get(name)
        if file is not None:
            file.seek(0)
            yield Member(name, file.read())


def _demand_moderate(sizes: list[int], held: int) -> None:
    if len(sizes) > MOST_ENTRIES:
        raise TooMuch(f"more than {MOST_ENTRIES} entries in the container")
    total = sum(sizes)
    if total > MOST_BYTES or total > max(_SMALL, MOST_RATIO * held):
        raise TooMuch(f"the container inflates to {total} bytes")


_OPENERS: dict[str, Callable[[bytes, Choice], Iterator[Member]]] = {
    ZIP: _in_zip,
    RAR: _in_rar,
    SEVEN_ZIP: _in_seven_zip,
}
