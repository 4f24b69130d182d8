"""Families of content-management systems: one file each, found by itself.

A module of this package that defines `FAMILY` is a family. It needs an example of its own in
``tests/crawler/cases/<name>/``; a family without one fails a test.
"""

from functools import lru_cache
from importlib import import_module
from pkgutil import iter_modules

from crawler.families.base import Ask, Family, ListItem, ListPaging, ListPart, is_article_url
from crawler.page import Page

__all__ = [
    "FAMILIES",
    "Ask",
    "Family",
    "ListItem",
    "ListPaging",
    "ListPart",
    "drawn_lists_of",
    "family_named",
    "family_of",
    "items_of",
    "is_article_url",
    "paging_of",
]

#: Asked last, in this order: what they go by is met on sites of other families too.
_LAST = ("hanweb", "trs", "asp", "json", "generic")


def _found() -> tuple[Family, ...]:
    modules = [import_module(f"{__name__}.{entry.name}") for entry in iter_modules(__path__)]
    families: list[Family] = [module.FAMILY for module in modules if hasattr(module, "FAMILY")]
    return tuple(sorted(families, key=lambda family: (_rank(family.name), family.name)))


def _rank(name: str) -> int:
    return _LAST.index(name) + 1 if name in _LAST else 0


FAMILIES: tuple[Family, ...] = _found()


@lru_cache(maxsize=32)
def family_of(page: Page) -> Family:
    """The first family that recognises the page; the generic one recognises all."""
    return next(family for family in FAMILIES if family.recognises(page))


def family_named(name: str) -> Family:
    """The family of this name."""
    return next(family for family in FAMILIES if family.name == name)


@lru_cache(maxsize=32)
def items_of(page: Page) -> tuple[ListItem, ...]:
    """The rows of the page's lists, by its family; worked out once, for several ask."""
    return family_of(page).items(page)


def drawn_lists_of(page: Page) -> tuple[Ask, ...]:
    """What to ask for the list that the page's script draws.

    A site of any family may fetch a list as plain JSON.
    """
    for family in (family_of(page), family_named("json")):
        if asks := family.drawn_lists(page):
            return asks
    return ()


@lru_cache(maxsize=32)
def paging_of(page: Page) -> ListPaging | None:
    """The other pages of the list or body, as the page's family says, else as its links do.

    Many sites of every family write an ordinary pager of links instead of their system's own.
    """
    return family_of(page).list_pages(page) or FAMILIES[-1].list_pages(page)
