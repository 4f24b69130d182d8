"""Labelled digests as WARC headers hold them: an algorithm, and base32, hexadecimal or base64."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

_LABELLED = re.compile(r"([A-Za-z0-9-]+):\s*([A-Za-z0-9=+/_-]+)")
_ALGORITHMS = {
    # hashlib.new would look for each anew
    "md5": hashlib.md5,
    "sha1": hashlib.sha1,
    "sha224": hashlib.sha224,
    "sha256": hashlib.sha256,
    "sha384": hashlib.sha384,
    "sha512": hashlib.sha512,
}
_SIZES = {name: hasher().digest_size for name, hasher in _ALGORITHMS.items()}
_OUR_LABEL = "sha256:"
OF_NOTHING = _OUR_LABEL + base64.b32encode(hashlib.sha256().digest()).decode("ascii")
_OUR_LENGTH = len(_OUR_LABEL) + 56  # 52 digits and the filling
_BASE32 = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ2345670189", "0123456789abcdefghijklmnopqrstuv????")


class Hasher(Protocol):
    def update(self, data: bytes, /) -> None: ...
    def digest(self) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Digest:
    """An algorithm that we know, and the bytes that it must give."""

    algorithm: str
    value: bytes

    @classmethod
    def read(cls, text: str | None) -> Digest | None:
        """None when there is no digest, when it has no such form, or its algorithm is not known."""
        match = _LABELLED.fullmatch(text or "")
        algorithm = match[1].lower().replace("-", "") if match else ""
        if match is None or algorithm not in _ALGORITHMS:
            return None
        value = _decoded(match[2].rstrip("="), _SIZES[algorithm])
        return None if value is None else cls(algorithm, value)

    @property
    def label(self) -> str:
        """In the one form that the catalogue compares: ``sha1:`` and base32."""
        return f"{self.algorithm}:{base64.b32encode(self.value).decode('ascii')}"

    def hasher(self) -> Hasher:
        return _ALGORITHMS[self.algorithm]()


def well_formed(text: str) -> bool:
    """Whether a field could be a digest at all: ISO 28500, 5.8 lets any algorithm stand there."""
    match = _LABELLED.fullmatch(text)
    known = match is not None and match[1].lower().replace("-", "") in _ALGORITHMS
    return Digest.read(text) is not None if known else match is not None


def matches(digest: Digest, forms: Iterable[bytes]) -> bool:
    """Whether one of the forms has the digest."""
    return any(_ALGORITHMS[digest.algorithm](form).digest() == digest.value for form in forms)


def fits(said: str, data: bytes) -> bool | None:
    """Whether ``data`` has the digest that a field names; None where that is no digest we know."""
    digest = Digest.read(said)
    return None if digest is None else matches(digest, (data,))


def is_sha256(said: str, found: str) -> bool:
    """Whether a field in the form that we write names the SHA-256 whose hexadecimal form is ``found``."""
    return len(said) == _OUR_LENGTH and _number(said[len(_OUR_LABEL) : -4]) >> 4 == int(found, 16)


def _from_base32(value: str, size: int) -> bytes:
    """By way of a number, since base64.b32decode took a fifth of an archive's whole check."""
    return (_number(value) >> (5 * len(value) - 8 * size)).to_bytes(size, "big")


def _number(base32: str) -> int:
    return int(base32.translate(_BASE32), 32) if base32.isalnum() else -1


def _decoded(value: str, size: int) -> bytes | None:
    """The length tells which of the three forms it has."""
    try:
        if len(value) == 2 * size:
            found = bytes.fromhex(value)
        elif len(value) == -(-size * 8 // 5):
            found = _from_base32(value.upper(), size)
        else:
            found = base64.b64decode(value.replace("-", "+").replace("_", "/") + "=" * (-len(value) % 4))
    except (ValueError, OverflowError, binascii.Error):
        return None
    return found if len(found) == size else None
