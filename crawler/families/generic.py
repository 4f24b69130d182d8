"""Sites of no family we know: ordinary lists with ordinary ``<a>`` pagers.

Page numbers are read from what the pager shows against what its URLs count, because systems differ:
``index_1`` is the second page here and the first there, and 博达 VSB counts its files down. A pager whose
links only call a script is read from that script, and where that fails the list says that it is not
complete.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from crawler.families import sent_back
from crawler.families.base import (
    MOST_PAGES,
    PAGE_NAMES,
    Ask,
    Family,
    ListItem,
    ListPaging,
    folder,
    get,
    is_article_url,
    rows,
)
from crawler.families.clicked import clicked_pages
from crawler.families.unread import is_of_a_calendar
from crawler.page import PAGER, Link, Page

_PARAMETER = re.compile(rf"(.*[?&](?:{PAGE_NAMES}|p)=)(\d{{1,4}})(.*)", re.I)
#: What counts rows: the first one of the page.
_OFFSET = re.compile(r"(.*[?&](?:offset|start|start_?(?:row|index)|limit_?start|skip)=)(\d{1,5})(.*)", re.I)
_FOLDER = re.compile(r"(.*/)(\d{1,4})(/?)")
_FILE = re.compile(r"(.*?)(\d{1,4})(\.(?:s?html?|jsp|aspx?|php))", re.I)
_COUNT_SHOWN = re.compile(r"共\s*(\d{1,4})\s*页|第?\s*\d+\s*/\s*(\d{1,4})\s*页")
_COUNT_SET = re.compile(
    r"""\b(?:page_?count|total_?pages?|page_?total|countpage|contenpage|max_?page)["']?\s*[:=]\s*["']?(\d{1,4})\b"""
    r"""|pageindex\s*>\s*(\d{1,4})""",
    re.I,
)
_CURRENT_SHOWN = re.compile(
    r"第\s*(\d{1,4})\s*(?:页|/)|当前为?第?\s*(\d{1,4})\s*页|(\d{1,4})\s*/\s*\d{1,4}\s*页"
)
_CURRENT_OF = re.compile(r"第\s*(\d{1,4})\s*/")
_CALLED = re.compile(r"javascript:\s*(?!void|;|$)\w|\w\s*\(", re.I)
_WRITTEN_QUERY = re.compile(rf"""["']([^"'<>\s]*[?&](?:{PAGE_NAMES})=)["']\s*\+""", re.I)
_WRITTEN_FILE = re.compile(
    r"""["']([\w./-]*[a-z][_-]?)["']\s*\+[^+;]{1,30}\+\s*["'](\.(?:s?html?|jsp|aspx?))["']""", re.I
)
_INDEX = re.compile(r"/(?:(?:index|default)\.\w{3,5})?$|\.\w{3,5}$", re.I)
#: The end of a path that counts pages: /page/2/, /p/2.html, /2/.
_PAGE_OF_PATH = re.compile(r"(.*?)/((?:page|pageno|pg|pn|p)[/_-])?\d{1,4}(?:/|\.\w{3,5})?", re.I)
_DIGITS = re.compile(r"\D*?(\d{1,3})\D*")
_BEFORE_PAGE = 200
_LAST = ("末页", "尾页", "最后一页", "最后页")
_FIRST = ("首页", "首 页", "第一页")


@dataclass(frozen=True, slots=True)
class _Numbered:
    """A URL with the number that counts its page, or where it counts `rows`, that of its first row."""

    head: str
    number: int
    tail: str
    rows: bool = False


class Generic(Family):
    """The fallback: recognises every page."""

    name = "generic"

    def recognises(self, page: Page) -> bool:
        """Always: asked last."""
        return True

    def list_pages(self, page: Page) -> ListPaging | None:
        """Read the pager's links; where the count is known, the pages its ellipsis hides are worked out."""
        pager = [
            link
            for link in page.links
            if link.kind == "pager" and _same_list(page.url, link.url) and not is_of_a_calendar(link)
        ]
        steps = [(link, step) for link in pager if (step := _split(link.url))]
        if not steps:
            return _scripted(page)
        shown = {int(match.group(1)): link.url for link in pager if (match := _DIGITS.fullmatch(link.text))}
        text = page.text
        line = _line(shown, steps)
        current = _current_shown(text) or _current(page.url, steps, line)
        count = _page_count(text, steps, line)
        known = dict(shown)
        known.update((1, link.url) for link in pager if _any_of(_FIRST, link))
        known = _filled(known, count, line) if count and line else known
        known.pop(current, None)
        ordered = [known[number] for number in sorted(known)]
        urls = list(dict.fromkeys([*ordered, *(link.url for link in pager)]))
        urls = [url for url in urls if url != page.url]
        complete = count is not None and set(known) | {current} >= set(range(1, count + 1))
        return ListPaging(count or max([current, *known]), current, get(urls), complete)

    def items(self, page: Page) -> tuple[ListItem, ...]:
        """Links to articles and files, and those whose row shows a date."""
        return rows(page, (link for link in page.links if _is_item(page, link)))


def _scripted(page: Page) -> ListPaging | None:
    """A pager that calls a script: the addresses that the script builds, a form sent back, or neither."""
    count = _count_shown(page.text) or _first_number(_COUNT_SET.search(page.scripts_text))
    calls = _calls(page)
    if count == 1:
        return None
    printed = _current_shown(page.text)
    if (posted := sent_back.posted_pages(page, count, printed)) is not None:
        return posted
    if count is None and not calls:
        clicked = clicked_pages(page)
        return None if clicked is None else ListPaging(clicked, 1, (), complete=False)
    current = printed or 1
    if count is None:
        count = max([current, *(int(text) for text, _ in calls if text.isdecimal())])
    others = _written(page, count, current)
    known = 0 < count <= MOST_PAGES and len(others) == count - 1
    return ListPaging(count, current, others, complete=known and count > 1)


def _calls(page: Page) -> list[tuple[str, str]]:
    """Text and call of the pager's links that lead nowhere by themselves."""
    if page.root is None or not ("javascript:" in page.text or "onclick" in page.text):
        return []
    found = []
    for element in page.root.iter("a"):
        text = "".join(str(part) for part in element.itertext()).strip()
        call = f"{element.get('href', '')} {element.get('onclick', '')}"
        called = text and len(text) < 8 and PAGER.fullmatch(text) and _CALLED.search(call)
        if called and not sent_back.is_of_a_calendar(text, call):
            found.append((text, call))
    return found


def _written(page: Page, count: int, current: int) -> tuple[Ask, ...]:
    """The addresses that the pager's script builds from a number."""
    if count > MOST_PAGES:
        return ()
    numbers = [number for number in range(1, count + 1) if number != current]
    if match := _WRITTEN_QUERY.search(page.scripts_text):
        urls = [page.resolve(f"{match.group(1)}{number}") for number in numbers]
    elif match := _WRITTEN_FILE.search(page.scripts_text):
        urls = [page.resolve(f"{match.group(1)}{number}{match.group(2)}") for number in numbers if number > 1]
        urls += [folder(page.url)] if current > 1 else []
    elif here := _PARAMETER.fullmatch(page.url):
        urls = [f"{here.group(1)}{number}{here.group(3)}" for number in numbers]
    else:
        return ()
    return get(url for url in urls if url)


def _is_item(page: Page, link: Link) -> bool:
    if link.kind == "attachment" or is_article_url(link.url):
        return True
    return link.kind == "anchor" and len(link.label) >= 2 and page.shown_date(link.url) is not None


def _any_of(words: tuple[str, ...], link: Link) -> bool:
    return any(word in link.text for word in words)


def _split(url: str) -> _Numbered | None:
    if match := _PARAMETER.fullmatch(url):
        return _Numbered(match.group(1), int(match.group(2)), match.group(3))
    if match := _OFFSET.fullmatch(url):
        return _Numbered(match.group(1), int(match.group(2)), match.group(3), rows=True)
    base, name = folder(url), url[len(folder(url)) :]
    if match := _FILE.fullmatch(name):
        return _Numbered(base + match.group(1), int(match.group(2)), match.group(3))
    if match := _FOLDER.fullmatch(url):
        return _Numbered(match.group(1), int(match.group(2)), match.group(3))
    return None


def _same_list(page_url: str, url: str) -> bool:
    """A pager stays in its folder, goes one down by the list's own name (VSB), changes only the query, or
    ends the path by a number (``/nb/page/2/``).
    """
    here, there = page_url.partition("?")[0], url.partition("?")[0]
    if folder(there) == folder(here):
        name = there.rpartition("/")[2]
        return here == there or _split(url) is not None or name.startswith(("index", "list"))
    stem = re.sub(r"\.\w+$", "", here)
    if folder(there) == stem + "/" or re.sub(r"\.\w+$", "/", there) == folder(here):
        return True
    return _shares_path(here, there)


def _shares_path(here: str, there: str) -> bool:
    """Whether both paths are pages of one list whose number ends the path. A bare number may be the list's
    own, so only a path that says that it counts pages is taken back to its first page.
    """
    own, other = _PAGE_OF_PATH.fullmatch(here), _PAGE_OF_PATH.fullmatch(there)
    if other is not None and _INDEX.sub("", other.group(1)) == _INDEX.sub("", here):
        return True
    if own is None:
        return False
    if own.group(2) and _INDEX.sub("", own.group(1)) == _INDEX.sub("", there):
        return True
    return other is not None and own.group(1, 2) == other.group(1, 2)


def _current(url: str, steps: list[tuple[Link, _Numbered]], line: _Line | None) -> int:
    """The number of the page itself; an address that the pager's links do not share counts something else."""
    here = _split(url)
    if here is None or all(step.head != here.head for _, step in steps):
        return 1
    return max(1, line.page(here.number) if line else here.number)


def _page_count(text: str, steps: list[tuple[Link, _Numbered]], line: _Line | None) -> int | None:
    """The count the page prints, else what the link to the last page counts."""
    count = _count_shown(text)
    if count is None and line is not None:
        last = next((step for link, step in steps if _any_of(_LAST, link)), None)
        count = line.page(last.number) if last else None
    return count if count and 0 < count <= MOST_PAGES else None


def _count_shown(text: str) -> int | None:
    """The count of pages that a pager prints."""
    return _first_number(_before_page(_COUNT_SHOWN, text))


def _current_shown(text: str) -> int | None:
    """The number that a pager prints for the page itself."""
    found = [match for match in (_before_page(_CURRENT_SHOWN, text), _CURRENT_OF.search(text)) if match]
    return _first_number(min(found, key=lambda match: match.start(), default=None))


def _before_page(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    """The first match that ends with the word for a page: looked for only before it, to be quick."""
    begin, at = 0, text.find("页")
    while at >= 0:
        if match := pattern.search(text, max(begin, at - _BEFORE_PAGE), at + 1):
            return match
        begin, at = at + 1, text.find("页", at + 1)
    return None


def _first_number(match: re.Match[str] | None) -> int | None:
    return next((int(group) for group in match.groups() if group), None) if match else None


@dataclass(frozen=True, slots=True)
class _Line:
    """How the number in the addresses of a pager follows the number shown."""

    slope: int
    offset: int
    shape: _Numbered

    def page(self, number: int) -> int:
        return (number - self.offset) // self.slope

    def url(self, page: int) -> str:
        return f"{self.shape.head}{self.slope * page + self.offset}{self.shape.tail}"


def _line(shown: dict[int, str], steps: list[tuple[Link, _Numbered]]) -> _Line | None:
    """From the links that most of the pager's are alike; None where rows are counted and no link says how
    many are on a page.
    """
    alike = Counter((step.head, step.tail) for _, step in steps).most_common(1)[0][0]
    shape = next(step for _, step in reversed(steps) if (step.head, step.tail) == alike)
    split = ((number, _split(url)) for number, url in sorted(shown.items()))
    points = [(number, step.number) for number, step in split if step and step.head == shape.head]
    if shape.rows:
        points = [(1, 0), *(point for point in points if point[0] > 1)]
        slope, rest = divmod(points[-1][1], points[-1][0] - 1) if len(points) > 1 else (0, 0)
        return _Line(slope, -slope, shape) if slope and not rest else None
    if not points:
        return _Line(1, 0, shape)
    slope = -1 if len(points) > 1 and points[-1][1] < points[0][1] else 1
    return _Line(slope, points[-1][1] - slope * points[-1][0], shape)


def _filled(known: dict[int, str], count: int, line: _Line) -> dict[int, str]:
    made = dict(known)
    for number in range(2, count + 1):
        made.setdefault(number, line.url(number))
    return made


FAMILY = Generic()
