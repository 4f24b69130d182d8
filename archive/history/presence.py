"""When a resource bore a report and when it was gone, by what each night showed.

Gone is what two complete listings lack, or what answered gone on two runs, while the host was well
(design, hard cases). A block, an error, a cut-off body and a night without a visit say nothing. Nor do lists
say anything of what answered after they had dropped it: a page that stands unlisted is not gone, and whether
it goes is seen by its own answers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from archive.capture import Kind
from archive.history.evidence import World
from archive.history.identity import Identifier, State
from archive.history.seen import ANSWERED, GONE, Seen, Source, Walk

TWICE = 2
_LEADS = (Kind.ARTICLE, Kind.GIVEN)


@dataclass(frozen=True, slots=True)
class Sign:
    """Something was not where it had been: when that was seen, on which run, and when we knew."""

    at: str
    known_at: str
    run_id: int


@dataclass(slots=True)
class Interval:
    """A resource bearing a report: from its first capture to its last, and what ended it.

    ``missed`` is the first sign of its absence since ``last``, which may still be taken back; ``gone`` is
    the sign that was borne out, and ``proof`` the one that did. ``redirect`` is where its address led then.
    """

    first: State
    last: State
    missed: Sign | None = None
    gone: Sign | None = None
    proof: Sign | None = None
    redirect: str | None = None
    states: list[State] = field(default_factory=list)

    @property
    def since(self) -> str:
        return self.first.seen.at


@dataclass(slots=True)
class _Night:
    """All that one night (or one imported capture) showed of a resource. ``page_stands``: the page that leads
    to it answered.
    """

    at: str
    present: list[State] = field(default_factory=list)
    listed: bool = False
    unlisted: Sign | None = None
    page_stands: bool = False
    answered_gone: Sign | None = None
    redirect: str | None = None
    unlinked: Sign | None = None


@dataclass(slots=True)
class _Count:
    """Signs of one sort, in a row."""

    first: Sign | None = None
    number: int = 0

    def add(self, sign: Sign) -> bool:
        """Whether the sign bears out those before it."""
        self.first = self.first or sign
        self.number += 1
        return self.number >= TWICE

    def reset(self) -> None:
        self.first, self.number = None, 0


def intervals(world: World, identifier: Identifier, source: Source, key: str) -> list[Interval]:
    """The spans in which the resource bore the report ``key``, in order."""
    found: list[Interval] = []
    answers, drops = _Count(), _Count()
    stands_unlisted = False
    for night in _nights(world, identifier, source, key):
        answered = bool(night.present) or night.page_stands
        stands_unlisted = not night.listed and (stands_unlisted or (night.unlisted is not None and answered))
        if stands_unlisted:
            night.unlisted = None
        if night.present:
            answers.reset()
            drops.reset()
            _extend(found, night.present)
            continue
        if not found or found[-1].gone is not None:
            continue
        _note_absence(found[-1], night, answers, drops)
    return found


def _extend(found: list[Interval], states: list[State]) -> None:
    if not found or found[-1].gone is not None:
        found.append(Interval(states[0], states[0]))
    current = found[-1]
    current.states += states
    current.last = states[-1]
    current.missed = current.redirect = None


def _note_absence(current: Interval, night: _Night, answers: _Count, drops: _Count) -> None:
    if night.listed:
        drops.reset()
    signs = [s for s in (night.answered_gone, night.unlisted, night.unlinked) if s is not None]
    if not signs:
        return
    current.missed = current.missed or min(signs, key=lambda s: s.at)
    current.redirect = current.redirect or night.redirect
    for count, sign in ((answers, night.answered_gone), (drops, night.unlisted)):
        if sign is not None and count.add(sign) and current.gone is None:
            current.gone = count.first
            current.proof = sign


# --------------------------------------------------------------------- nights


def _nights(world: World, identifier: Identifier, source: Source, key: str) -> list[_Night]:
    nights: dict[tuple[int, int], _Night] = {}

    def on(night: tuple[int, int], at: str) -> _Night:
        return nights.setdefault(night, _Night(at))

    states = {s.seen.capture_id: s for s in identifier.states(source.resource_id)}
    for seen in world.seen(source.resource_id):
        _note_capture(world, on(seen.night, seen.at), source, seen, states.get(seen.capture_id), key)
    for walk in world.walks(source.url):
        _note_walk(on(walk.night, walk.at), walk)
    if source.kind == Kind.ATTACHMENT and source.parent_id is not None:
        _note_page(world, on, source)
    return sorted(nights.values(), key=lambda n: n.at)


def _note_capture(
    world: World, night: _Night, source: Source, seen: Seen, state: State | None, key: str
) -> None:
    if state is not None and state.key == key:
        night.present.append(state)
    elif (seen.verdict in GONE or (state is not None and state.key is not None)) and world.healthy(
        seen.run_id, source.host
    ):
        night.answered_gone = night.answered_gone or Sign(seen.at, seen.known_at, seen.run_id)
    elif seen.verdict == "moved" and seen.location:
        night.redirect = seen.location
        sign = Sign(seen.at, seen.known_at, seen.run_id)
        if world.answered(seen.location, seen.run_id):
            night.answered_gone = night.answered_gone or sign
        else:  # led to what could not be fetched: a sign, but none that counts
            night.unlinked = night.unlinked or sign


def _note_walk(night: _Night, walk: Walk) -> None:
    if walk.shown:
        night.listed = True
        night.unlisted = None
    elif not night.listed:
        night.unlisted = night.unlisted or Sign(walk.at, walk.at, walk.night[0])


def _note_page(
    world: World,
    on: Callable[[tuple[int, int], str], _Night],
    source: Source,
) -> None:
    """What became of the page that leads to a file becomes of the file, unless it was fetched itself."""
    assert source.parent_id is not None
    page = world.source(source.parent_id)
    if page.kind not in _LEADS:
        return
    own = {s.night for s in world.seen(source.resource_id)}
    for walk in world.walks(page.url):
        if walk.night not in own:
            _note_walk(on(walk.night, walk.at), walk)
    for seen in world.seen(page.resource_id):
        if seen.night in own:
            continue
        if seen.verdict in ANSWERED:
            on(seen.night, seen.at).page_stands = True
        if seen.verdict in GONE and world.healthy(seen.run_id, page.host):
            night = on(seen.night, seen.at)
            night.answered_gone = night.answered_gone or Sign(seen.at, seen.known_at, seen.run_id)
        elif seen.verdict in ANSWERED and seen.night[1] == 0:
            # the page came without its file: no longer linked, or only not due to be asked for again,
            # so this is a sign that counts where another file takes the place and nowhere else
            night = on(seen.night, seen.at)
            night.unlinked = Sign(seen.at, seen.known_at, seen.run_id)
