"""Logs: one JSON object a line, and none older than the settings say."""

from __future__ import annotations

import json
import logging
import os
import time
from datetime import timedelta
from pathlib import Path

from crawler.log_lines import JsonLines
from scheduler.events import FILE, remove_old_logs


def line(record: logging.LogRecord) -> dict[str, object]:
    found: dict[str, object] = json.loads(JsonLines(run=7, site="spt").format(record))
    return found


def test_a_line_has_what_was_told() -> None:
    record = logging.makeLogRecord({"msg": "页 %s\n", "args": ("1",), "levelname": "INFO", "created": 0.0})
    record.url, record.spider = "http://x/", object()
    assert line(record) == {
        "at": "1970-01-01T00:00:00Z", "level": "info", "run": 7, "site": "spt", "event": "页 1\n",
        "url": "http://x/",
    }  # fmt: skip


def test_a_trace_is_a_part_of_its_line() -> None:
    try:
        raise ValueError("broken")
    except ValueError as error:
        record = logging.makeLogRecord({"msg": "x", "exc_info": (ValueError, error, error.__traceback__)})
    assert str(line(record)["trace"]).endswith("ValueError: broken")


def test_old_logs_go_and_the_schedules_own_stays(tmp_path: Path) -> None:
    names = ("20260101T000000Z-spt.jsonl", "jobs/20260101T000000Z-crawl-1.log", FILE.name, "new.jsonl")
    for name in names:
        path = tmp_path / "logs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        if name != "new.jsonl":
            os.utime(path, (time.time() - 91 * 86400,) * 2)
    assert remove_old_logs(tmp_path, timedelta(days=90)) == 2
    assert sorted(p.name for p in (tmp_path / "logs").rglob("*.jsonl")) == ["new.jsonl", FILE.name]
