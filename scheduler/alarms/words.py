"""The words in which each kind of alarm is told, in English and Chinese: ``words.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

from archive.alarms import AlarmRow
from scheduler.alarms.finding import Details


class Language(StrEnum):
    EN = "en"
    ZH = "zh"


@dataclass(frozen=True, slots=True)
class Told:
    """An alarm in words: its kind's title, what is wrong, and what to do."""

    title: str
    what: str
    do: str


def told(kind: str, subject: str, details: Details, language: Language) -> Told:
    """Values of details are put in as they are: whoever writes a page escapes the whole."""
    words = _all()[kind][language]
    values = {**details, "subject": subject}
    return Told(words["title"], words["what"].format_map(values), words["do"].format_map(values))


def told_of(alarm: AlarmRow, language: Language) -> Told:
    """An alarm that was raised; one of a kind that this release no longer has says what it knows."""
    if alarm.kind not in _all():
        return Told(alarm.kind, f"{alarm.subject}: {dict(alarm.details)}", "")
    return told(alarm.kind, alarm.subject, alarm.details, language)


@cache
def _all() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    return tomllib.loads((files("scheduler.alarms") / "words.toml").read_text(encoding="utf-8"))
