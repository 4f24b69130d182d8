"""The schedule as a process: APScheduler says when to look, the plans say what is to be done."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from threading import Event

from apscheduler.executors.base import BaseExecutor
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.base import BaseScheduler
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy.exc import DBAPIError

from archive.jobs import UNFINISHED, last_ends, last_start, note_missed
from scheduler.events import remove_old_logs
from scheduler.heartbeat import Heartbeat
from scheduler.locks import ScheduleLock, Taken
from scheduler.plans import NOTHING, Job, JobPlan, decide
from scheduler.recovery import recover
from scheduler.runner import Runner

log = logging.getLogger(__name__)
BEAT = timedelta(minutes=1)
LOOK_AGAIN = timedelta(minutes=1)
"""When the database, the disk or the job's lock could not be had."""
WORK, CARE = "work", "care"
_ANOTHER = "another schedule works on this database"


def executors() -> Mapping[str, BaseExecutor]:
    """Jobs run one after the other: what one leaves is what the next begins with."""
    return {WORK: ThreadPoolExecutor(1), CARE: ThreadPoolExecutor(1)}


class Daemon:
    """Does the plans' jobs when they are due, makes up for what was missed, and shows that it lives.

    ``scheduler`` has the executors of :func:`executors`; it is started and shut down here. The caller holds
    the home's lock.
    """

    def __init__(
        self,
        runner: Runner,
        plans: Sequence[JobPlan],
        scheduler: BaseScheduler,
        heartbeat: Heartbeat,
        *,
        keep_logs: timedelta = timedelta(days=90),
    ) -> None:
        self._runner = runner
        self._plans = {plan.job: plan for plan in plans}
        self._scheduler = scheduler
        self._heartbeat = heartbeat
        self._keep_logs = keep_logs
        self._clock = runner.clock
        self._lock = ScheduleLock(runner.catalogue)
        self._stop = Event()
        self._taken = False

    def start(self) -> None:
        """Take up the schedule; with a blocking scheduler this returns when it is stopped.

        Raises :class:`Taken` when another machine's schedule works on the same database, also when that took
        it over while the database was away.
        """
        if not self._lock.hold():
            raise Taken(_ANOTHER)
        self._beat()
        self._add(self._beat, IntervalTrigger(seconds=BEAT.total_seconds()), "heartbeat", CARE)
        for plan in self._plans.values():
            self._add(self._looking_at(plan.job), plan.timetable.trigger(plan.jitter), plan.job, WORK)
        log.info("schedule", extra={"jobs": [str(job) for job in self._plans]})
        self._scheduler.start()
        if self._taken:
            raise Taken(_ANOTHER)

    def stop(self) -> None:
        """End the job that is being done, and the schedule; the next start takes up what was not done."""
        self._stop.set()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)
        self._lock.close()
        self._heartbeat.rest()

    def next_times(self) -> dict[Job, datetime | None]:
        now = self._clock()
        return {job: plan.timetable.next(now) for job, plan in self._plans.items()}

    def _add(self, step: Callable[[], None], trigger: object, name: str, executor: str) -> None:
        # None: whether it is too late, and whether that is noted, is decided with what the catalogue knows
        self._scheduler.add_job(
            step,
            trigger,
            id=name,
            executor=executor,
            next_run_time=self._clock(),
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
            replace_existing=True,
        )

    def _looking_at(self, job: Job) -> Callable[[], None]:
        return lambda: self._look(self._plans[job])

    def _look(self, plan: JobPlan) -> None:
        """Do the job if it is due and not done, and say when to look again if it could not be."""
        if self._stop.is_set():
            return
        try:
            again = self._do_if_due(plan)
        except (DBAPIError, OSError, Taken) as error:
            log.warning("later", extra={"job": str(plan.job), "reason": str(error).partition("\n")[0]})
            again = LOOK_AGAIN
        if again is not None and not self._stop.is_set():
            trigger = DateTrigger(self._clock() + again, UTC)
            self._scheduler.add_job(
                self._looking_at(plan.job),
                trigger,
                executor=WORK,
                misfire_grace_time=None,
            )

    def _do_if_due(self, plan: JobPlan) -> timedelta | None:
        """How long to wait until another try; None when none is needed."""
        catalogue = self._runner.catalogue
        recover(catalogue, self._runner.home, self._clock, self._runner.patience)
        last = last_start(catalogue, plan.job)
        decision = decide(plan, last, self._heartbeat.since, self._clock())
        if decision is NOTHING:
            return None
        if decision.missed:
            note_missed(catalogue, plan.job, decision.missed, decision.reason)
            self._beat()
            log.warning("missed", extra={"job": str(plan.job), "times": len(decision.missed)})
        if decision.due is None:
            return None
        self._heartbeat.began(plan.job, self._clock())
        try:
            end = self._runner.run(plan, decision.due, decision.attempt, self._stop)
        finally:
            self._heartbeat.doing = None
        self._heartbeat.ended(plan.job, decision.due, end, self._clock())
        remove_old_logs(self._runner.home, self._keep_logs)
        again = end.status in UNFINISHED and decision.attempt <= plan.retries
        return plan.retry_after if again else None

    def _beat(self) -> None:
        if not self._lock_held():
            log.error("taken", extra={"reason": f"{_ANOTHER}; this one ends"})
            self._taken = True
            self._stop.set()
            self._scheduler.shutdown(wait=False)
            return
        with suppress(DBAPIError):  # then it says what it knew
            self._heartbeat.learn(last_ends(self._runner.catalogue))
        self._heartbeat.beat(self._clock(), self.next_times())

    def _lock_held(self) -> bool:
        try:
            return self._lock.hold()
        except DBAPIError as error:
            log.warning("database", extra={"reason": str(error.orig).strip().partition("\n")[0]})
            return True  # nobody else can have it either
