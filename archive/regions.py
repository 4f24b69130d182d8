"""Where an agency belongs: a region with all that lies in it, and the level of its division.

A division's code says both (GB/T 2260): two digits for the province, two for the city, two for the county.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

from parsers.divisions import called, is_division, path_name

_CODE = re.compile(r"[0-9]{2}(?:[0-9]{2}){0,2}")
_LISTED = 8


class NoSuchRegion(ValueError):
    """No division, or several, are called so; the text says what to give."""


class Level(StrEnum):
    """The level of an agency's division. The districts of a municipality such as 北京市 are counties."""

    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"


_AT_LEVEL = {
    Level.PROVINCE: "{code} LIKE '__0000'",
    Level.CITY: "{code} LIKE '____00' AND {code} NOT LIKE '__0000'",
    Level.COUNTY: "{code} NOT LIKE '____00'",
}
IN_REGION = "division_code BETWEEN :first AND :last"
"""The condition on an agency's division, with the values of :func:`bounds`."""


def region_code(text: str) -> str:
    """The code of a region named by its code (``640500``, ``6405``) or its name (``中卫市``, ``宁夏``).

    A code need not be in our table, which is that of one day, but its province must.
    Raises :class:`NoSuchRegion`.
    """
    words = unicodedata.normalize("NFKC", text).strip()
    if _CODE.fullmatch(words) and is_division(words[:2].ljust(6, "0")):
        return words.ljust(6, "0")
    codes = called(words)
    if len(codes) == 1:
        return codes[0]
    if not codes:
        raise NoSuchRegion(
            f"no division is called {text!r}: give its six digits, such as 640500, or its name"
        )
    listed = "; ".join(f"{code} {path_name(code)}" for code in codes[:_LISTED])
    raise NoSuchRegion(f"{text!r} fits several divisions: {listed}. Give the digits")


def stem(code: str) -> str:
    """The digits that all divisions under ``code`` share: 640000 -> 64, 640500 -> 6405."""
    return code[:2] if code.endswith("0000") else code[:4] if code.endswith("00") else code


def bounds(region: str) -> dict[str, str]:
    """The least and the greatest code that the region and what lies in it may have; an index finds these."""
    return {"first": stem(region).ljust(6, "0"), "last": stem(region).ljust(6, "9")}


def in_region(division_code: str | None, region: str) -> bool:
    """Whether a division is the region or lies in it."""
    return division_code is not None and division_code.startswith(stem(region))


def at_level(level: Level, column: str = "division_code") -> str:
    """The condition in SQL that a division is of this level; one that is not known is of none."""
    return _AT_LEVEL[level].format(code=column)


def level_of(division_code: str | None) -> Level | None:
    """The level of a division; None where the division is not known."""
    if division_code is None:
        return None
    if division_code.endswith("0000"):
        return Level.PROVINCE
    return Level.CITY if division_code.endswith("00") else Level.COUNTY
