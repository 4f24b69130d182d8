"""A list while its pages are walked, and whether all of it was seen.

A list that is called complete lets reports that it no longer names be counted as gone; so it is called so
only when every page that it is known to have was seen with rows in it, and as many rows as it says it has.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from archive.capture import ListedItem, ListingSeen
from crawler.families import Ask, ListItem, ListPaging

_LONGEST_VALUE = 15
_FEWEST_ROWS = 3


def signature(rows: Iterable[ListItem]) -> frozenset[tuple[str, str]] | None:
    """What two copies of one list share (for old eyes, under another session): its rows' titles and places.

    None for a list too short to tell. Long values in a query are left out: sessions and tokens.
    """
    found = frozenset((row.title, _place(row.url)) for row in rows)
    return found if len(found) >= _FEWEST_ROWS else None


def _place(url: str) -> str:
    path, _, query = url.partition("://")[2].partition("/")[2].partition("?")
    kept = (part for part in query.split("&") if len(part.partition("=")[2]) <= _LONGEST_VALUE)
    return f"{path}?{'&'.join(kept)}"


@dataclass
class Walk:
    """One report column. ``waiting`` are the pages asked for and not yet seen, ``turned`` those of a form
    that is sent back (its target and argument), and ``turns`` says that the server answers it.
    """

    url: str
    column_name: str | None
    family: str
    declared: int | None = None
    rows_declared: int | None = None
    ends_known: bool = True
    waiting: set[str] = field(default_factory=set)
    seen: set[str] = field(default_factory=set)
    failed: bool = False
    items: dict[str, ListedItem] = field(default_factory=dict)
    rows: set[str] = field(default_factory=set)
    held: list[Ask] = field(default_factory=list)
    turned: set[tuple[str, str]] = field(default_factory=set)
    is_named: bool = True
    has_folders: bool = False
    drawn: bool = False
    bears_a_report: bool = False
    turns: bool = False

    def note_paging(self, paging: ListPaging | None) -> None:
        """What one page says of the whole list."""
        if paging is None:
            return
        self.declared = max(self.declared or 1, paging.page_count)
        self.ends_known = paging.complete or bool(paging.others)
        if paging.rows is not None:
            self.rows_declared = paging.rows

    def not_turned_to(self, asks: Iterable[Ask]) -> tuple[Ask, ...]:
        """Without the pages that were asked for already: every page of a form that is sent back asks anew,
        with hidden fields of its own.
        """
        return tuple(ask for ask in asks if not self._has_turned_to(ask))

    def _has_turned_to(self, ask: Ask) -> bool:
        fields = dict(ask.form)
        turn = (fields.get("__EVENTTARGET", ""), fields.get("__EVENTARGUMENT", ""))
        known = turn in self.turned
        if turn[1]:
            self.turned.add(turn)
        return known

    def note_rows(self, rows: Iterable[ListItem]) -> bool:
        """Count the rows of one page, near misses too; False if it brought none that are new."""
        before = len(self.rows)
        self.rows.update(row.url for row in rows)
        return len(self.rows) > before

    def note_item(self, item: ListItem) -> None:
        """A row that is taken for a report."""
        shown = item.shown_date.isoformat() if item.shown_date else None
        self.items.setdefault(item.url, ListedItem(item.url, item.title, shown))

    def page_seen(self, name: str, *, new: bool) -> None:
        """A page came; one that brought no new row is a page seen before, or none of the list's."""
        self.waiting.discard(name)
        if new:
            self.seen.add(name)

    def page_failed(self, name: str) -> None:
        self.waiting.discard(name)
        self.failed = True

    @property
    def complete(self) -> bool:
        """Whether the list was seen to its end. An empty list never is: it may be a shell."""
        if not self.ends_known or self.waiting or self.held or self.failed or not self.rows:
            return False
        if self.rows_declared is not None:
            return len(self.rows) >= self.rows_declared
        return self.declared is None or len(self.seen) >= self.declared

    @property
    def is_list(self) -> bool:
        """Whether there was a list at all, and not only folders that hold lists."""
        return bool(self.rows or self.waiting) or self.failed or (self.is_named and not self.has_folders)

    @property
    def names_nothing(self) -> bool:
        """Whether all that was asked for of it came or failed, and there was no row and no report in it."""
        return not (self.rows or self.waiting or self.bears_a_report)

    def result(self) -> ListingSeen:
        return ListingSeen(
            url=self.url,
            column_name=self.column_name,
            family=self.family,
            pages_declared=self.declared,
            pages_seen=len(self.seen),
            complete=self.complete,
            items=tuple(self.items.values()),
        )
