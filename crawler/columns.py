"""What became of a site's report columns since an earlier night, in words for people.

A column that moved, vanished, shrank or is made by another system is told on the night it is seen; whether
its reports are gone is not for the crawler to say.
"""

from collections.abc import Iterator, Mapping, Sequence

from archive.capture import ListingSeen
from archive.listings import PastListing

#: Of a column's earlier rows, so many must stand in another one for it to be the same.
_SAME_COLUMN = 0.5
#: A list with less than this part of its earlier rows has lost something.
_SHRUNK = 0.7


def columns_told(
    past: Sequence[PastListing], present: Sequence[ListingSeen], fates: Mapping[str, str]
) -> tuple[str, ...]:
    """One sentence for each column that is not as it was.

    `fates` tells of the addresses of columns that were asked for, what came of it.
    """
    if not past:
        return ()
    return tuple(dict.fromkeys((*_systems(past, present), *_columns(past, present, fates))))


def _systems(past: Sequence[PastListing], present: Sequence[ListingSeen]) -> Iterator[str]:
    before, now = {one.family for one in past}, {one.family for one in present}
    if now and not before & now:
        yield f"the site's system changed from {_listed(before)} to {_listed(now)}"


def _listed(names: set[str]) -> str:
    return ", ".join(sorted(names))


def _columns(
    past: Sequence[PastListing], present: Sequence[ListingSeen], fates: Mapping[str, str]
) -> Iterator[str]:
    seen = {one.url: one for one in present}
    known = {one.url for one in past}
    for old in past:
        now = seen.get(old.url)
        if now is None:
            new = [one for one in present if one.url not in known]
            yield _lost(old, new, fates.get(old.url, "no page led to it"))
        elif len(now.items) < _SHRUNK * len(old.rows):
            yield f"the column {old.url} lists {len(now.items)} rows, {len(old.rows)} before"


def _lost(old: PastListing, new: Sequence[ListingSeen], fate: str) -> str:
    successor = max(new, key=lambda one: _shared(old, one), default=None)
    if successor is not None and _shared(old, successor) >= _SAME_COLUMN:
        return f"the column {old.url} moved to {successor.url}"
    return f"the column {old.url} was not seen this time: {fate}"


def _shared(old: PastListing, new: ListingSeen) -> float:
    """The part of the earlier rows that stand in the other list, by address or by title."""
    urls, titles = {item.url for item in new.items}, {item.title for item in new.items}
    same = sum(url in urls or title in titles for url, title in old.rows)
    return same / max(1, len(old.rows))
