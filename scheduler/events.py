"""What the schedule did, one JSON object a line in ``logs/schedule.jsonl``, and old logs taken away."""

from __future__ import annotations

import json
import logging
import time
from datetime import UTC, datetime, timedelta
from logging.handlers import RotatingFileHandler
from pathlib import Path

from archive.times import iso

FILE = Path("logs") / "schedule.jsonl"
_MAX_BYTES = 5_000_000
_KEPT = 5
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonLines(logging.Formatter):
    """The moment, the level, the event, and whatever was told of it."""

    def format(self, record: logging.LogRecord) -> str:
        told = {key: value for key, value in vars(record).items() if key not in _STANDARD}
        if record.exc_info:
            told["trace"] = self.formatException(record.exc_info)
        at = iso(datetime.fromtimestamp(record.created, UTC))
        head = {"at": at, "level": record.levelname.lower(), "event": record.getMessage()}
        return json.dumps({**head, **told}, ensure_ascii=False, default=str)


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
    old = [path for path in (home / "logs").rglob("*.log") if path.stat().st_mtime < oldest]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)
