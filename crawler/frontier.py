"""What waits to be fetched on one site: best first, each address once, within the site's budget."""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count

from archive.capture import Kind, posted_url
from crawler.families import Ask


@dataclass(frozen=True, slots=True)
class Step:
    """One request to come, and what its answer must be read with.

    `depth` counts the pages from the start, `barren` those since the last that named a report. `walk` is the
    address of the list that the answer is a part of.
    `article` is the page of the report that a further page or a frame belongs to, `body` the same for a page
    of a body that is cut. `column` says that the page stands within a report column, `draw` that the browser
    is to draw it. `hops` counts the redirects that led here. `again`: it is asked for once more, to learn
    what of it changes by itself. `due`: it is asked for tonight, however late it was asked for before.
    """

    ask: Ask
    kind: Kind
    priority: float
    reason: str
    title: str = ""
    parent: str | None = None
    depth: int = 0
    barren: int = 0
    walk: str | None = None
    article: str | None = None
    body: str | None = None
    hops: int = 0
    column: bool = False
    draw: bool = False
    again: bool = False
    due: bool = False

    @property
    def url(self) -> str:
        """The name of what is asked for: its address, with what is posted where something is."""
        return posted_url(self.ask.url, self.ask.body)

    @property
    def is_source(self) -> bool:
        """Whether it asks a site's search or its map."""
        return bool(self.ask.reader) and self.walk is None


class Frontier:
    """A queue by priority that knows what it has given out."""

    def __init__(self, max_pages: int) -> None:
        self._left = max_pages
        self._queue: list[tuple[float, int, Step]] = []
        self._known: set[str] = set()
        self._order = count()

    def __len__(self) -> int:
        return len(self._queue)

    def knows(self, url: str) -> bool:
        """Whether the address has been added before."""
        return url in self._known

    def forget(self, urls: set[str]) -> None:
        """Let these addresses be added once more."""
        self._known -= urls

    def add(self, step: Step) -> bool:
        """Queue the step; False for an address that was added before."""
        if step.url in self._known:
            return False
        self._known.add(step.url)
        heapq.heappush(self._queue, (-step.priority, next(self._order), step))
        return True

    def add_again(self, step: Step) -> None:
        """Queue a second look at what has been given out already."""
        heapq.heappush(self._queue, (-step.priority, next(self._order), replace(step, again=True)))

    def take(self, most: int) -> Iterator[Step]:
        """Give out the best steps, as long as the budget lasts."""
        while most > 0 and self._left > 0 and self._queue:
            most -= 1
            self._left -= 1
            yield heapq.heappop(self._queue)[2]

    def waiting(self) -> list[Step]:
        """What is still queued, best first."""
        return [step for _, _, step in sorted(self._queue, key=lambda entry: entry[:2])]
