"""What stands in a cell: a number, a blank, a dash, or something that cannot be read as a number.

A number is taken only when the whole cell says it: ``22（其中修订 16 件）`` is 22 with a remark, but ``12
34`` and
``约20`` are not numbers. Amounts are given in the unit that the form prescribes.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise

from parsers.characters import mend
from parsers.report import State

TEN_THOUSAND_YUAN = "万元"
MONEY_UNIT = r"(?:[十百千拾佰仟]?[万亿]|[十百千拾佰仟])?[美港日欧]?元"
"""A unit of money as it is written; of one that no factor is known for no amount is read."""
_NOTE = re.compile(r"[\u00b2\u00b3\u00b9\u2070-\u2079\u2460-\u24ff\u2776-\u2793*＊※†‡]+$")
"""Marks of notes behind a number: to the eye no digits of it, though Unicode makes ``3①`` equal to 31."""
_DASH = re.compile(r"[-/\\—–―−─－_﹣~～]{1,4}|无|暂无|没有|不涉及|N/?A", re.IGNORECASE)
_REMARK = re.compile(r"^([^()]*[^()\s])\s*\([^()]*(?:\([^()]*\)[^()]*)*\)$")
_NUMBER = re.compile(
    r"(?P<sign>[+\-−–](?=\d)|(?:[增减]|增加|减少|净增|净减)\s*)?(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)\s*(?P<unit>[^\d\s]{0,4})"
)
_UNIT_AS_REMARK = re.compile(rf"\s*\((?:单位:?)?({MONEY_UNIT})\)$")
_AROUND_MONEY = re.compile(r"^(?:人民币|¥|￥|RMB)\s*|(?<=元)整$", re.IGNORECASE)
_FOOTNOTE = re.compile(r"(?<=[\d)元])\s*\[\d{1,2}\]$")
_IN_PARTS = re.compile(
    r"(?:(\d+)亿(零?))?(?:(\d+)万(零?))?(?:(\d)千(零?))?(?:(\d)百(零?))?(\d+(?:\.\d+)?)?元"
)
_PARTS = (100_000_000, 10_000, 1_000, 100, 1)
_COUNT_UNITS = frozenset(
    {"", "件", "条", "次", "个", "项", "人", "人次", "篇", "宗", "份", "例", "起", "场", "期", "处"}
)
_YUAN = {
    "元": Decimal("0.0001"),
    "千元": Decimal("0.1"),
    "万元": Decimal(1),
    "万": Decimal(1),
    "亿元": Decimal(10000),
    "亿": Decimal(10000),
}
_PLAIN_DIGITS = 18
_MINUS = frozenset({"-", "−", "–", "减", "减少", "净减"})


@dataclass(frozen=True, slots=True)
class Reading:
    """A cell's state, and its number when the state is ``VALUE``."""

    state: State
    value: Decimal | None = None


@lru_cache(maxsize=8192)
def read_value(raw: str, unit: str = "", printed_unit: str = "") -> Reading:
    """Read a cell. ``unit`` is the form's (``万元`` or a count), ``printed_unit`` what the column's head
    says instead.
    """
    if not unit and raw.isdecimal() and raw.isascii() and len(raw) <= _PLAIN_DIGITS:
        return Reading(State.VALUE, Decimal(raw))
    written = mend(raw).strip()
    bare = _NOTE.sub("", written).rstrip()
    if not written:
        return Reading(State.BLANK)
    if not bare or (not bare.isascii() and any(unicodedata.category(c) == "No" for c in bare)):
        return Reading(State.UNREADABLE)
    text = unicodedata.normalize("NFKC", bare).strip()
    text = _FOOTNOTE.sub("", text)
    text = _UNIT_AS_REMARK.sub(r"\1", _AROUND_MONEY.sub("", text)) if unit else text
    if _DASH.fullmatch(text.replace(" ", "")):
        return Reading(State.DASH)
    remark = _REMARK.match(text)
    bare = remark.group(1).strip() if remark else text
    bare = _AROUND_MONEY.sub("", bare) if unit else bare
    if unit == TEN_THOUSAND_YUAN and (amount := _in_parts(bare)) is not None:
        return Reading(State.VALUE, _plain(amount))
    match = _NUMBER.fullmatch(bare)
    factor = _factor(match["unit"], unit, printed_unit) if match else None
    if match is None or factor is None:
        return Reading(State.UNREADABLE)
    number = Decimal(match["digits"].replace(",", "")) * factor
    return Reading(State.VALUE, _plain(-number if (match["sign"] or "").strip() in _MINUS else number))


def _in_parts(text: str) -> Decimal | None:
    """An amount written in several units (12万5千元, 1亿2000万元, 3万零500元), in 万元; None for any other.

    Each part fills the place next to the one before it, or 零 stands between them: 12万5元 may be meant for
    12万5千.
    """
    match = _IN_PARTS.fullmatch(text)
    if match is None:
        return None
    written = zip(match.groups()[::2], _PARTS, (*match.groups()[1::2], ""), strict=True)
    parts = [(Decimal(n) * size, size, nought) for n, size, nought in written if n]
    for (_, size, nought), (amount, _, _) in pairwise(parts):
        if amount >= size or (not nought and amount < size // 10):
            return None
    return sum((amount for amount, _, _ in parts), Decimal()) * _YUAN["元"] if len(parts) > 1 else None


def _factor(written: str, unit: str, printed_unit: str) -> Decimal | None:
    """What multiplies the written number into the form's unit; None when the units do not fit."""
    if unit == TEN_THOUSAND_YUAN:
        return _YUAN.get(written or printed_unit or unit)
    return Decimal(1) if written in _COUNT_UNITS else None


def _plain(number: Decimal) -> Decimal:
    """The same number without trailing zeros or exponent: 25.1000 is 25.1, 1E+3 is 1000."""
    whole = number.to_integral_value()
    return whole if whole == number else Decimal(format(number.normalize(), "f"))


@lru_cache(maxsize=8192)
def looks_like_value(raw: str) -> bool:
    """Whether a cell holds what a value cell may hold: a number, remark or not, a dash, nothing."""
    return (
        read_value(raw, "", "").state is not State.UNREADABLE
        or read_value(raw, TEN_THOUSAND_YUAN, "").state is State.VALUE
    )
