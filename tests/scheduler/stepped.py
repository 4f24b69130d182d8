"""A schedule whose clock the test turns: APScheduler and the daemon as they are, with nothing to wait for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, tzinfo

import apscheduler.executors.base
import apscheduler.schedulers.base
import pytest
from apscheduler.executors.debug import DebugExecutor
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.base import BaseScheduler

from scheduler.daemon import CARE, WORK


class SimulatedClock:
    """Stands still until it is turned."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@contextmanager
def apscheduler_by(clock: SimulatedClock) -> Iterator[None]:
    """Let APScheduler take this clock for the time."""

    class Simulated(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return clock.now.astimezone(tz)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(apscheduler.schedulers.base, "datetime", Simulated)
        patch.setattr(apscheduler.executors.base, "datetime", Simulated)
        yield


class SteppedScheduler(BaseScheduler):
    """Looks for what is due when the test says so, and does it at once."""

    def __init__(self, clock: SimulatedClock) -> None:
        super().__init__(executors={WORK: DebugExecutor(), CARE: DebugExecutor()}, timezone="UTC")
        self._clock = clock

    def wakeup(self) -> None:
        """Nothing waits."""

    def shutdown(self, wait: bool = True) -> None:
        super().shutdown(wait)

    def run_until(self, end: datetime, at: Callable[[datetime], None] = lambda now: None) -> None:
        """Turn the clock to each moment at which a job is due, until ``end``; ``at`` is told before."""
        while self.running:
            try:
                self._process_jobs()
            except JobLookupError:
                assert not self.running  # a job that was done at once has ended the schedule
                return
            due = [job.next_run_time for job in self.get_jobs() if job.id != "heartbeat"]
            moment = min((one for one in due if one is not None), default=end)
            if moment > end:
                self._clock.now = end
                return
            at(moment)
            self._clock.now = max(self._clock.now, moment)
