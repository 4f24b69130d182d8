"""What elements of HTML are: those that are never shown, those that begin a line, cells, headings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from lxml.etree import _Element as Element

from parsers.characters import raised

SKIPPED = frozenset((
    "script", "style", "noscript", "template", "select", "option", "button", "textarea", "iframe",
    "object", "embed", "svg", "canvas", "audio", "video", "map", "link", "meta", "title", "head", "nav",
    "input",
))  # fmt: skip
"""What they hold is no part of a text."""
BLOCKS = frozenset((
    "html", "body", "address", "article", "aside", "blockquote", "center", "dd", "details", "div", "dl",
    "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6",
    "header", "hr", "li", "main", "ol", "p", "pre", "section", "summary", "table", "tbody", "td",
    "tfoot", "th", "thead", "tr", "ul", "caption", "ucapcontent", "ucaptitle",
))  # fmt: skip
"""They stand on lines of their own."""
STRUCK_OUT = ("del", "s", "strike", "rt", "rp")
"""What stood before the text beside it, or says how that is spoken: no part of it either."""
HEADINGS = frozenset(["h1", "h2", "h3", "h4", "h5", "h6"])
CELLS = frozenset(["td", "th"])
INLINE = frozenset(["span", "font", "b", "strong", "i", "em", "u", "small", "big"])
_LINE_THROUGH = re.compile(r"text-decoration[a-z-]*:[^;]*line-through")
_NOTHING = re.compile(r"0*\.?0+(?:px|pt|em|rem|%)?")


def styles_among(elements: Sequence[Element]) -> list[tuple[Element, str]]:
    """Those of the elements that have a style of their own that changes what is read, each with it."""
    return [(e, style) for e in elements if (style := e.get("style")) and changes_reading(style)]


def hidden_among(elements: Sequence[Element], styles: Sequence[tuple[Element, str]]) -> frozenset[Element]:
    """Those of the elements that their own markup hides, room and all."""
    styled = [e for e, style in styles if _hides(style)]
    return frozenset([*styled, *[e for e in elements if e.get("hidden") is not None]])


def silence(styles: Sequence[tuple[Element, str]]) -> None:
    """Take the text away that is struck out by its style, and that within a line that no reader sees; raise
    the digits of notes' marks.

    A block that is not seen stays: scripts fade in what is to be read.
    """
    for element, style in styles:
        if _strikes_out(style):
            _take_text(element)
        elif element.tag in INLINE:
            if reason := _unseen(style):
                _take_text(element, reason)
            elif _raises(style):
                raise_digits(element)


def raise_digits(note: Element) -> None:
    """Digits of a note's mark are none of the figure before it."""
    for element in note.iter():
        element.text = raised(element.text) if element.text else element.text
        if element is not note and element.tail:
            element.tail = raised(element.tail)


@lru_cache(maxsize=4096)
def changes_reading(style: str) -> bool:
    """Whether a style says that something is not shown, struck out or raised."""
    return _hides(style) or _strikes_out(style) or bool(_unseen(style)) or _raises(style)


def _take_text(element: Element, reason: str = "") -> None:
    """Take the text of an element and of all in it; what sets the property ``reason`` anew keeps its own."""
    element.text = None
    todo = list(element)
    while todo:
        inner = todo.pop()
        inner.tail = None
        if not reason or reason not in _declared(inner.get("style") or ""):
            inner.text = None
            todo += inner


@lru_cache(maxsize=4096)
def _hides(style: str) -> bool:
    declared = _declared(style)
    return declared.get("display") == "none" or declared.get("visibility") == "collapse"


@lru_cache(maxsize=4096)
def _raises(style: str) -> bool:
    return _declared(style).get("vertical-align") in ("super", "sub")


@lru_cache(maxsize=4096)
def _strikes_out(style: str) -> bool:
    return bool(_LINE_THROUGH.search(style.replace(" ", "").lower()))


@lru_cache(maxsize=4096)
def _unseen(style: str) -> str:
    """The property that keeps an element from the eye; empty where none does."""
    declared = _declared(style)
    if declared.get("visibility") in ("hidden", "collapse"):
        return "visibility"
    if _NOTHING.fullmatch(declared.get("font-size", "")):
        return "font-size"
    if declared.get("mso-hide") == "all":
        return "mso-hide"
    return "opacity" if _NOTHING.fullmatch(declared.get("opacity", "")) else ""


@lru_cache(maxsize=4096)
def _declared(style: str) -> dict[str, str]:
    """The values of a style's properties; of two declarations of one the last holds."""
    bare = "".join(style.lower().replace("!important", "").split())
    return {name: value for name, _, value in (one.partition(":") for one in bare.split(";"))}
