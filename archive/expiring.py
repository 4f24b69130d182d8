"""Addresses that a site makes anew each time it shows them: a token, a ticket or a moment in the query."""

from __future__ import annotations

import re

_TOKEN = re.compile(r"(?=[^.]*\d)[^.]{16,}|\d{10}|\d{13}")
"""A long value with figures in it that is no file's name, or a moment in seconds or milliseconds."""


def expires(url: str) -> bool:
    """Whether an address has such a value, and so may lead nowhere some time after it was shown."""
    return any(map(_TOKEN.fullmatch, _parts(url)[1].values()))


def is_renewed(old: str, new: str) -> bool:
    """Whether two addresses differ in nothing else than such values."""
    (path, values), (other_path, others) = _parts(old), _parts(new)
    if path != other_path or values.keys() != others.keys():
        return False
    pairs = [(values[name], others[name]) for name in values if values[name] != others[name]]
    return bool(pairs) and all(_TOKEN.fullmatch(value) for pair in pairs for value in pair)


def _parts(url: str) -> tuple[str, dict[str, str]]:
    path, _, query = url.partition("?")
    named = (part.partition("=") for part in query.split("&") if part)
    return path, {name: value for name, _, value in named}
