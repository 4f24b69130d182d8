"""Each kind of alarm is described, and told in words."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from scheduler.alarms.kinds import KINDS

ROOT = Path(__file__).resolve().parents[2]


def test_each_kind_of_alarm_is_described() -> None:
    text = (ROOT / "docs" / "alarms.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"^\| `([a-z_]+)` \|", text, re.MULTILINE)) == sorted(KINDS)


def test_each_kind_of_alarm_has_its_words() -> None:
    words = tomllib.loads((ROOT / "scheduler" / "alarms" / "words.toml").read_text(encoding="utf-8"))
    assert set(words) == set(KINDS)
    assert all(set(words[kind]) == {"en", "zh"} for kind in words)
    assert all(set(told) == {"title", "what", "do"} for kind in words.values() for told in kind.values())
