"""What elements of HTML are: those that are never shown, those that begin a line, cells, headings."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from lxml.etree import _Element as Element

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
HEADINGS = frozenset(["h1", "h2", "h3", "h4", "h5", "h6"])
CELLS = frozenset(["td", "th"])


def hidden_among(elements: Iterable[Element]) -> frozenset[Element]:
    """Those of the elements that their own markup hides."""
    return frozenset(
        [e for e in elements if ((style := e.get("style")) and _hides(style)) or e.get("hidden") is not None]
    )


@lru_cache(maxsize=4096)
def _hides(style: str) -> bool:
    return "display:none" in style.replace(" ", "").lower()
