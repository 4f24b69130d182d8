"""Figures and labels as they are printed: units, blanks, signs and widths; slips of the typist's hand."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from random import Random

from benchmarks.eval.variation import Variation, Zeros
from parsers.forms.labels import words
from parsers.report import State

_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
_HALF_WIDTH = str.maketrans("（）：", "():")
_MONEY = ("amount_10k_yuan", "procurement_amount", "fees_10k_yuan", "staffing.budget_10k_yuan")
_LONGEST_SPACED = 4
_SLIP_CHARACTERS = "的公开政府信息其他申请处理办法行止度数量件本年未末己已"
_KNOWN_SLIPS = {
    "本年废止件数": "本年度止件数",
    "2.其他法律行政法规禁止公开": "2.其他法律行政止公开",
    "行政规范性文件": "规范性文件",
}
_STATES = {Zeros.DIGIT: State.VALUE, Zeros.BLANK: State.BLANK}


@dataclass(frozen=True)
class Figure:
    """A cell as printed, and what reading it must give."""

    text: str
    state: State
    value: Decimal | None


def figure(key: str, value: Decimal, variation: Variation, random: Random) -> Figure:
    """Print one figure."""
    if value == 0:
        return _zero(variation.zeros, random)
    column = key.rpartition("/")[2]
    text = _number(key, value, variation, random)
    if variation.remarks and column not in _MONEY and random.random() < 0.05:
        text += f"（其中修订 {random.randint(1, 20)} 件）"
    return Figure(text, State.VALUE, value)


def _zero(style: Zeros, random: Random) -> Figure:
    if style is Zeros.MIXED:
        style = random.choice([z for z in Zeros if z is not Zeros.MIXED])
    state = _STATES.get(style, State.DASH)
    return Figure(style.value, state, Decimal(0) if state is State.VALUE else None)


def _number(key: str, value: Decimal, variation: Variation, random: Random) -> str:
    _, row, column = key.split("/")
    if (column in _MONEY or row in _MONEY) and variation.yuan_in_cell:
        return f"{(value * 10000).normalize():f}元"
    text = f"{abs(value):,f}" if variation.thousands else f"{abs(value):f}"
    if variation.full_width_digits:
        text = text.translate(_FULL_WIDTH)
    if column == "change":
        return _signed(text, value, variation.signs)
    if variation.units and column not in _MONEY and row not in _MONEY and random.random() < 0.5:
        text += "件"
    return text


def _signed(text: str, value: Decimal, style: str) -> str:
    if style == "增减":
        return ("增" if value > 0 else "减") + text
    return ("-" if value < 0 else style) + text


class Labels:
    """Words the labels of one document: the same label always alike, slips in a few of them.

    A slip strikes labels of four or more Han characters behind the ordinal, once each: a shorter one may turn
    into another label.
    """

    def __init__(self, variation: Variation, labels: list[str], random: Random) -> None:
        self._variation = variation
        self._slipped: dict[str, str] = {}
        known = [label for label in labels if label in _KNOWN_SLIPS]
        long = [label for label in labels if len(words(label)) >= 4]
        for _ in range(variation.slips):
            if known and random.random() < 0.4:
                label = random.choice(known)
                self._slipped[label] = _KNOWN_SLIPS[label]
            elif long:
                label = random.choice(long)
                self._slipped[label] = _slip(label, random)

    def word(self, label: str) -> str:
        """The label as printed."""
        label = self._slipped.get(label, label)
        if self._variation.half_width:
            label = label.translate(_HALF_WIDTH)
        if self._variation.spaced_labels and len(label) == 2:
            label = f"{label[0]} {label[1]}"
        return label

    def outcome(self, label: str) -> str:
        """A label of table 4, broken over two lines where columns are narrow."""
        if self._variation.spaced_labels and len(label) == _LONGEST_SPACED:
            return f"{label[:2]}\n{label[2:]}"
        return self.word(label)


def _slip(label: str, random: Random) -> str:
    """One character dropped, doubled, replaced, or changed in place with the next."""
    first = label.find(words(label)[:2])
    at = random.choice([i for i, c in enumerate(label) if c >= "\u4e00" and i >= first][:-1])
    kind = random.randrange(4)
    if kind == 0:
        return label[:at] + label[at + 1 :]
    if kind == 1:
        return label[:at] + label[at] + label[at:]
    if kind == 2:
        return label[:at] + random.choice(_SLIP_CHARACTERS) + label[at + 1 :]
    return label[:at] + label[at + 1 : at + 2] + label[at] + label[at + 2 :]
