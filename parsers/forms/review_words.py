"""The words of table 4: its groups, its outcomes, and which column they name together."""

from __future__ import annotations

import re

from parsers.characters import key

OUTCOMES = 5
LITIGATION = "行政诉讼"
MARKS = (
    ("维持", "upheld"),
    ("纠正", "corrected"),
    ("其他", "other"),
    ("审结", "pending"),
    ("尚未", "pending"),
    ("总计", "total"),
)
"""What of an outcome's label stands in every way to write it."""
_DIRECT = re.compile(r"[未不]经(?:过)?(?:行政)?复议|直接(?:提起)?(?:行政)?(?:起诉|诉讼)")
_AFTER = re.compile(r"(?<![未不])经(?:过)?(?:行政)?复议|复议后")
_REMARK = re.compile(r"备注|说明|(?:计量)?单位.{0,3}")
_BESIDE = re.compile(rf"{_REMARK.pattern}|类别|类型|序号|件数|数量|项目|情况|指标")


def is_title(text: str) -> bool:
    """Whether a cell names the whole table (政府信息公开行政复议、行政诉讼情况), and so no group of it."""
    return "复议" in text and "诉" in text and not _DIRECT.search(text) and not _AFTER.search(text)


def is_beside(text: str) -> bool:
    """Whether a cell heads a column of labels, units or remarks."""
    return bool(_BESIDE.fullmatch(text))


def is_remark(text: str) -> bool:
    """Whether a cell heads a column that bears no figures."""
    return bool(_REMARK.fullmatch(text))


def group_of(text: str) -> str | None:
    """The group that words name. 行政复议 is that of the reviews only where nothing speaks of a lawsuit."""
    if _DIRECT.search(text):
        return "litigation_direct"
    if _AFTER.search(text):
        return "litigation_after_reconsideration"
    return "reconsideration" if "行政复议" in text and "诉" not in text else None


def outcomes_of(text: str) -> set[str]:
    """The outcomes that words name."""
    return {code for mark, code in MARKS if mark in text}


def names_group(text: str) -> bool:
    """Whether a cell names a group and says nothing else."""
    word = key(text)
    return (
        (group_of(word) is not None or word == LITIGATION)
        and not outcomes_of(word)
        and not any(c.isdecimal() for c in word)
    )


def column_of(group: str | None, words: str) -> str | None:
    """The column of a group and an outcome; None where no outcome, several, or one twice is named."""
    found = outcomes_of(words)
    if group is None or len(found) != 1 or any(c.isdecimal() for c in words):
        return None
    once = all(words.count(mark) <= 1 for mark, _ in MARKS)
    return f"{group}.{found.pop()}" if once else None
