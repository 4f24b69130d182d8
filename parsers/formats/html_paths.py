"""The places of elements in a page, as locators."""

from __future__ import annotations

from lxml.etree import _Element as Element


class Paths:
    """Paths of elements, each parent's children counted once."""

    def __init__(self) -> None:
        self._known: dict[Element, str] = {}

    def locator(self, element: Element) -> str:
        """``html:/html[1]/body[1]/table[2]``."""
        if element not in self._known:
            self._name_down_to(element)
        return self._known[element]

    def children(self, parent: Element) -> list[tuple[Element, str]]:
        """The elements within one, each with its locator."""
        return _named(parent, self.locator(parent))

    def _name_down_to(self, element: Element) -> None:
        """Name an element, and all beside it and beside those that it stands in."""
        unknown: list[Element] = []
        current: Element | None = element
        while current is not None and current not in self._known:
            unknown.append(current)
            current = current.getparent()
        for each in reversed(unknown):
            parent = each.getparent()
            if parent is None:
                self._known[each] = f"html:/{str(each.tag)}[1]"
            else:
                self._known.update(_named(parent, self._known[parent]))


def _named(parent: Element, above: str) -> list[tuple[Element, str]]:
    """The elements within one, each with its locator; that of the parent is ``above``."""
    counts: dict[str, int] = {}
    found = []
    for child in parent:
        tag = child.tag
        if isinstance(tag, str):
            count = counts[tag] = counts.get(tag, 0) + 1
            found.append((child, f"{above}/{tag}[{count}]"))
    return found
