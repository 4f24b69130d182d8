"""What the schedule did, one JSON object a line in ``logs/schedule.jsonl``, and old logs taken away."""

from __future__ import annotations

import logging
import time
from datetime import timedelta
from logging.handlers import RotatingFileHandler
from pathlib import Path

from crawler.log_lines import JsonLines

FILE = Path("logs") / "schedule.jsonl"
_MAX_BYTES = 5_000_000
_KEPT = 5


def to_files(home: Path) -> None:
    """Let the schedule's events go to the home's log and to standard error, for the service's journal."""
    path = home / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    handlers = (
        RotatingFileHandler(path, maxBytes=_MAX_BYTES, backupCount=_KEPT, encoding="utf-8"),
        logging.StreamHandler(),
    )
    for handler in handlers:
        handler.setFormatter(JsonLines())
        logging.getLogger("scheduler").addHandler(handler)
        logging.getLogger("apscheduler").addHandler(handler)
    logging.getLogger("scheduler").setLevel(logging.INFO)
    logging.getLogger("apscheduler").setLevel(logging.ERROR)


def remove_old_logs(home: Path, age: timedelta) -> int:
    """Take away the logs of crawls and jobs that were last written longer ago; how many there were."""
    oldest = time.time() - age.total_seconds()
    logs = [path for ending in ("*.log", "*.jsonl") for path in (home / "logs").rglob(ending)]
    old = [path for path in logs if path != home / FILE and path.stat().st_mtime < oldest]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)
