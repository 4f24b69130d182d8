"""Administrative divisions in an agency's name (GB/T 2260, state of 2023-06-30).

Longest names first, and a chain of names (市, then 区) must fit the hierarchy. A name that several divisions
bear gives all their codes: which one is meant is not guessed.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from parsers.characters import mend

_SHORT_SUFFIXES = (
    "特别行政区", "维吾尔自治区", "壮族自治区", "回族自治区", "自治区", "自治州", "自治县", "自治旗",
    "地区", "省", "市", "盟", "区", "县", "旗",
)  # fmt: skip
_BODY = ("政府", "人民", "局", "委", "办", "厅", "院", "中心", "管理", "街道", "镇", "乡")
_PEOPLES = re.compile(
    r"(?<=..)(?:蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|侗|白|土家|哈尼|哈萨克|傣|黎|傈僳|景颇|柯尔克孜|羌|瑶)族?(?:\w*族)?自治州"
)
_AGAIN_A_DIVISION = frozenset("省市区县州盟旗镇乡路街")
_LEVELS = {"province": 0, "city": 1, "county": 2}


@dataclass(frozen=True, slots=True)
class Division:
    """One division; ``parent`` is the code of the one above, or empty."""

    code: str
    name: str
    level: str
    parent: str


@cache
def _all() -> dict[str, Division]:
    """By code. A city without counties (东莞市) is listed twice in the source and kept as the city."""
    with (files("parsers") / "data" / "divisions.csv").open(encoding="utf-8") as lines:
        rows = [Division(r["code"], r["name"], r["level"], r["parent"]) for r in csv.DictReader(lines)]
    return {d.code: d for d in sorted(rows, key=lambda d: -_LEVELS[d.level])}


@cache
def _named() -> dict[str, tuple[str, ...]]:
    names: dict[str, list[str]] = {}
    for division in _all().values():
        names.setdefault(division.name, []).append(division.code)
    return {name: tuple(codes) for name, codes in names.items()}


@cache
def _bared() -> dict[str, set[str]]:
    """Names without suffix (中卫, 宁夏), each with all divisions that it may mean."""
    found: dict[str, set[str]] = {}
    for division in _all().values():
        for bare in _bare(division):
            found.setdefault(bare, set()).add(division.code)
    return found


@cache
def _short() -> dict[str, str]:
    """Names without suffix that only one division can mean."""
    return {n: next(iter(c)) for n, c in _bared().items() if len(c) == 1 and n not in _named()}


def _bare(division: Division) -> Iterable[str]:
    known = {
        "内蒙古自治区": "内蒙古",
        "宁夏回族自治区": "宁夏",
        "新疆维吾尔自治区": "新疆",
        "广西壮族自治区": "广西",
    }
    if division.name in known:
        return (known[division.name],)
    people = _PEOPLES.search(division.name)
    if people and division.name.endswith("自治州"):
        return (f"{division.name[: people.start()]}州",)
    suffix = next((s for s in _SHORT_SUFFIXES if division.name.endswith(s)), "")
    bare = division.name.removesuffix(suffix)
    return (bare,) if suffix and len(bare) >= 2 and division.name != bare else ()


@cache
def _beginning() -> dict[str, tuple[str, ...]]:
    """All names, whole and short, by their first two characters, the longest first."""
    names: dict[str, list[str]] = {}
    for name in sorted({*_named(), *_short()}, key=len, reverse=True):
        names.setdefault(name[:2], []).append(name)
    return {start: tuple(beginning) for start, beginning in names.items()}


def candidates(name: str | None) -> tuple[str, ...]:
    """Codes of the divisions that the name fits, in order of code; empty when it names none."""
    if not name:
        return ()
    text = mend(name).replace(" ", "")
    chain: tuple[str, ...] = ()
    position = 0
    while position < len(text):
        found = _at(text, position)
        if found and position and not chain and len(found[0]) < 3:
            found = None
        narrowed = _within(found[1], chain) if found else ()
        if not found or not narrowed:
            if chain:
                break
            position += 1
            continue
        chain, position = narrowed, position + len(found[0])
    return tuple(sorted(chain))


def _at(text: str, position: int) -> tuple[str, tuple[str, ...]] | None:
    """The longest division's name that stands here, else a short name that something of an office follows."""
    for name in _beginning().get(text[position : position + 2], ()):
        if not text.startswith(name, position):
            continue
        if name in _named():
            return name, _named()[name]
        if position < 4 and _may_follow(text[position + len(name) :]):
            return name, (_short()[name],)
    return None


def _may_follow(following: str) -> bool:
    """A short name counts before another division's name or an office's: 宁夏中卫市, but not 中卫路."""
    if following[:1] in _AGAIN_A_DIVISION:
        return False
    return any(following[:n] in _named() for n in range(2, 12)) or any(b in following[:12] for b in _BODY)


def _within(found: tuple[str, ...], chain: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the found that lie in one of the chain; all of them where there is no chain yet."""
    return found if not chain else tuple(code for code in found if any(_inside(code, c) for c in chain))


def _inside(code: str, above: str) -> bool:
    current = _all()[code].parent
    while current:
        if current == above:
            return True
        current = _all()[current].parent if current in _all() and _all()[current].parent != current else ""
    return False


def is_chain(text: str) -> bool:
    """Whether the text is nothing but divisions' names, one inside the other: 宁夏回族自治区中卫市."""
    chain: tuple[str, ...] = ()
    position = 0
    while position < len(text):
        found = _at(text, position)
        narrowed = _within(found[1], chain) if found and found[0] in _named() else ()
        if not found or not narrowed:
            return False
        chain, position = narrowed, position + len(found[0])
    return bool(chain)


def is_division(code: str) -> bool:
    """Whether the table has a division of this code."""
    return code in _all()


def called(text: str) -> tuple[str, ...]:
    """Codes of the divisions that the text names and nothing else, with or without suffix, alone or after
    those above them: 中卫市, 宁夏, 宁夏中卫市. Of a city and the one county of its name the city is meant.
    """
    codes = _called("".join(mend(text).split()), ())
    names = {code: _all()[code].name for code in codes}
    return tuple(
        sorted(c for c in codes if not any(_inside(c, o) and names[c] == names[o] for o in codes - {c}))
    )


def _called(text: str, above: tuple[str, ...]) -> set[str]:
    found: set[str] = set()
    for length in range(2, len(text) + 1):
        name, rest = text[:length], text[length:]
        codes = _within((*_named().get(name, ()), *_bared().get(name, ())), above)
        if codes:
            found |= _called(rest, codes) if rest else set(codes)
    return found


def path_name(code: str) -> str:
    """A division's name after those above it: 宁夏回族自治区中卫市沙坡头区; the code if it is unknown."""
    division = _all().get(code)
    if division is None:
        return code
    above = division.parent if division.parent in _all() and division.parent != code else None
    return (path_name(above) if above else "") + division.name


def within_division(name: str, code: str) -> str:
    """An agency's name without the divisions' names that lead to ``code``: with 640502 中卫市沙坡头区民政局
    gives 民政局. A name that does not begin with such names is given back whole, white space taken out.
    """
    text = mend(name).replace(" ", "")
    for length in range(len(text) - 1, 1, -1):
        head = text[:length]
        if is_chain(head) and code in candidates(head):
            return text[length:]
    return text


_OWN_LEVEL = re.compile(
    r"(?:自治区|(?:县|区|市|省|州|旗|盟))(?!场|容|级|域|间|内|政(?!府)|民(?!政|族|宗|防))(?=\S{2})"
)
"""省, 市 or 县 for one's own; not 市场监督管理局, 市政管理局, 区域…, but 市政府 and 市民政局."""


def spelled_out(name: str, home: str) -> str | None:
    """A name that says only the level of its own division, with that of the site ``home`` written out.

    On the site of 盐池县 (640323) 县水务局 is 盐池县水务局. None where the name says no level, another one
    than the site's, or names a division itself.
    """
    text, own = mend(name).replace(" ", ""), _all().get(home)
    level = _OWN_LEVEL.match(text)
    if own is None or level is None or not own.name.endswith(level[0]) or candidates(text):
        return None
    return own.name + text[level.end() :]
