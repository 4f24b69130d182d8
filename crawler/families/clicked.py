"""Pagers without an address: buttons that a handler of the page's script listens to.

A pager that is at its end looks much the same, so what cannot be clicked is told from what can: buttons,
numbers that carry data, links to nowhere that are not switched off.
"""

import re

from lxml import etree

from crawler.page import Page

_NEXT = re.compile(r"(?:下一?页|后一页|next)\s*[>»›]*|[>»›]{1,2}", re.I)
_NUMBER = re.compile(r"\d{1,4}")
_PAGER = ("a", "button", "span", "li", "em", "i", "input")
_NOWHERE = re.compile(r"#.{0,20}|javascript:\s*(?:void\(?0?\)?)?;?", re.I)
_DATA = re.compile(r"data-(?:page|index|num|p|pn|value|ci|current|pageno|pagenum|page-\w+)", re.I)
_OFF = re.compile(r"\b(?:\w*-)?(?:disabled?|off|nolink|invalid|gray|grey|forbid\w*|unable)\b", re.I)


def clicked_pages(page: Page) -> int | None:
    """How many pages the list has at least, going by buttons that only a script follows; None without any."""
    if page.root is None or not page.scripts_text and "<script" not in page.text.lower():
        return None
    pages: list[int] = []
    for element in page.root.iter(*_PAGER):
        text = _label(element)
        if not text or not _can_be_clicked(element):
            continue
        if _NEXT.fullmatch(text) and text not in "<>":
            pages.append(2)
        elif _NUMBER.fullmatch(text) and _has_data(element):
            pages.append(int(text))
    return max(pages) if pages and max(pages) > 1 else None


def _label(element: etree._Element) -> str:
    if element.tag == "input":
        return element.get("value", "").strip() if element.get("type", "").lower() == "button" else ""
    if not len(element):
        text = (element.text or "").strip()
    elif any(child.tag in _PAGER for child in element):
        return ""
    else:
        text = "".join(str(part) for part in element.itertext()).strip()
    return text if len(text) <= 8 else ""


def _can_be_clicked(element: etree._Element) -> bool:
    """It looks alive: neither it nor what holds it is switched off."""
    holder = element.getparent()
    if element.get("disabled") is not None or _OFF.search(element.get("class", "")):
        return False
    if holder is not None and holder.tag == "li" and _OFF.search(holder.get("class", "")):
        return False
    if element.tag in ("button", "input"):
        return True
    href = element.get("href")
    return _has_data(element) or (href is not None and _NOWHERE.fullmatch(href.strip()) is not None)


def _has_data(element: etree._Element) -> bool:
    """It carries the number of a page, or the call of a handler; or it is a button."""
    if element.tag != "a" and element.get("onclick", "").strip():
        return True
    return element.tag in ("button", "input") or any(_DATA.fullmatch(str(name)) for name in element.attrib)
