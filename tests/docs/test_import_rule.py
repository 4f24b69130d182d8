"""A package imports only those below it: nianbao > scheduler > crawler > archive > parsers."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("nianbao", "scheduler", "crawler", "archive", "parsers")


def imported(source: str, package: tuple[str, ...]) -> Iterator[str]:
    """The names of all modules that a source imports, wherever in it; relative ones made absolute."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            stem = ".".join([*base, *([node.module] if node.module else [])])
            yield from (f"{stem}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_imports_only_those_below_it(package: str) -> None:
    above = PACKAGES[: PACKAGES.index(package)]
    sources = sorted((ROOT / package).rglob("*.py"))
    assert sources, f"{package} holds no sources"
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in sources
        for name in imported(path.read_text(encoding="utf-8"), path.relative_to(ROOT).parent.parts)
        if name.split(".")[0] in (*above, "tests", "benchmarks")
    ]
    assert wrong == []


def test_the_parsers_know_no_database_and_no_http_client() -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in sorted((ROOT / "parsers").rglob("*.py"))
        for name in imported(path.read_text(encoding="utf-8"), path.relative_to(ROOT).parent.parts)
        if name.split(".")[0]
        in ("sqlalchemy", "sqlite3", "scrapy", "twisted", "requests", "aiohttp", "urllib3")
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("import a.b, c", ["a.b", "c"]),
        ("from a import b", ["a.b"]),
        ("def f():\n    from . import b", ["crawler.families.b"]),
        ("from ..page import Page", ["crawler.page.Page"]),
    ],
)
def test_imports_are_found(source: str, names: list[str]) -> None:
    assert list(imported(source, ("crawler", "families"))) == names
