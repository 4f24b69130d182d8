"""What stands in deploy/ names what there is, and does what it says."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import typer.main
import yaml

from nianbao.cli import app

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())


def command_exists(words: list[str]) -> bool:
    """Whether the command line has the command, option words left out."""
    group = typer.main.get_command(app)
    for word in words:
        commands = getattr(group, "commands", None)
        if commands is None:
            return True  # an argument
        if word not in commands:
            return False
        group = commands[word]
    return True


def test_systemd_takes_the_units(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("NOT VERIFIED: systemd-analyze is missing; on Debian: apt-get install systemd")
    for unit in UNITS:
        text = unit.read_text(encoding="utf-8").replace("/opt/nianbao/bin/nianbao", sys.executable)
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
    units = [str(tmp_path / unit.name) for unit in UNITS]
    done = subprocess.run([analyze, "verify", *units], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("unit", [u for u in UNITS if u.suffix == ".service"], ids=lambda u: u.name)
def test_a_unit_starts_a_command_there_is(unit: Path) -> None:
    (line,) = re.findall(r"^ExecStart=/opt/nianbao/bin/nianbao (.+)$", unit.read_text("utf-8"), re.M)
    assert command_exists(line.split())


def test_the_image_runs_commands_there_are() -> None:
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    words = {name: json.loads(value) for name, value in re.findall(r"(ENTRYPOINT|CMD) (\[.+\])", text)}
    assert words["ENTRYPOINT"][-1] == "nianbao"
    assert command_exists(words["CMD"])
    (health,) = re.findall(r"^HEALTHCHECK .+CMD (\[.+\])$", text, re.M)
    assert command_exists(json.loads(health)[1:])
    assert (ROOT / "deploy" / "install.sh").stat().st_mode & 0o111


def test_the_services_name_files_and_secrets_there_are() -> None:
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    schedule, database = compose["services"]["schedule"], compose["services"]["database"]
    assert (DEPLOY / schedule["build"]["context"] / schedule["build"]["dockerfile"]).is_file()
    for service in (schedule, database):
        assert set(service["secrets"]) <= set(compose["secrets"])
        assert {volume.partition(":")[0] for volume in service["volumes"]} <= set(compose["volumes"])
    assert schedule["environment"]["NIANBAO_DATABASE_FILE"] == "/run/secrets/database"


def test_compose_takes_the_file() -> None:
    docker = shutil.which("docker")
    if docker is None or subprocess.run([docker, "compose", "version"], capture_output=True).returncode:
        pytest.skip("NOT VERIFIED: docker compose is missing")
    done = subprocess.run(
        [docker, "compose", "-f", str(DEPLOY / "compose.yaml"), "config", "--quiet"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.faults
def test_the_steps_of_the_image_lead_to_a_schedule_that_is_well(tmp_path: Path) -> None:
    done = subprocess.run(
        [str(DEPLOY / "try.sh"), str(tmp_path)], capture_output=True, text=True, check=False, timeout=1200
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "deployed, well, and ended cleanly" in done.stdout
