"""The section ``[schedule]`` of ``nianbao.toml``: what runs when, and within which limits."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, Field, field_validator

from scheduler.plans import check_cron

OFF = "off"
_MEMORY_MB = 4096


def address_of(listen: str) -> tuple[str, int]:
    """``127.0.0.1:9464`` as host and port. Raises ValueError."""
    host, _, port = listen.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65535:
        raise ValueError(f'{listen!r} is no address; write it like 127.0.0.1:9464, or "off"')
    return host.strip("[]"), int(port)


class JobSettings(BaseModel):
    """One job: ``cron`` says when, ``max_minutes`` and ``memory_mb`` are its limits with all it starts."""

    model_config = {"extra": "forbid", "frozen": True}

    cron: str
    max_minutes: float = Field(default=240.0, gt=0.0)
    memory_mb: int = Field(default=_MEMORY_MB, ge=64)

    @field_validator("cron")
    @classmethod
    def _five_fields(cls, text: str) -> str:
        return text if text == OFF else check_cron(text)


class CrawlSettings(JobSettings):
    cron: str = "30 2 * * mon-sat"
    max_minutes: float = Field(default=720.0, gt=0.0)
    memory_mb: int = Field(default=2 * _MEMORY_MB, ge=64)


class ListingsSettings(CrawlSettings):
    cron: str = "30 2 * * sun"


class ParseSettings(JobSettings):
    cron: str = "0 12 * * *"


class AuditSettings(JobSettings):
    cron: str = "0 13 * * *"
    within_days: int = Field(default=30, ge=1)


class BackupSettings(JobSettings):
    cron: str = "0 14 * * *"
    to: str | None = None
    keep: int = Field(default=14, ge=1)

    @field_validator("to")
    @classmethod
    def _whole_path(cls, text: str | None) -> str | None:
        """The schedule is started from anywhere, and no shell reads its ``~``."""
        if not text:
            return None
        path = Path(text).expanduser()
        if not path.is_absolute():
            raise ValueError(f"{text!r} depends on where the schedule is started: write the whole path")
        return str(path)


class ReportSettings(JobSettings):
    cron: str = "0 8 * * *"


class ScheduleSettings(BaseModel):
    """The whole section. Times are by the clock of ``zone``."""

    model_config = {"extra": "forbid", "frozen": True}

    zone: str = "Asia/Shanghai"
    jitter_minutes: float = Field(default=10.0, ge=0.0, le=240.0)
    misfire_hours: float = Field(default=12.0, gt=0.0)
    retries: int = Field(default=3, ge=0, le=100)
    retry_minutes: float = Field(default=10.0, gt=0.0)
    log_days: int = Field(default=90, ge=1)
    listen: str = "127.0.0.1:9464"
    crawl: CrawlSettings = CrawlSettings()
    listings: ListingsSettings = ListingsSettings()
    parse: ParseSettings = ParseSettings()
    audit: AuditSettings = AuditSettings()
    backup: BackupSettings = BackupSettings()
    report: ReportSettings = ReportSettings()

    @field_validator("listen")
    @classmethod
    def _host_and_port(cls, text: str) -> str:
        if text != OFF:
            address_of(text)
        return text

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"{name!r} is no time zone; write one such as Asia/Shanghai") from error
        return name
