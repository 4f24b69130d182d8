"""XML of office files: parsed without entities or a document type, names compared without their namespace.

Writers choose between the transitional and the strict namespaces of ECMA-376, and OFD writers between
prefixes; the local names are the same.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree
from lxml.etree import _Element as Element

from parsers.outcomes import UnreadableFile


def tree(data: bytes, name: str) -> Element:
    """XML as a tree, without entities, external files or a document type."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as fault:
        raise UnreadableFile(f"broken XML in {name}: {fault}"[:300]) from fault
    if root.getroottree().docinfo.internalDTD is not None:
        raise UnreadableFile(f"a document type declaration in {name}")
    return root


def tag(element: Element) -> str:
    """The element's local name; nothing for what is no element."""
    name = element.tag
    return name.rpartition("}")[2] if isinstance(name, str) else ""


def child(element: Element, *path: str) -> Element | None:
    """The first element down a path of local names."""
    found: Element | None = element
    for name in path:
        if found is None:
            return None
        found = next((e for e in found if tag(e) == name), None)
    return found


def children(parent: Element, name: str) -> Iterator[Element]:
    """The elements right below one that have a local name."""
    return (e for e in parent if tag(e) == name)


def named(element: Element | None, name: str) -> str | None:
    """An attribute by its local name."""
    if element is None:
        return None
    return next((str(v) for k, v in element.items() if k == name or str(k).endswith("}" + name)), None)


def value(element: Element | None) -> str | None:
    """The attribute ``w:val``, in which Word keeps most settings."""
    return named(element, "val")


def number(written: str | None, default: int = 0, most: int = 999) -> int:
    """A whole number from 0 up to a limit; ``default`` for what is none."""
    return min(int(written), most) if written and written.isdecimal() and len(written) < 9 else default
