"""Sites of no family we know: ordinary lists with ordinary ``<a>`` pagers.

Page numbers are read from what the pager shows against what its URLs count, because systems differ:
``index_1`` is the second page here and the first there, and 博达 VSB counts its files down. A pager whose
links only call a script is read from that script, and where that fails the list says that it is not
complete.
"""

import re
from dataclasses import dataclass

from crawler.families.base import (
    MOST_PAGES,
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
from crawler.page import PAGER, Link, Page

_PARAMETER = re.compile(
    r"(.*[?&](?:page|page_?no|page_?num|page_?index|curr?_?page|pageid|pn|p)=)(\d{1,4})(.*)", re.I
)
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
_CALLED = re.compile(r"javascript:\s*(?!void|;|$)\w|\w\s*\(", re.I)
_POST_BACK = re.compile(r"""__doPostBack\(\s*['"]([^'"]+)['"]\s*,\s*['"]([^'"]*)['"]""")
_WRITTEN_QUERY = re.compile(
    r"""["']([^"'<>\s]*[?&](?:page|page_?no|page_?num|page_?index|curr?_?page|pageid|pn)=)["']\s*\+""", re.I
)
_WRITTEN_FILE = re.compile(
    r"""["']([\w./-]*[a-z][_-]?)["']\s*\+[^+;]{1,30}\+\s*["'](\.(?:s?html?|jsp|aspx?))["']""", re.I
)
_DIGITS = re.compile(r"\D*?(\d{1,3})\D*")
_BEFORE_PAGE = 24
_LAST = ("末页", "尾页", "最后一页", "最后页")
_FIRST = ("首页", "首 页", "第一页")


@dataclass(frozen=True, slots=True)
class _Numbered:
    """A URL with the number that counts its page."""

    head: str
    number: int
    tail: str


class Generic(Family):
    """The fallback: recognises every page."""

    name = "generic"

    def recognises(self, page: Page) -> bool:
        """Always: asked last."""
        return True

    def list_pages(self, page: Page) -> ListPaging | None:
        """Read the pager's links; where the count is known, the pages its ellipsis hides are worked out."""
        pager = [link for link in page.links if link.kind == "pager" and _same_list(page.url, link.url)]
        steps = [(link, step) for link in pager if (step := _split(link.url))]
        if not steps:
            return _scripted(page)
        shown = {int(match.group(1)): link.url for link in pager if (match := _DIGITS.fullmatch(link.text))}
        text = page.text
        current = _first_number(_CURRENT_SHOWN.search(text)) or _current(page.url, shown)
        count = _page_count(text, steps, shown)
        known = dict(shown)
        known.update((1, link.url) for link in pager if _any_of(_FIRST, link))
        known = _filled(known, count, steps) if count else known
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
    if count is None and not calls:
        clicked = clicked_pages(page)
        return None if clicked is None else ListPaging(clicked, 1, (), complete=False)
    current = _first_number(_CURRENT_SHOWN.search(page.text)) or 1
    if count is None:
        count = max([current, *(int(text) for text, _ in calls if text.isdecimal())])
    others = _sent_back(page, calls, count, current) or _written(page, count, current)
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
        if text and len(text) < 8 and PAGER.fullmatch(text) and _CALLED.search(call):
            found.append((text, call))
    return found


def _sent_back(page: Page, calls: list[tuple[str, str]], count: int, current: int) -> tuple[Ask, ...]:
    """ASP.NET's pager: the page's form is posted to itself with the number wanted."""
    numbered = [match for text, call in calls if text.isdecimal() and (match := _POST_BACK.search(call))]
    if not numbered or page.root is None or count > MOST_PAGES:
        return ()
    hidden = {
        element.get("name", ""): element.get("value", "")
        for element in page.root.iter("input")
        if element.get("type", "").lower() == "hidden" and element.get("name")
    }
    target = numbered[0].group(1)
    asked = [number for number in range(1, count + 1) if number != current]
    forms = [{**hidden, "__EVENTTARGET": target, "__EVENTARGUMENT": str(number)} for number in asked]
    return tuple(Ask(page.url, tuple(form.items())) for form in forms)


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
    base, name = folder(url), url[len(folder(url)) :]
    if match := _FILE.fullmatch(name):
        return _Numbered(base + match.group(1), int(match.group(2)), match.group(3))
    return None


def _same_list(page_url: str, url: str) -> bool:
    """A pager stays in its folder, goes one down by the list's own name (VSB), or changes only the query."""
    here, there = page_url.partition("?")[0], url.partition("?")[0]
    if folder(there) == folder(here):
        name = there.rpartition("/")[2]
        return here == there or _split(url) is not None or name.startswith(("index", "list"))
    stem = re.sub(r"\.\w+$", "", here)
    return folder(there) == stem + "/" or re.sub(r"\.\w+$", "/", there) == folder(here)


def _current(url: str, shown: dict[int, str]) -> int:
    for number, other in shown.items():
        if other == url:
            return number
    here = _split(url)
    if here is None:
        return 1
    for number, other in shown.items():
        there = _split(other)
        if there and there.head == here.head:
            return max(1, here.number - there.number + number)
    return max(1, here.number)


def _page_count(text: str, steps: list[tuple[Link, _Numbered]], shown: dict[int, str]) -> int | None:
    """The count the page prints, else what the link to the last page counts."""
    count = _count_shown(text)
    if count is None:
        last = next((step for link, step in steps if _any_of(_LAST, link)), None)
        slope, offset = _line(shown)
        count = (last.number - offset) // slope if last else None
    return count if count and 0 < count <= MOST_PAGES else None


def _count_shown(text: str) -> int | None:
    """The count of pages that a pager prints; looked for only before the word for a page, to be quick."""
    at = text.find("页")
    while at >= 0:
        if match := _COUNT_SHOWN.search(text, max(0, at - _BEFORE_PAGE), at + 1):
            return _first_number(match)
        at = text.find("页", at + 1)
    return None


def _first_number(match: re.Match[str] | None) -> int | None:
    return next((int(group) for group in match.groups() if group), None) if match else None


def _line(shown: dict[int, str]) -> tuple[int, int]:
    """Slope and offset by which the number in a URL follows the number shown."""
    points = [(number, step.number) for number, url in sorted(shown.items()) if (step := _split(url))]
    if not points:
        return 1, 0
    slope = 1
    if len(points) > 1 and points[-1][1] < points[0][1]:
        slope = -1
    return slope, points[-1][1] - slope * points[-1][0]


def _filled(known: dict[int, str], count: int, steps: list[tuple[Link, _Numbered]]) -> dict[int, str]:
    slope, offset = _line(known)
    shape = steps[-1][1]
    made = dict(known)
    for number in range(2, count + 1):
        made.setdefault(number, f"{shape.head}{slope * number + offset}{shape.tail}")
    return made


FAMILY = Generic()
