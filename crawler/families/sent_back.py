"""ASP.NET's pagers: the page's form is posted to itself, with what its script would write into two fields.

The argument is written as the pager writes it (``2``, ``Page$2``). Where a pager only leads to the next page,
each page is asked for by the form of the one before.
"""

import re
from dataclasses import dataclass

from lxml import etree

from crawler.families.base import MOST_PAGES, Ask, ListPaging
from crawler.page import Page

_CALL = re.compile(r"""__doPostBack\(\s*['"]([^'"]+)['"]\s*,\s*['"]([^'"]*)['"]""")
_NEXT = re.compile(r"(?:下一?页|后一页|next)\s*[>»›]*|[>»›]", re.I)
_DOTS = ("...", "…", "……")
_WORDS = re.compile(r"[<«‹>»›\[\]\s]*(?:[上下]一?页|[前后]一页|[首末尾]\s*页)[<«‹>»›\[\]\s]*")
_LAST_NUMBER = re.compile(r"(\d+)$")


@dataclass(frozen=True, slots=True)
class _Turn:
    """A call that turns to another page."""

    target: str
    argument: str

    def to(self, number: int, other: int) -> "_Turn | None":
        """The call for another page, given that this one is for the page `number`."""
        if _LAST_NUMBER.search(self.argument) is None:
            return None
        return _Turn(self.target, f"{self.argument.removesuffix(str(number))}{other}")


def posted_pages(page: Page, count: int | None, current: int | None) -> ListPaging | None:
    """The other pages of a pager that sends its form back; None where there is none.

    `count` and `current` are what the page prints of them. Pages before the current one are left out: the
    way to it led over them.
    """
    numbered, onward, calls = _turns(page)
    if not calls:
        return None
    if not numbered:
        return _one_by_one(page, onward, count, current)
    current = current or _missing(set(numbered))
    count = count or max(current, *numbered)
    wanted = range(current + 1, count + 1) if count <= MOST_PAGES else range(0)
    turns = (_turn_to(number, numbered) for number in wanted)
    others = tuple(_ask(page, turn) for turn in turns if turn is not None)
    return ListPaging(count, current, others, complete=len(others) == count - current)


def _one_by_one(page: Page, onward: _Turn | None, count: int | None, current: int | None) -> ListPaging:
    """A pager that only leads to the next page; where it does not say which page this is, its end is the page
    that leads no farther.
    """
    last = count or (current or 1) + (onward is not None)
    at_end = onward is None if current is None else current == last
    following = () if onward is None or at_end else (_ask(page, onward),)
    return ListPaging(last, current or 1, following, complete=at_end)


def is_of_a_calendar(text: str, call: str) -> bool:
    """Whether a call is one of ASP.NET's calendar: its days and months are sent back as other numbers than
    they show.
    """
    match = _CALL.search(call)
    number = _LAST_NUMBER.search(match.group(2)) if match else None
    if number is None or text in _DOTS or _WORDS.fullmatch(text):
        return False
    return number.group(1) != text


def _turns(page: Page) -> tuple[dict[int, _Turn], _Turn | None, bool]:
    """The calls by the number of the page that they turn to, the one to the next page, and whether there are
    any of a pager.
    """
    numbered: dict[int, _Turn] = {}
    onward: _Turn | None = None
    calls = False
    for element in page.root.iter("a") if page.root is not None and "__doPostBack" in page.text else ():
        call = f"{element.get('href', '')} {element.get('onclick', '')}"
        match, text = _CALL.search(call), "".join(map(str, element.itertext())).strip()
        if match is None or element.get("disabled") is not None or is_of_a_calendar(text, call):
            continue
        turn = _Turn(match.group(1), match.group(2))
        number = _number(text, turn)
        if number:
            numbered[int(number)] = turn
        elif _NEXT.fullmatch(text):
            onward = onward or turn
        calls |= bool(number or _WORDS.fullmatch(text))
    return numbered, onward, calls


def _number(text: str, turn: _Turn) -> str | None:
    """The page that a call turns to: its text, or behind dots the first page that is not shown."""
    if text in _DOTS:
        match = _LAST_NUMBER.search(turn.argument)
        return match.group(1) if match else None
    return text if text.isdecimal() and len(text) <= 4 else None


def _missing(numbers: set[int]) -> int:
    """The page that the numbers leave out: the current one is no link."""
    if not numbers:
        return 1
    gap = next((number for number in range(min(numbers), max(numbers)) if number not in numbers), None)
    return gap or (1 if min(numbers) == 2 else max(numbers) + 1)


def _turn_to(number: int, numbered: dict[int, _Turn]) -> _Turn | None:
    made = (turn.to(one, number) for one, turn in numbered.items())
    return numbered.get(number) or next((turn for turn in made if turn is not None), None)


def _ask(page: Page, turn: _Turn) -> Ask:
    form = _hidden_fields(page.root)
    form |= {"__EVENTTARGET": turn.target, "__EVENTARGUMENT": turn.argument}
    return Ask(page.url, tuple(form.items()))


def _hidden_fields(root: etree._Element | None) -> dict[str, str]:
    inputs = root.iter("input") if root is not None else ()
    return {
        element.get("name", ""): element.get("value", "")
        for element in inputs
        if element.get("type", "").lower() == "hidden" and element.get("name")
    }
