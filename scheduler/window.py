"""The hours of the night in which scheduled crawls may ask, by the clock of the sites: Asia/Shanghai."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Window:
    """From ``begins`` to ``ends``, which may lie on the next day; the same time twice is the whole day."""

    begins: time
    ends: time

    @staticmethod
    def parse(text: str) -> Window:
        """``22:00-06:00``. Raises ValueError."""
        match = re.fullmatch(r"\s*(\d{1,2}:\d{2})\s*-\s*(\d{1,2}:\d{2})\s*", text)
        if match is None:
            raise ValueError(f"{text!r} is no span of hours; write it like 22:00-06:00")
        begins, ends = (time.fromisoformat(part.zfill(5)) for part in match.groups())
        return Window(begins, ends)

    def closes_at(self, now: datetime) -> datetime | None:
        """When the window that is open at ``now`` (aware) closes; None when it is shut."""
        here = now.astimezone(ZONE)
        for day in (here.date() - timedelta(days=1), here.date()):
            opened = datetime.combine(day, self.begins, ZONE)
            closes = datetime.combine(day, self.ends, ZONE)
            if closes <= opened:
                closes += timedelta(days=1)
            if opened <= here < closes:
                return closes
        return None
