"""What a report names in passing: how to reach the office, and the documents it cites."""

from __future__ import annotations

import re
from collections.abc import Iterator

from parsers.characters import mend
from parsers.document import Document
from parsers.report import Mention, MentionKind

_WIDE = str.maketrans("０１２３４５６７８９－—–＠．：（）", "0123456789---@.:()")
_NAMES = r"(?:联系|办公|通讯|通信|单位)?"
_ADDRESS = re.compile(rf"{_NAMES}地址(?:为|是)?\s*[:：]?\s*(?P<value>[^，,。；;)）:：]{{4,60}})")
_POSTCODE = re.compile(r"(?:邮政编码|邮编)(?:为|是)?\s*[:：]?\s*(?P<value>\d{6})(?!\d)")
_TELEPHONE = re.compile(
    r"(?<!传真)(?:电话|热线|手机)(?:号码)?(?:[/及和、]传真)?(?:为|是)?\s*[:：]?\s*"
    r"(?P<value>\(?0\d{2,3}\)?[- ]?\d{6,8}(?:-\d{1,6})?|1\d{10}|\d{7,8}|\d{5})(?!\d)"
)
_FAX = re.compile(r"传真(?:号码)?\s*[:：]?\s*(?P<value>\(?0\d{2,3}\)?[- ]?\d{7,8})(?!\d)")
_EMAIL = re.compile(r"(?P<value>[A-Za-z0-9][\w.+-]*@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,8})(?![A-Za-z])", re.ASCII)
_NUMBERED = re.compile(
    r"(?P<value>(?P<body>[\u4e00-\u9fff]{1,14})\s*[〔\[［【(（]\s*(?P<year>(?:19|20)\d{2})\s*[〕\]］】)）]\s*第?\s*"
    r"(?P<number>\d{1,4})\s*号)"
)
_BRACKETED_YEAR = re.compile(r"[〔\[［【(（]\s*(?:19|20)\d{2}")
_ORDER = re.compile(r"(?P<value>国务院令第?\s*(?P<number>\d{3,4})\s*号)")
_IN_NUMBER = re.compile(r"(?<=[!-~]) (?=[!-~])")
"""A space that a line's end left in a number or an address of mail."""
_BEFORE_NUMBER = re.compile(r".*(?:根据|按照|依据|依照|遵照|印发|以及|关于|通知|意见|和|及|与|的|照|据|了)")
_WORTH = re.compile(r"[@＠址]|\d{3}")
"""What every mention holds: most paragraphs need no closer look."""
_OF_CONTACTS = re.compile(r"[@＠址编机真]|电话|热线")
"""What every contact holds."""
_LONGEST = 2000

_CONTACTS = (
    (MentionKind.ADDRESS, _ADDRESS),
    (MentionKind.POSTCODE, _POSTCODE),
    (MentionKind.TELEPHONE, _TELEPHONE),
    (MentionKind.FAX, _FAX),
    (MentionKind.EMAIL, _EMAIL),
)


def read(document: Document) -> tuple[Mention, ...]:
    """Contacts and cited documents in reading order, each value once."""
    found: dict[tuple[MentionKind, str], Mention] = {}
    for paragraph in document.paragraphs():
        if not _WORTH.search(paragraph.text):
            continue
        text = mend(paragraph.text)[:_LONGEST]
        for kind, value in (*_contacts(text), *_cited(text)):
            found.setdefault((kind, value), Mention(kind, value, paragraph.locator))
    return tuple(found.values())


def _contacts(text: str) -> Iterator[tuple[MentionKind, str]]:
    if not _OF_CONTACTS.search(text):
        return
    text = text.translate(_WIDE)
    joined = _IN_NUMBER.sub("", text)
    for kind, pattern in _CONTACTS:
        whole = kind is MentionKind.ADDRESS
        for match in list(pattern.finditer(text if whole else joined)) or pattern.finditer(text):
            value = match["value"].strip()
            if not whole or _is_address(value):
                yield kind, value


def _is_address(text: str) -> bool:
    """A place, not a sentence about addresses: it has a street, a house or a number."""
    return "网址" not in text and "http" not in text and bool(re.search(r"[路街道巷号楼镇乡村区县市]", text))


def _cited(text: str) -> Iterator[tuple[MentionKind, str]]:
    """Document numbers, written one way: 国办公开办函〔2021〕30号."""
    for match in _NUMBERED.finditer(text) if _BRACKETED_YEAR.search(text) else ():
        body = _BEFORE_NUMBER.sub("", match["body"])
        if len(body) >= 2:
            yield MentionKind.DOCUMENT, f"{body}〔{match['year']}〕{match['number']}号"
    for match in _ORDER.finditer(text):
        yield MentionKind.DOCUMENT, f"国务院令第{match['number']}号"
