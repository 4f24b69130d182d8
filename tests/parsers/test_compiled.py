"""The compiled readers: they read what the interpreted ones read, and never speak for an edited source."""

from __future__ import annotations

import os
import pickle
import shlex
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

import parsers.compiled.__main__ as builder
from benchmarks.eval.documents import generate
from benchmarks.eval.producers import producers
from parsers.compiled import FOLDER, LEFT_ASIDE, MODULES, PACKAGE, State, folder_of, state_of
from parsers.compiled.__main__ import CannotCompile, compile_modules
from parsers.formats import html
from tests.fuzz.mutate import mutated
from tests.fuzz.seeds import seeds

ROOT = Path(__file__).resolve().parents[2]
SOURCE = "def thrice(count: int) -> int:\n    return count * {times}\n"
USE = """
import sys
from pathlib import Path
from parsers.compiled import prefer

prefer(Path("small"))
from small.parts import sums

print(sums.thrice(7), Path(sums.__file__).suffix, sums.__name__)
"""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A package with one module two levels down."""
    package = tmp_path / "small"
    (package / "parts").mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "parts" / "__init__.py").touch()
    (package / "parts" / "sums.py").write_text(SOURCE.format(times=3), encoding="utf-8")
    return package


def run(command: list[str], cwd: Path, **variables: str) -> str:
    environment = {name: value for name, value in os.environ.items() if name != LEFT_ASIDE}
    done = subprocess.run(
        [sys.executable, *command],
        cwd=cwd, env=environment | {"PYTHONPATH": f"{cwd}{os.pathsep}{ROOT}"} | variables,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def demand_compilers() -> None:
    pytest.importorskip("mypyc.build", reason="NOT VERIFIED: pip install 'nianbao[compile]'")
    pytest.importorskip("setuptools", reason="NOT VERIFIED: pip install 'nianbao[compile]'")
    compiler = shlex.split(os.environ.get("CC") or str(sysconfig.get_config_var("CC")))[0]
    if not shutil.which(compiler) or not Path(sysconfig.get_path("include"), "Python.h").is_file():
        pytest.skip("NOT VERIFIED: no C compiler, or no headers: apt-get install -y gcc python3-dev")


def test_machine_code_is_used_until_a_source_is_edited(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    demand_compilers()
    monkeypatch.delenv(LEFT_ASIDE, raising=False)
    assert state_of(small) is State.MISSING
    assert run(["-c", USE], small.parent) == "21 .py small.parts.sums\n"

    compile_modules(small, ["small.parts.sums"])
    assert state_of(small) is State.USED
    assert run(["-c", USE], small.parent) == "21 .so small.parts.sums\n"
    assert run(["-c", USE], small.parent, **{LEFT_ASIDE: "1"}) == "21 .py small.parts.sums\n"

    (small / "parts" / "sums.py").write_text(SOURCE.format(times=4), encoding="utf-8")
    assert state_of(small) is State.OUTDATED
    assert run(["-c", USE], small.parent) == "28 .py small.parts.sums\n"

    compile_modules(small, ["small.parts.sums"])
    assert run(["-c", USE], small.parent) == "28 .so small.parts.sums\n"
    assert [folder.name for folder in (small / FOLDER).iterdir()] == [folder_of(small).name]


def test_a_source_that_is_edited_meanwhile_has_no_machine_code(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    demand_compilers()
    run_python = builder._demand_success

    def edit_and_run(arguments: list[str], folder: Path) -> None:
        (small / "parts" / "sums.py").write_text(SOURCE.format(times=4), encoding="utf-8")
        run_python(arguments, folder)

    monkeypatch.setattr(builder, "_demand_success", edit_and_run)
    compile_modules(small, ["small.parts.sums"])
    assert run(["-c", USE], small.parent) == "28 .py small.parts.sums\n"


def test_a_source_that_is_added_or_renamed_outdates_them_too(small: Path) -> None:
    before = folder_of(small)
    (small / "other.py").touch()
    added = folder_of(small)
    (small / "other.py").rename(small / "another.py")
    assert len({before, added, folder_of(small)}) == 3


def test_without_a_compiler_all_stays_interpreted(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    demand_compilers()
    monkeypatch.setenv("CC", "no-such-compiler")
    with pytest.raises(CannotCompile, match=r"(?s)no-such-compiler.*apt-get install -y gcc python3-dev"):
        compile_modules(small, ["small.parts.sums"])
    assert not (small / FOLDER).exists()
    assert run(["-c", USE], small.parent) == "21 .py small.parts.sums\n"


def test_what_a_reader_finds_can_be_sent_to_another_process() -> None:
    document = html.read(seeds("html")[0])
    assert pickle.loads(pickle.dumps(document)) == document


def test_what_cannot_be_imported_is_not_kept(small: Path) -> None:
    demand_compilers()
    (small / "parts" / "sums.py").write_text('raise RuntimeError("not on this machine")\n', encoding="utf-8")
    with pytest.raises(CannotCompile, match="not on this machine"):
        compile_modules(small, ["small.parts.sums"])
    assert not (small / FOLDER).exists()


def test_the_modules_named_are_there() -> None:
    missing = [name for name in MODULES if not (ROOT / f"{name.replace('.', '/')}.py").is_file()]
    assert not missing
    assert PACKAGE == ROOT / "parsers"


def files() -> Iterator[tuple[bytes, str | None]]:
    """Whole documents of every producer that needs no other program, and pages that are broken."""
    documents = [generate(seed) for seed in range(6)]
    for producer in producers():
        if not producer.name.startswith("scan") and "office" not in producer.name and not producer.missing():
            for data in producer.write(documents):
                yield data, producer.media_type
    whole = seeds("html")
    for number in range(60):
        yield mutated(whole[number % len(whole)], Random(f"compiled {number}")), None


READ = """
import sys, pickle
from parsers.read import read
from parsers.forms import rows

print(rows.__file__.rpartition(".")[2])
with open(sys.argv[1], "rb") as files:
    for data, media_type in pickle.load(files):
        print(ascii(read(data, media_type)))
"""


def test_compiled_and_interpreted_readers_read_the_same(tmp_path: Path) -> None:
    where = ROOT
    if state_of() is not State.USED:  # a source was edited, or they were never compiled
        demand_compilers()
        where = tmp_path
        ignored = shutil.ignore_patterns(FOLDER, "__pycache__")
        compile_modules(Path(shutil.copytree(PACKAGE, tmp_path / "parsers", ignore=ignored)), MODULES)
    kept = tmp_path / "files"
    kept.write_bytes(pickle.dumps(list(files())))
    compiled = run(["-c", READ, str(kept)], where).splitlines()
    interpreted = run(["-c", READ, str(kept)], where, **{LEFT_ASIDE: "1"}).splitlines()
    assert (compiled[0], interpreted[0]) == ("so", "py")
    assert len(compiled) > 80
    assert compiled[1:] == interpreted[1:]
