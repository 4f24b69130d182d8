"""Logs for programs as for people: one JSON object a line."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from pathlib import Path

from archive.times import iso

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_OBJECTS = frozenset({"spider", "crawler"})  # Scrapy hands them to each record


class JsonLines(logging.Formatter):
    """The moment, the level, the event, and whatever was told of it; ``always`` is told of each."""

    def __init__(self, **always: object) -> None:
        super().__init__()
        self._always = always

    def format(self, record: logging.LogRecord) -> str:
        told = {k: v for k, v in vars(record).items() if k not in _STANDARD and k not in _OBJECTS}
        if record.exc_info:
            told["trace"] = self.formatException(record.exc_info)
        at = iso(datetime.fromtimestamp(record.created, UTC))
        head = {"at": at, "level": record.levelname.lower(), **self._always, "event": record.getMessage()}
        return json.dumps({**head, **told}, ensure_ascii=False, default=str)


def log_into(path: Path, **always: object) -> None:
    """Let all that this process logs go to the end of a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handler = logging.FileHandler(path, encoding="utf-8")
    handler.setLevel(logging.INFO)
    handler.setFormatter(JsonLines(**always))
    logging.root.addHandler(handler)
    logging.root.setLevel(logging.INFO)
