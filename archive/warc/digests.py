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
_ALGORITHMS = ("md5", "sha1", "sha224", "sha256", "sha384", "sha512")


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
        value = _decoded(match[2].rstrip("="), hashlib.new(algorithm).digest_size)
        return None if value is None else cls(algorithm, value)

    @property
    def label(self) -> str:
        """In the one form that the catalogue compares: ``sha1:`` and base32."""
        return f"{self.algorithm}:{base64.b32encode(self.value).decode('ascii')}"

    def hasher(self) -> Hasher:
        return hashlib.new(self.algorithm)


def well_formed(text: str) -> bool:
    """Whether a field could be a digest at all: ISO 28500, 5.8 lets any algorithm stand there."""
    match = _LABELLED.fullmatch(text)
    known = match is not None and match[1].lower().replace("-", "") in _ALGORITHMS
    return Digest.read(text) is not None if known else match is not None


def matches(digest: Digest, forms: Iterable[bytes]) -> bool:
    """Whether one of the forms has the digest."""
    return any(hashlib.new(digest.algorithm, form).digest() == digest.value for form in forms)


def _decoded(value: str, size: int) -> bytes | None:
    """The length tells which of the three forms it has."""
    try:
        if len(value) == 2 * size:
            found = bytes.fromhex(value)
        elif len(value) == -(-size * 8 // 5):
            found = base64.b32decode(value.upper() + "=" * (-len(value) % 8))
        else:
            found = base64.b64decode(value.replace("-", "+").replace("_", "/") + "=" * (-len(value) % 4))
    except (ValueError, binascii.Error):
        return None
    return found if len(found) == size else None
