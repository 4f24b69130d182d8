"""What elements of a page say: their text, the row and headings around a link, the breadcrumb. Pure."""

import re
from collections.abc import Iterator
from datetime import date

from lxml import etree

from crawler.pagetags import parse_pub_date

_CRUMB_LABEL = re.compile(
    r"(?:您|你)?(?:现在|当前|目前)?(?:所在)?(?:的)?(?:当前)?(?:所在)?(?:的)?位置(?:是)?\s*[:：]?"
)
_CRUMB_WORDS = ("当前位置", "您的位置", "现在的位置", "所在位置", "所在的位置", "你的位置", "当前的位置")
_CRUMB_LONGEST = 240
_ROWS = frozenset({"li", "tr", "dd", "dt", "p"})
_ROW_LONGEST = 400
_SHOWN_DATE = re.compile(r"[\[（(]?(?:19|20)\d{2}[-./]\d{1,2}[-./]\d{1,2}[\]）)]?")
_HEADING_LEVELS = 6
_HEADING_LONGEST = 40


def text_of(element: etree._Element) -> str:
    """The text of an element and all in it, blanks joined."""
    if len(element):
        return " ".join("".join(str(part) for part in element.itertext()).split())
    return " ".join((element.text or "").split())


def picture_text(element: etree._Element) -> str:
    """What the first picture in an element is called."""
    for image in element.iter("img"):
        return " ".join((image.get("alt") or image.get("title") or "").split())
    return ""


def breadcrumb_of(root: etree._Element) -> str:
    """The path that the page shows for itself behind a label such as 当前位置; empty where there is none."""
    labels = root.xpath("//body//text()[contains(., '位置')]/..")
    for element in labels if isinstance(labels, list) else []:
        if isinstance(element, etree._Element) and (trail := _trail(element)):
            return trail
    return ""


def _trail(element: etree._Element) -> str:
    """The label's own element, or the nearest ancestor that holds more than the label."""
    here: etree._Element | None = element
    for _ in range(4):
        if here is None or here.tag in {"script", "style"}:
            return ""
        text = text_of(here)
        if len(text) > _CRUMB_LONGEST or not any(word in text for word in _CRUMB_WORDS):
            return ""
        if trail := _CRUMB_LABEL.sub("", text, count=1).strip(" ：:>"):
            return trail
        here = here.getparent()
    return ""


def row_date(element: etree._Element) -> date | None:
    """The date printed in the list row of a link, outside the link's own text."""
    row = element
    for _ in range(4):
        parent = row.getparent()
        if parent is None or row.tag in _ROWS:
            break
        row = parent
        if row.tag in _ROWS:
            break
        if len(row.findall(".//a")) > 1:
            return None
        if shown := _date_beside(row, element):
            return shown
    return _date_beside(row, element)


_MORE = re.compile(r"\s*(?:查看|了解)?(?:更多|more)\W*$", re.I)


def headings_of(element: etree._Element) -> Iterator[str]:
    """Short texts right before an element or before a part that holds it, nearest first."""
    here: etree._Element | None = element
    for _ in range(_HEADING_LEVELS):
        if here is None or here.tag == "body":
            return
        before, parent = here.getprevious(), here.getparent()
        while before is not None and before.tag in ("img", "br", "i") and not (before.tail or "").strip():
            before = before.getprevious()
        beside = before.tail if before is not None else parent.text if parent is not None else ""
        above = _short_text(before) if before is not None and _may_head(before, here) else ""
        for text in (" ".join((beside or "").split()), above):
            if 0 < len(bare := _MORE.sub("", text)) <= _HEADING_LONGEST:
                yield bare
        here = parent


def _short_text(element: etree._Element) -> str:
    """The text of an element; empty where it is far too long for a heading, which is seen before its end."""
    parts: list[str] = []
    size = 0
    for part in element.itertext():
        parts.append(str(part))
        size += len("".join(parts[-1].split()))
        if size > 2 * _HEADING_LONGEST:
            return ""
    return " ".join("".join(parts).split())


def _may_head(before: etree._Element, element: etree._Element) -> bool:
    """Whether it is no comment, and not the item before in the same menu: that has a link of its own."""
    if not isinstance(before.tag, str):
        return False
    return not (before.tag == element.tag == "li" and before.find(".//a[@href]") is not None)


def row_text_of(element: etree._Element) -> str:
    """What the list row of a link says beside it; empty where it says much."""
    row: etree._Element | None = element
    while row is not None and row.tag not in {"li", "tr", "dd", "p"}:
        row = row.getparent()
    text = "" if row is None else text_of(row).replace(text_of(element), " ", 1)
    return " ".join(_SHOWN_DATE.sub(" ", text).split()) if len(text) <= _ROW_LONGEST else ""


def _date_beside(row: etree._Element, element: etree._Element) -> date | None:
    text, own = text_of(row), text_of(element)
    if len(text) > _ROW_LONGEST:
        return None
    rest = text if row is element else text.replace(own, " ", 1)
    moment = parse_pub_date(rest) or (parse_pub_date(own) if len(element) else None)
    return moment.date() if moment else None
