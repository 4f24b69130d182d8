"""What a watcher is told: by the heartbeat's file alone, and over HTTP."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from archive.alarms import Raise, settle
from archive.catalogue.engine import Catalogue
from archive.jobs import End, JobStatus, Last, begin_job, end_job
from scheduler.health import troubles
from scheduler.heartbeat import Heartbeat
from scheduler.plans import Job
from scheduler.watch import Watch

NOW = datetime(2026, 11, 21, 4, tzinfo=UTC)
HOUR = timedelta(hours=1)
TONIGHT = datetime(2026, 11, 21, 18, 30, tzinfo=UTC)


@pytest.fixture
def beat(home: Path) -> Heartbeat:
    """Of a schedule that lives, whose next crawl is due tonight."""
    found = Heartbeat.of(home, NOW)
    found.beat(NOW, {Job.CRAWL: TONIGHT, Job.AUDIT: TONIGHT + HOUR})
    return found


def told(beat: Heartbeat, now: datetime) -> str:
    """What anyone reads from the file."""
    return "; ".join(one.what for one in troubles(Heartbeat.of(beat.path.parent, now), now))


def pass_night(beat: Heartbeat, now: datetime) -> None:
    beat.beat(now, {Job.CRAWL: TONIGHT + 24 * HOUR})


def test_no_schedule_ever_ran(home: Path) -> None:
    assert [one.what for one in troubles(Heartbeat.of(home, NOW), NOW)] == ["the schedule has never run"]


def test_a_schedule_that_lives(beat: Heartbeat) -> None:
    assert told(beat, NOW + timedelta(minutes=4)) == ""


def test_a_schedule_that_died(beat: Heartbeat) -> None:
    assert told(beat, NOW + timedelta(minutes=6)) == (
        "the schedule has not been heard of since 2026-11-21 04:00 UTC"
    )


def test_a_schedule_that_was_stopped(beat: Heartbeat) -> None:
    beat.rest()
    assert told(beat, NOW) == "the schedule was stopped"


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (JobStatus.DONE, ""),
        (JobStatus.FAILURES, ""),
        (JobStatus.INTERRUPTED, "the night of 2026-11-21 18:30 UTC ended as interrupted: a reason"),
        (JobStatus.OVERRUN, "the night of 2026-11-21 18:30 UTC ended as overrun: a reason"),
    ],
)
def test_how_the_last_night_went(beat: Heartbeat, status: JobStatus, said: str) -> None:
    after = TONIGHT + HOUR
    pass_night(beat, after)
    beat.ended(Job.CRAWL, TONIGHT, End(status, reason="a reason"), after)
    assert told(beat, after) == said


def test_a_night_that_did_not_run(beat: Heartbeat) -> None:
    pass_night(beat, TONIGHT + HOUR)
    assert told(beat, TONIGHT + HOUR) == ""  # it may be about to begin
    pass_night(beat, TONIGHT + 6 * HOUR)
    assert told(beat, TONIGHT + 6 * HOUR) == "the night of 2026-11-21 18:30 UTC did not run"


def test_a_night_that_takes_long_is_no_trouble(beat: Heartbeat) -> None:
    beat.began(Job.CRAWL, TONIGHT)
    pass_night(beat, TONIGHT + 6 * HOUR)
    assert told(beat, TONIGHT + 6 * HOUR) == ""


def test_a_night_that_was_missed(beat: Heartbeat) -> None:
    off = Last(TONIGHT, TONIGHT + 14 * HOUR, JobStatus.MISSED, "the machine was off")
    beat.learn({"crawl": off, "a job of another release": off})
    pass_night(beat, TONIGHT + 14 * HOUR)
    assert told(beat, TONIGHT + 14 * HOUR) == (
        "the night of 2026-11-21 18:30 UTC ended as missed: the machine was off"
    )


def test_a_file_of_a_full_disk_is_not_half_a_file(
    beat: Heartbeat, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    before = beat.path.read_bytes()

    def full(*_: object, **__: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    beat.beat(NOW + HOUR, {})
    assert beat.path.read_bytes() == before
    assert "heartbeat" in caplog.text


@pytest.fixture
def watch(catalogue: Catalogue, home: Path, beat: Heartbeat) -> Iterator[str]:
    number = begin_job(catalogue, "crawl", NOW, 1, "logs/x", lambda: NOW)
    end_job(catalogue, number, End(JobStatus.DONE), lambda: NOW)
    settle(catalogue, [Raise("disk_full", "home", None, {}, 1)], (), NOW.date(), lambda: NOW)
    server = Watch(catalogue, home, beat, "127.0.0.1", 0, clock=lambda: NOW)
    yield f"http://{beat.listens}"
    server.close()
    assert not [t for t in threading.enumerate() if t.name.endswith("(_serve)")]


def get(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_health_over_http(watch: str, beat: Heartbeat) -> None:
    assert get(f"{watch}/healthz") == (200, '{\n "ok": true,\n "troubles": []\n}\n')
    beat.rest()
    status, body = get(f"{watch}/healthz")
    assert status == 503
    assert [one["what"] for one in json.loads(body)["troubles"]] == ["the schedule was stopped"]
    assert get(f"{watch}/other")[0] == 404


def test_metrics(watch: str) -> None:
    status, body = get(f"{watch}/metrics")
    assert status == 200
    samples = {
        (one.name, *one.labels.values()): one.value
        for family in text_string_to_metric_families(body)
        for one in family.samples
    }
    assert samples["nianbao_schedule_beat_timestamp_seconds",] == NOW.timestamp()
    assert samples["nianbao_job_next_timestamp_seconds", "crawl"] == TONIGHT.timestamp()
    assert samples["nianbao_job_starts", "crawl", "done"] == 1
    assert samples["nianbao_job_running", "crawl"] == 0
    assert samples["nianbao_alarms_open", "disk_full"] == 1
    assert samples["nianbao_database_up",] == 1
    assert samples["nianbao_free_bytes",] > 0
    assert samples["process_resident_memory_bytes",] > 0


def test_a_schedule_that_never_ran_leaves_no_heartbeat(home: Path) -> None:
    Heartbeat.of(home, NOW).rest()
    assert Heartbeat.of(home, NOW).beat_at is None
    assert [one.what for one in troubles(Heartbeat.of(home, NOW), NOW)] == ["the schedule has never run"]


@pytest.mark.parametrize("damage", ["{", "[]", "{}", '"doing": "dance"', '"beat_at": null'])
def test_a_heartbeat_that_cannot_be_read_is_begun_anew(beat: Heartbeat, home: Path, damage: str) -> None:
    beat.beat(NOW, {Job.CRAWL: TONIGHT})
    if ":" in damage:
        damage = json.dumps(json.loads(beat.path.read_text("utf-8")) | json.loads(f"{{{damage}}}"))
    beat.path.write_text(damage, "utf-8")
    assert Heartbeat.of(home, NOW + HOUR).since == NOW + HOUR
