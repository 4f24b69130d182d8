"""OFD (GB/T 33190-2016) into a document: ruled tables as grids, the rest as paragraphs, as with PDF."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import replace

from lxml.etree import _Element as Element

from parsers.document import Document
from parsers.formats import images
from parsers.formats.ofd_page import POINTS_A_MM, draw_content, numbers
from parsers.formats.xml_parts import child, children, tag
from parsers.formats.zips import Package
from parsers.layout import paging, prose
from parsers.layout.page import Page
from parsers.layout.struck import take_struck_out
from parsers.outcomes import EncryptedFile, NoTextLayer, TooMuch, UnreadableFile
from parsers.scans.scanned import locate_in
from parsers.sniff import IMAGES, OFD, sniff

MOST_PAGES = 500
_ENTRY, _ENCRYPTIONS = "OFD.xml", "Encryptions.xml"
_A4 = (210.0, 297.0)
_LEAST_CHARACTERS = 20


def read(data: bytes) -> Document:
    """Read an OFD. Raises :class:`~parsers.outcomes.UnreadableFile` when it is broken or has no text."""
    package = Package(data)
    if _ENCRYPTIONS in package:
        raise EncryptedFile("encrypted: the file needs a key")
    pages = list(_pages(package))
    if sum(not glyph.text.isspace() for page in pages for glyph in page.glyphs) < _LEAST_CHARACTERS:
        return _read_pictures(package)
    locate = locate_in(pages, "ofd")
    tables = paging.join(pages, locate=locate)
    return Document(OFD, tuple(prose.blocks(pages, tables, locate)))


def _read_pictures(package: Package) -> Document:
    """Pages that only show pictures: a scan, kept as OFD. Locators are those of the pictures."""
    pictures = [data for path, document in _documents(package) for data in _pictures(package, path, document)]
    if not pictures:
        raise NoTextLayer("no text in the pages")
    return replace(images.read_all(pictures), media_type=OFD)


def _pictures(package: Package, path: str, document: Element) -> Iterator[bytes]:
    """The pictures of a document's pages, in their order."""
    places = dict(_media(package, path, document))
    for content in _contents(package, path, document):
        for image in content.iterdescendants("{*}ImageObject"):
            place = places.get(image.get("ResourceID") or "")
            if place is not None and sniff(data := package.read(place)) in IMAGES:
                yield data


def _media(package: Package, path: str, document: Element) -> Iterator[tuple[str, str]]:
    """Where the media of a document are kept, by their numbers."""
    for name in ("PublicRes", "DocumentRes"):
        for listed in _listed(document, "CommonData", name):
            place = _joined(path, listed.text)
            resources = package.tree(place)
            folder = _joined(place, (resources.get("BaseLoc") or ".") + "/")
            for medium in resources.iterdescendants("{*}MultiMedia"):
                file = child(medium, "MediaFile")
                if file is not None:
                    yield medium.get("ID") or "", _joined(f"{folder}/", file.text)


def _documents(package: Package) -> Iterator[tuple[str, Element]]:
    """The documents in the file, each with its path; mostly there is one."""
    for body in children(package.tree(_ENTRY), "DocBody"):
        root = child(body, "DocRoot")
        path = _joined("", root.text if root is not None else None)
        yield path, package.tree(path)


def _contents(package: Package, path: str, document: Element) -> Iterator[Element]:
    """The contents of a document's pages."""
    for number, page in enumerate(_listed(document, "Pages", "Page")):
        if number >= MOST_PAGES:
            raise TooMuch(f"more than {MOST_PAGES} pages")
        yield package.tree(_joined(path, page.get("BaseLoc")))


def _pages(package: Package) -> Iterator[Page]:
    """The pages of all documents in the file, numbered on."""
    number = 0
    for path, document in _documents(package):
        templates = _templates(document, path, package)
        size = _size(child(document, "CommonData", "PageArea")) or _A4
        for content in _contents(package, path, document):
            number += 1
            yield _page(content, number, templates, size)


def _page(content: Element, number: int, templates: dict[str, Element], usual: tuple[float, float]) -> Page:
    width, height = _size(child(content, "Area")) or usual
    page = Page(number, width * POINTS_A_MM, height * POINTS_A_MM)
    for used in children(content, "Template"):
        template = templates.get(used.get("TemplateID") or "")
        if template is not None:
            draw_content(page, template)
    draw_content(page, content)
    take_struck_out(page)
    return page


def _templates(document: Element, path: str, package: Package) -> dict[str, Element]:
    """What stands on many pages alike, by its number."""
    found = {}
    for template in _listed(document, "CommonData", "TemplatePage"):
        found[template.get("ID") or ""] = package.tree(_joined(path, template.get("BaseLoc")))
    return found


def _listed(document: Element, parent: str, name: str) -> Iterator[Element]:
    holder = child(document, parent)
    return children(holder, name) if holder is not None else iter(())


def _size(area: Element | None) -> tuple[float, float] | None:
    """Width and height of a page in millimetres."""
    if area is None:
        return None
    boxes = {tag(e): numbers(e.text) for e in area}
    box = boxes.get("PhysicalBox") or boxes.get("ApplicationBox") or []
    return (box[2], box[3]) if len(box) == 4 and box[2] > 0 and box[3] > 0 else None


def _joined(base: str, location: str | None) -> str:
    """A path in the container: from its root where it starts with a slash, else beside ``base``."""
    if not location:
        raise UnreadableFile("a page or document without its place in the container")
    location = location.strip()
    return posixpath.normpath(posixpath.join("/", posixpath.dirname(base), location)).lstrip("/")
