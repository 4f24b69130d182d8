"""The named fields of a WARC record's header, and the rules of ISO 28500:2017, clauses 4 and 5, on them."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from archive.warc.digests import well_formed

FieldList = tuple[tuple[str, str], ...]

TYPES = ("warcinfo", "response", "resource", "request", "metadata", "revisit", "conversion", "continuation")
_NEED_TARGET = ("response", "resource", "request", "revisit", "conversion", "continuation")
_ONCE = re.compile(r"warc-(?!concurrent-to$).*|content-(?:type|length)")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S.*", re.S)
_DATE = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,9})?)?(Z|[+-]\d\d:\d\d))?)?)?", re.I
)


def first(fields: FieldList, name: str) -> str | None:
    """The first value of a field, its name in any case; None when it is missing or empty."""
    wanted = name.lower()
    for key, value in fields:
        if value and key.lower() == wanted:
            return value
    return None


def read_fields(lines: Sequence[bytes]) -> tuple[FieldList, list[str]]:
    """The fields of header lines, folded ones joined by a blank, and what is irregular about them."""
    found: list[tuple[str, str]] = []
    notes: list[str] = []
    for line in lines:
        try:
            text = line.decode("utf-8").rstrip("\r\n")
        except UnicodeDecodeError:
            text = line.decode("latin-1").rstrip("\r\n")
            notes.append("the header is not UTF-8")
        if text[:1] in (" ", "\t") and found:
            name, value = found[-1]
            found[-1] = (name, f"{value} {text.strip()}".strip())
            continue
        name, colon, value = text.partition(":")
        if colon:
            found.append((name.strip(), value.strip()))
        else:
            notes.append("a line of the header has no colon")
    return tuple(found), notes


def read_date(text: str) -> datetime | None:
    """``WARC-Date``: W3C's profile of ISO 8601 in UTC, of any precision; an offset is taken too."""
    match = _DATE.fullmatch(text.strip())
    if not match:
        return None
    parts = zip(match.groups()[:6], (0, 1, 1, 0, 0, 0), strict=True)
    year, month, day, hour, minute, second = (int(part or least) for part, least in parts)
    zone = match[7] or "Z"
    try:
        moment = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
        if zone.upper() == "Z":
            return moment
        hours, minutes = int(zone[:3]), int(zone[0] + zone[4:])
        return moment - timedelta(hours=hours, minutes=minutes)
    except (ValueError, OverflowError):
        return None


def check_fields(fields: FieldList) -> tuple[list[str], list[str]]:
    """What makes the record unfit as evidence, and what is only irregular."""
    errors: list[str] = []
    notes: list[str] = []
    kind = (first(fields, "WARC-Type") or "").lower()
    _check_mandatory(fields, kind, errors, notes)
    _check_repeated(fields, errors, notes)
    _check_forms(fields, errors, notes)
    _check_segment(fields, kind, errors)
    media_type = first(fields, "Content-Type")
    if media_type is None and kind != "continuation" and first(fields, "Content-Length") not in (None, "0"):
        notes.append("it has no Content-Type")
    elif kind == "warcinfo" and media_type and not media_type.lower().startswith("application/warc-fields"):
        notes.append(f"its Content-Type is {media_type}, where a warcinfo record has application/warc-fields")
    return errors, notes


def _check_mandatory(fields: FieldList, kind: str, errors: list[str], notes: list[str]) -> None:
    if not kind:
        errors.append("it has no WARC-Type")
    elif kind not in TYPES:
        notes.append(f"its type {kind} is not known")
    date = first(fields, "WARC-Date")
    if date is None:
        errors.append("it has no WARC-Date")
    elif read_date(date) is None:
        errors.append(f"its WARC-Date cannot be read: {date[:40]!r}")
    record_id = first(fields, "WARC-Record-ID")
    if record_id is None:
        errors.append("it has no WARC-Record-ID")
    elif not re.fullmatch(r"<[A-Za-z][A-Za-z0-9+.-]*:[^<>\s]+>", record_id):
        notes.append("its WARC-Record-ID is no URI in angle brackets")
    target = first(fields, "WARC-Target-URI")
    if target is None and kind in _NEED_TARGET:
        errors.append("it has no WARC-Target-URI")
    elif target is not None and not _URI.fullmatch(target.strip("<>")):
        errors.append(f"its WARC-Target-URI is no address: {target[:80]!r}")
    elif target is not None and " " in target:
        notes.append("its WARC-Target-URI has blanks in it")
    if kind == "revisit" and first(fields, "WARC-Profile") is None:
        errors.append("it has no WARC-Profile")


def _check_repeated(fields: FieldList, errors: list[str], notes: list[str]) -> None:
    """Only WARC-Concurrent-To may stand more than once; other names are not the standard's."""
    values: dict[str, set[str]] = {}
    repeated: set[str] = set()
    for name, value in fields:
        key = name.lower()
        if key in values and _ONCE.fullmatch(key):
            repeated.add(key)
        values.setdefault(key, set()).add(value)
    for key in sorted(repeated):
        if len(values[key]) > 1:
            errors.append(f"{key} stands there with several values")
        else:
            notes.append(f"{key} stands there twice")


def _check_forms(fields: FieldList, errors: list[str], notes: list[str]) -> None:
    for name in ("WARC-Block-Digest", "WARC-Payload-Digest"):
        value = next((v for k, v in fields if k.lower() == name.lower()), None)
        if value is not None and not well_formed(value):
            errors.append(f"its {name} cannot be read: {value[:40]!r}")
    address = first(fields, "WARC-IP-Address")
    if address is not None:
        try:
            ipaddress.ip_address(address)
        except ValueError:
            notes.append("its WARC-IP-Address is no IP address")


def _check_segment(fields: FieldList, kind: str, errors: list[str]) -> None:
    """ISO 28500, 5.19 to 5.21: the first segment has its own type and number 1, the others follow."""
    number = first(fields, "WARC-Segment-Number")
    if number is None:
        if kind == "continuation":
            errors.append("it has no WARC-Segment-Number")
        return
    if not number.isdecimal() or (int(number) < 2 if kind == "continuation" else int(number) != 1):
        errors.append(f"its WARC-Segment-Number cannot be {number[:20]!r} in a {kind or 'nameless'} record")
    if kind == "continuation" and first(fields, "WARC-Segment-Origin-ID") is None:
        errors.append("it has no WARC-Segment-Origin-ID")
