"""Families of content-management systems: one file each, found by itself.

A module of this package that defines `FAMILY` is a family. It needs an example of its own in
``tests/crawler/cases/<name>/``; a family without one fails a test.
"""

from importlib import import_module
from pkgutil import iter_modules

from crawler.families.base import Family, ListItem, ListPaging, is_article_url
from crawler.page import Page

__all__ = ["FAMILIES", "Family", "ListItem", "ListPaging", "family_of", "is_article_url", "paging_of"]

_LAST = "generic"


def _found() -> tuple[Family, ...]:
    modules = [import_module(f"{__name__}.{entry.name}") for entry in iter_modules(__path__)]
    families: list[Family] = [module.FAMILY for module in modules if hasattr(module, "FAMILY")]
    return tuple(sorted(families, key=lambda family: (family.name == _LAST, _rank(family), family.name)))


def _rank(family: Family) -> int:
    """TRS shares its pager's name with UCAP and its loose marks with many: the stricter are asked first."""
    return 1 if family.name == "trs" else 0


FAMILIES: tuple[Family, ...] = _found()


def family_of(page: Page) -> Family:
    """The first family that recognises the page; the generic one recognises all."""
    return next(family for family in FAMILIES if family.recognises(page))


def paging_of(page: Page) -> ListPaging | None:
    """The other pages of the list or body, as the page's family says, else as its links do.

    Many sites of every family write an ordinary pager of links instead of their system's own.
    """
    return family_of(page).list_pages(page) or FAMILIES[-1].list_pages(page)
