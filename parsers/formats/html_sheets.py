"""Style sheets within a page, as far as they change what is read of a line or a row: what they hide, strike
out or raise. Only rules for a class, alone or of one element, are taken, and none that hold on conditions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from lxml.etree import _Element as Element

from parsers.formats.html_markup import CELLS, INLINE, changes_reading

_LONGEST = 200_000
"""Longer sheets are those of a site's whole design."""
_BRACE = re.compile("[{}]")
_OF_CLASS = re.compile(r"([a-z][a-z0-9]*)?\.([\w-]+)", re.IGNORECASE)
_WITHIN_LINES = INLINE | CELLS | {"tr"}
"""A block that a sheet hides may be shown by a script: a tab, a part that is folded up."""


def classed(root: Element, elements: Sequence[Element]) -> list[tuple[Element, str]]:
    """Those of the elements whose class has such a rule, each with the rule and its own style behind it."""
    rules = _rules(root)
    if not rules:
        return []
    found = []
    for element in elements:
        tag = element.tag
        for name in (element.get("class") or "").split() if tag in _WITHIN_LINES else ():
            style = ";".join(rules[key] for key in (name, f"{str(tag)}.{name}") if key in rules)
            if style:
                found.append((element, f"{style};{element.get('style') or ''}"))
    return found


def _rules(root: Element) -> dict[str, str]:
    """The declarations by ``class`` or ``tag.class``."""
    found: dict[str, str] = {}
    for sheet in root.iter("style"):
        text = sheet.text or ""
        if len(text) > _LONGEST:
            continue
        for selectors, declared in _top_rules(_without_comments(text)):
            if not changes_reading(declared):
                continue
            for selector in selectors.split(","):
                if match := _OF_CLASS.fullmatch(selector.strip()):
                    key = f"{match[1].lower()}.{match[2]}" if match[1] else match[2]
                    found[key] = f"{found.get(key, '')};{declared}"
    return found


def _without_comments(text: str) -> str:
    first, *commented = text.replace("<!--", "").replace("-->", "").split("/*")
    return first + "".join(part.partition("*/")[2] for part in commented)


def _top_rules(text: str) -> Iterator[tuple[str, str]]:
    """Selectors and declarations of the rules that stand in no other."""
    start, opened, depth, nested = 0, 0, 0, False
    for brace in _BRACE.finditer(text):
        if brace[0] == "{":
            opened = brace.start() if depth == 0 else opened
            nested = depth > 0
            depth += 1
        elif depth:
            depth -= 1
            if depth == 0:
                if not nested:
                    yield text[start:opened].rpartition(";")[2], text[opened + 1 : brace.start()]
                start, nested = brace.end(), False
