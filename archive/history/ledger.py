"""Changes as they are written down, each with when it could first be known."""

from __future__ import annotations

from collections.abc import Iterable

from archive.history.bearing import Version
from archive.history.evidence import World
from archive.history.identity import State
from archive.history.rows import ChangeRow
from archive.history.seen import Place

NOWHERE: tuple[None, None, None] = (None, None, None)


class Ledger:
    """The changes of one report."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.changes: list[ChangeRow] = []

    def known(self, states: Iterable[State]) -> str:
        """When it was first known that one of these files bears the report: fetched, recorded and read."""
        return min(max(s.seen.known_at, self._first_read(s.reading.sha256)) for s in states)

    def _first_read(self, sha256: str) -> str:
        return min(r.read_at for r in self._world.readings(sha256) if r.is_report)

    def note(
        self,
        layer: str,
        kind: str,
        state: State,
        before: State | None,
        *,
        recorded: str,
        since: str | None = None,
        until: str | None = None,
        place: Place | tuple[None, None, None] = NOWHERE,
        old: str | None = None,
        new: str | None = None,
        run: int | None = None,
    ) -> None:
        """A change of the source, between the capture ``before`` and that of ``state``."""
        self.changes.append(
            ChangeRow(
                layer, "source", kind, place[0], place[1], place[2], old, new,
                old_sha256=before.reading.sha256 if before else None,
                new_sha256=state.reading.sha256,
                resource_id=state.seen.resource_id,
                run_id=state.seen.run_id if run is None else run,
                window_from=before.seen.at if before else since,
                window_to=until or state.seen.at,
                recorded_at=recorded,
            )
        )  # fmt: skip

    def note_ours(
        self,
        cause: str,
        kind: str,
        layer: str,
        version: Version,
        moment: str,
        sha256: str,
        *,
        place: Place | tuple[None, None, None] = NOWHERE,
        old: str | None = None,
        new: str | None = None,
    ) -> None:
        """A change of our reading: it happened when we made it."""
        self.changes.append(
            ChangeRow(
                layer, cause, kind, place[0], place[1], place[2], old, new, sha256, sha256,
                version.resource_id, None, moment, moment, moment,
            )
        )  # fmt: skip
