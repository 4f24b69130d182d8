"""What is written about the program is what the program does."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

from nianbao.cli import app
from nianbao.schedule_settings import AuditSettings, BackupSettings, ScheduleSettings
from nianbao.settings import Settings, SiteSettings

ROOT = Path(__file__).resolve().parents[2]
PAGES = (
    "README.md",
    "README.zh-CN.md",
    "docs/architecture.md",
    "docs/archive.md",
    "docs/operations.md",
    "docs/settings.md",
    "CHANGELOG.md",
)


def test_generated_pages_are_fresh() -> None:
    """Run with another width and colour: neither may show in a page."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "docs" / "generate.py"), "--check"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={"COLUMNS": "40", "FORCE_COLOR": "1", "PATH": "", "PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "key",
    [
        *Settings.model_fields,
        *SiteSettings.model_fields,
        *ScheduleSettings.model_fields,
        *AuditSettings.model_fields,
        *BackupSettings.model_fields,
    ],
)
def test_each_setting_is_described(key: str) -> None:
    assert f"| `{key}` |" in (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", ["README.md", "README.zh-CN.md"])
def test_commands_in_the_readme_exist(page: str) -> None:
    lines = list(command_lines((ROOT / page).read_text(encoding="utf-8")))
    assert len(lines) >= 12
    assert [problem for line in lines if (problem := fault(line))] == []


def test_a_command_that_does_not_exist_is_found_out() -> None:
    assert fault("nianbao vanish") == "nianbao vanish: no command vanish"
    assert fault("nianbao changes --layers field") == "nianbao changes --layers field: no option --layers"
    assert fault("nianbao sites add URL --division 640502") is None


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_to_files(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    targets = [t for t in re.findall(r"\]\(([^)#]+)[^)]*\)", text) if "://" not in t]
    assert [t for t in targets if not ((ROOT / page).parent / t).exists()] == []


@pytest.mark.parametrize("page", ["README.md", "README.zh-CN.md"])
def test_make_targets_in_the_readme_exist(page: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z]+)", (ROOT / page).read_text(encoding="utf-8"))) <= targets


def command_lines(text: str) -> Iterator[str]:
    """The lines of shell blocks, and inline code, that call the program, without comments."""
    shell = "\n".join(re.findall(r"```sh\n(.*?)```", text, re.DOTALL))
    inline = re.findall(r"`(nianbao [^`]+)`", text)
    for line in [*shell.splitlines(), *inline]:
        if line.startswith("nianbao "):
            yield re.sub(r'"[^"]*"', "QUOTED", line.partition(" #")[0]).strip()


def fault(line: str) -> str | None:
    """What is wrong with a command line, or None."""
    command: Any = typer.main.get_command(app)
    words = line.split()[1:]
    while hasattr(command, "commands"):
        name = next((w for w in words if not w.startswith("-")), "")
        if name not in command.commands:
            return f"{line}: no command {name}"
        command, words = command.commands[name], words[words.index(name) + 1 :]
    known = {name for p in command.params for name in (*p.opts, *p.secondary_opts)} | {"--help"}
    unknown = [w for w in words if w.startswith("-") and w not in known]
    return f"{line}: no option {unknown[0]}" if unknown else None
