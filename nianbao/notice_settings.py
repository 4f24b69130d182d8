"""The sections ``[[notices]]`` of ``nianbao.toml``: who is told of what. Addresses are secrets: not there."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints, field_validator, model_validator

from scheduler.alarms.words import Language
from scheduler.notices.channel import LAYERS, Channel

Region = Annotated[str, StringConstraints(pattern=r"^\d{6}$")]


class SecretMissing(Exception):
    """The address of a channel cannot be had; the text says what to do."""


class NoticeSettings(BaseModel):
    """One channel. ``url_env`` names an environment variable, ``url_file`` a file, that holds its address."""

    model_config = {"extra": "forbid", "frozen": True}

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$")
    url_env: str | None = None
    url_file: Path | None = None
    regions: list[Region] = []
    alarms: bool = True
    changes: list[Literal["presence", "location", "content", "field"]] = list(LAYERS)  # type: ignore[arg-type]
    language: Language = Language.ZH
    digest: bool = True

    @model_validator(mode="before")
    @classmethod
    def _no_secret_here(cls, data: object) -> object:
        if isinstance(data, dict) and "url" in data:
            raise ValueError(
                "the address that messages are sent to is a secret, and this file is part of each backup: "
                "put it into a file and name that as url_file, or an environment variable as url_env"
            )
        return data

    @model_validator(mode="after")
    def _one_place(self) -> NoticeSettings:
        if (self.url_env is None) == (self.url_file is None):
            raise ValueError("give either url_env or url_file")
        return self

    @field_validator("url_env")
    @classmethod
    def _a_name(cls, name: str | None) -> str | None:
        if name is not None and not name.replace("_", "").isalnum():
            raise ValueError(f"{name!r} is no name of an environment variable")
        return name

    def channel(self, home: Path) -> Channel:
        """With its address. A relative ``url_file`` lies in the home. Raises :class:`SecretMissing`."""
        return Channel(
            self.name,
            self._url(home),
            tuple(self.regions),
            self.alarms,
            frozenset(self.changes),
            self.language,
            self.digest,
        )

    def _url(self, home: Path) -> str:
        if self.url_env is not None:
            url = os.environ.get(self.url_env, "").strip()
            where = f"the environment has no {self.url_env}"
        else:
            assert self.url_file is not None
            path = home / self.url_file.expanduser()
            where = f"{path} holds no address"
            try:
                url = path.read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                raise SecretMissing(f"notices {self.name}: {path} cannot be read: {error}") from error
        if not url:
            raise SecretMissing(f"notices {self.name}: {where}: put the address there, see docs/notices.md")
        return url
