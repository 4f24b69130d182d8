"""``nianbao.toml``: read, checked and, for new sites, added to. Environment variables override it.

``NIANBAO_DATABASE=postgresql+psycopg://…`` overrides ``database``, and so on for every plain key; a key of a
section has two underscores: ``NIANBAO_SCHEDULE__CRAWL__CRON``. ``NIANBAO_DATABASE_FILE`` names a file that
holds the value, as container hosts hand out secrets.
"""

from __future__ import annotations

import json
import os
import re
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, ValidationError, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)
from pydantic_settings import SettingsError as EnvironmentUnread

from archive.catalogue.engine import sqlite_url
from nianbao.notice_settings import NoticeSettings
from nianbao.schedule_settings import ScheduleSettings
from scheduler.window import Window

FILE_NAME = "nianbao.toml"
PREFIX = "NIANBAO_"


class SettingsError(Exception):
    """The settings cannot be used; the text says which key and what to do."""


class SiteSettings(BaseModel):
    """One ``[[site]]``. ``delay`` is in seconds between requests to one host."""

    model_config = {"extra": "forbid", "frozen": True}

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$")
    title: str | None = None
    start: list[str] = Field(min_length=1)
    division: str | None = Field(default=None, pattern=r"^\d{6}$")
    delay: float = Field(default=1.0, ge=0.0, le=3600.0)
    allow_private: bool = False
    robots: bool = True
    max_pages: int = Field(default=5000, ge=1)
    max_minutes: float = Field(default=480.0, gt=0.0)
    max_drawn: int = Field(default=200, ge=0)

    @field_validator("start")
    @classmethod
    def _web_addresses(cls, urls: list[str]) -> list[str]:
        return [web_address(u) for u in urls]


class Settings(BaseSettings):
    """The whole of ``nianbao.toml``."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_nested_delimiter="__", extra="forbid")

    contact: str = ""
    database: str | None = None
    parallel_hosts: int = Field(default=4, ge=1, le=64)
    workers: int = Field(default=2, ge=1, le=64)
    browser: str = "auto"
    window: str = "00:00-00:00"
    young_days: int = Field(default=60, ge=0)
    recheck_days: int = Field(default=30, ge=1)
    explore_days: int = Field(default=7, ge=1)
    schedule: ScheduleSettings = ScheduleSettings()
    notices: list[NoticeSettings] = []
    site: list[SiteSettings] = []

    @field_validator("window")
    @classmethod
    def _span_of_hours(cls, text: str) -> str:
        Window.parse(text)
        return text

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return env_settings, _SecretFiles(settings_cls), init_settings

    def catalogue_url(self, home: Path) -> str:
        return self.database or sqlite_url(home)


class _SecretFiles(PydanticBaseSettingsSource):
    """``NIANBAO_KEY_FILE``: the file that holds a plain key's value."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        path = os.environ.get(f"{PREFIX}{field_name.upper()}_FILE")
        if path is None:
            return None, field_name, False
        try:
            return Path(path).read_text(encoding="utf-8").strip(), field_name, False
        except (OSError, UnicodeDecodeError) as error:
            variable = f"{PREFIX}{field_name.upper()}_FILE"
            raise SettingsError(f"{variable}: {path} cannot be read: {error}") from error

    def __call__(self) -> dict[str, Any]:
        fields = self.settings_cls.model_fields
        found = {name: self.get_field_value(field, name)[0] for name, field in fields.items()}
        return {name: value for name, value in found.items() if value is not None}


def web_address(url: str) -> str:
    """``url`` if it is http or https with a host; a bare host gets ``https://``. Raises ValueError."""
    text = url.strip()
    if "://" not in text and re.match(r"^[\w.-]+\.[A-Za-z]{2,}(:\d+)?(/|$)", text):
        text = f"https://{text}"
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{url!r} is no web address; write it like https://www.spt.gov.cn/")
    return text if parts.path else f"{text}/"


def load_settings(home: Path) -> Settings:
    """The settings of a home. Raises :class:`SettingsError`."""
    path = home / FILE_NAME
    if not path.exists():
        raise SettingsError(
            f"{home} is no nianbao home: {FILE_NAME} is missing; make one with `nianbao init`"
        )
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not valid TOML: {error}") from error
    try:
        settings = Settings(**data)
    except ValidationError as error:
        raise SettingsError(_explain(path, error)) from error
    except EnvironmentUnread as error:
        raise SettingsError(_unread(str(error))) from error
    _names_of_their_own(path, settings)
    return settings


def _names_of_their_own(path: Path, settings: Settings) -> None:
    names = [s.name for s in settings.site]
    twice = sorted({n for n in names if names.count(n) > 1})
    if twice:
        raise SettingsError(f"{path}: two sites are called {', '.join(twice)}; give each its own name")
    told = [n.name for n in settings.notices]
    if len(set(told)) < len(told):
        raise SettingsError(f"{path}: two [[notices]] share a name; give each its own")
    keys = {f"{PREFIX}{name}".upper() for name in Settings.model_fields}
    for one in settings.notices:
        if one.url_env is not None and one.url_env.upper() in keys:
            raise SettingsError(
                f"{path}: notices {one.name}: the variable {one.url_env} stands for a key of the settings; "
                f"take another as url_env, such as {PREFIX}NOTICES_ME"
            )


def write_new(home: Path, contact: str) -> Path:
    """Write a first ``nianbao.toml``."""
    path = home / FILE_NAME
    path.write_text(
        "# Settings of this archive; every key is described in docs/settings.md.\n"
        "# A web page or mail address where site owners can reach you; it is sent with every request.\n"
        f"contact = {_quote(contact)}\n",
        encoding="utf-8",
    )
    return path


def add_site(home: Path, site: SiteSettings) -> None:
    """Append a ``[[site]]``; the file's other text and comments stay as they are."""
    settings = load_settings(home)
    if any(s.name == site.name for s in settings.site):
        raise SettingsError(f"a site called {site.name} is there already; choose another --name")
    lines = ["", "[[site]]", f"name = {_quote(site.name)}"]
    if site.title:
        lines.append(f"title = {_quote(site.title)}")
    lines.append(f"start = [{', '.join(_quote(u) for u in site.start)}]")
    if site.division:
        lines.append(f"division = {_quote(site.division)}")
    lines.append(f"delay = {site.delay}")
    if site.allow_private:
        lines.append("allow_private = true")
    if not site.robots:
        lines.append("robots = false")
    with (home / FILE_NAME).open("a", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


def site_name(url: str) -> str:
    """A name for a site from its address: ``https://www.spt.gov.cn/`` -> ``spt.gov.cn``."""
    host = urlsplit(url).netloc.lower().removeprefix("www.")
    return re.sub(r"[^a-z0-9.-]", "-", host)


def _quote(text: str) -> str:
    # TOML's basic strings and JSON's agree on everything that json.dumps writes
    return json.dumps(text, ensure_ascii=False)


def _explain(path: Path, error: ValidationError) -> str:
    lines = []
    for problem in error.errors():
        place = ".".join(str(p) for p in problem["loc"])
        variable = PREFIX + place.replace(".", "__").upper()
        given = next((name for name in (variable, f"{variable}_FILE") if name in os.environ), None)
        where = f"{given} in the environment" if given is not None else f"{path}: {place}"
        message = (
            "is not a key that nianbao knows" if problem["type"] == "extra_forbidden" else problem["msg"]
        )
        lines.append(f"{where}: {message.removeprefix('Value error, ')}")
    return "\n".join(lines)


def _unread(said: str) -> str:
    """What to do about a variable that stands for a section and holds none."""
    match = re.search(r'field "(\w+)"', said)
    if match is None:
        return f"the environment cannot be read: {said}"
    variable = f"{PREFIX}{match[1].upper()}"
    return (
        f"{variable} in the environment stands for the key `{match[1]}` of the settings, and holds no JSON. "
        "If it is meant for something else, give it another name"
    )


__all__ = [
    "FILE_NAME",
    "Settings",
    "SettingsError",
    "SiteSettings",
    "add_site",
    "load_settings",
    "site_name",
    "web_address",
    "write_new",
]
