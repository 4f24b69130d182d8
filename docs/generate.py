"""Writes the references that follow from the code: ``docs/catalogue.md`` and ``docs/commands.md``.

``python docs/generate.py`` writes them; with ``--check`` it writes nothing and ends with 1 when one is stale.
"""

from __future__ import annotations

import argparse
import inspect
import logging
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import typer
import typer.main
from sqlalchemy import Column, Dialect, Table
from sqlalchemy import inspect as inspect_database
from sqlalchemy.dialects import postgresql

from archive.catalogue.engine import create_catalogue, sqlite_url
from archive.catalogue.models import Base, derived, memory, people, read, seen
from archive.catalogue.views import VIEWS

DOCS = Path(__file__).resolve().parent
MEANINGS = DOCS.parent / "archive" / "catalogue" / "view_columns.toml"
BY_HAND = "<!-- Written by docs/generate.py: change the code, then run `make docs`. -->"


class Undescribed(Exception):
    """The code and what is written about it by hand have parted; the text says where."""


# ------------------------------------------------------------- the catalogue


def catalogue_page() -> str:
    """The public views first, for they are the contract; then the tables behind them."""
    evidence = [*_of_room(seen), *_of_room(read), *_of_room(people)]
    projections = _of_room(derived)
    lines = [
        "# The catalogue",
        "",
        BY_HAND,
        "",
        "SQLite in the home's `catalogue.sqlite3` by default, PostgreSQL by URL: the same tables and views.",
        "Times are UTC, written `2026-11-21T02:30:00Z`; days are `2026-11-21`.",
        "",
        "## Views",
        "",
        "The views are what scripts may rely on: a column is added, never renamed. Ask them with",
        "`nianbao sql`, or open the SQLite file with any tool, read-only.",
        "",
        *_views(),
        "## Tables",
        "",
        "Tables are how it is kept, and may change between releases. *Evidence* is only ever added to; a",
        "*projection* follows from the evidence; the *memory* of crawler and scheduler only says how to go",
        "about the next crawl or job. Types are those of PostgreSQL.",
        "",
        "```mermaid",
        "erDiagram",
        *_relations([*evidence, *projections]),
        "```",
        "",
        "### Evidence",
        "",
        *_tables(evidence),
        "### Memory",
        "",
        *_tables(_of_room(memory)),
        "### Projections",
        "",
        *_tables(projections),
    ]
    return _page(lines)


def _views() -> Iterator[str]:
    meanings: dict[str, dict[str, str]] = tomllib.loads(MEANINGS.read_text(encoding="utf-8"))
    columns = _view_columns()
    _agree(MEANINGS.name, meanings, columns)
    for view, names in columns.items():
        described = dict(meanings[view])
        yield from (f"### `{view}`", "", described.pop("about"), "")
        _agree(f"{MEANINGS.name}: {view}", described, names)
        yield from _grid(("column", "meaning"), ((f"`{n}`", described[n]) for n in names))


def _view_columns() -> dict[str, list[str]]:
    """The columns as a new catalogue really has them."""
    with tempfile.TemporaryDirectory() as folder:
        catalogue = create_catalogue(sqlite_url(Path(folder)))
        try:
            inspector = inspect_database(catalogue.engine)
            return {view: [c["name"] for c in inspector.get_columns(view)] for view in VIEWS}
        finally:
            catalogue.close()


def _of_room(room: ModuleType) -> list[str]:
    """The tables that a module describes, in its order."""
    here = {
        c.__tablename__ for c in vars(room).values() if isinstance(c, type) and hasattr(c, "__tablename__")
    }
    return [name for name in Base.metadata.tables if name in here]


def _relations(names: Iterable[str]) -> Iterator[str]:
    for table in (Base.metadata.tables[name] for name in names):
        for key in sorted(table.foreign_keys, key=lambda k: k.parent.name):
            yield f"    {key.column.table.name} ||--o{{ {table.name} : {key.parent.name}"


def _tables(names: Sequence[str]) -> Iterator[str]:
    classes = {
        m.local_table.name: m.class_ for m in Base.registry.mappers if isinstance(m.local_table, Table)
    }
    for name in names:
        text = inspect.getdoc(classes[name]) or ""
        yield from (f"#### `{name}`", "", text.replace("``", "`"), "")
        rows = ((f"`{c.name}`", _type(c), _remarks(c)) for c in Base.metadata.tables[name].columns)
        yield from _grid(("column", "type", ""), rows)


def _type(column: Column[Any]) -> str:
    dialect: Dialect = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy's own gap
    return column.type.compile(dialect)


def _remarks(column: Column[Any]) -> str:
    remarks = [f"→ `{k.target_fullname}`" for k in column.foreign_keys]
    if column.primary_key:
        remarks.append("key")
    elif column.unique:
        remarks.append("unique")
    if column.nullable:
        remarks.append("may be null")
    return ", ".join(remarks)


# -------------------------------------------------------------- the commands


def commands_page() -> str:
    """Every command with its arguments, options and example, as the program itself declares them."""
    from nianbao.cli import app

    root = typer.main.get_command(app)
    lines = [
        "# The command line",
        "",
        BY_HAND,
        "",
        *_help(root),
        *_parameters(root),
        "Exit codes: 0 for done, 1 for done with failures that the output names, 2 for bad usage or",
        "settings, 3 (`schedule now`) for a job that could not be done or was cut short.",
        "",
    ]
    listed = list(_commands(root, "nianbao"))
    lines += _grid(
        ("command", "does"), ((f"[`{path}`](#{_anchor(path)})", _first_line(c)) for path, c in listed)
    )
    for path, command in listed:
        lines += [f"## `{path}`", "", "```", _usage(path, command), "```", ""]
        lines += [*_help(command), *_parameters(command)]
    return _page(lines)


def _commands(group: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Commands in the order in which they were declared; a group stands for its commands."""
    for name, command in group.commands.items():
        if command.hidden:
            continue
        if hasattr(command, "commands"):
            yield from _commands(command, f"{path} {name}")
        else:
            yield f"{path} {name}", command


def _usage(path: str, command: Any) -> str:
    words = [path, "[OPTIONS]"]
    for argument in _of_kind(command, "argument"):
        word = _argument_name(argument) + ("..." if argument.nargs == -1 else "")
        words.append(word if argument.required else f"[{word}]")
    return " ".join(words)


def _help(command: Any) -> Iterator[str]:
    """The docstring; a line ``Example: …`` becomes code."""
    for block in inspect.cleandoc(command.help or "").replace("\b\n", "").split("\n\n"):
        if block.startswith("Example:"):
            yield from ("Example:", "", "```", block.removeprefix("Example:").strip(), "```", "")
        elif block:
            yield from (block.replace("``", "`"), "")


def _first_line(command: Any) -> str:
    return " ".join(inspect.cleandoc(command.help or "").split("\n\n")[0].split()).replace("``", "`")


def _parameters(command: Any) -> Iterator[str]:
    rows = [(f"`{_argument_name(p)}`", p.help or "", "") for p in _of_kind(command, "argument")]
    options = [p for p in _of_kind(command, "option") if not p.hidden and p.name not in _SHELL]
    rows += [(_option_name(command, p), p.help or "", _default(p)) for p in options]
    if rows:
        yield from _grid(("argument or option", "meaning", "default"), rows)


_SHELL = ("install_completion", "show_completion", "help")


def _of_kind(command: Any, kind: str) -> list[Any]:
    return [p for p in command.params if p.param_type_name == kind]


def _argument_name(argument: Any) -> str:
    return str(argument.metavar or argument.name).upper().strip("[]").removesuffix("...")


def _option_name(command: Any, option: Any) -> str:
    names = [*option.opts, *option.secondary_opts]
    if option.is_flag:
        return ", ".join(f"`{n}`" for n in names)
    kind = option.display_type(typer.Context(command)).strip("<>")
    shown = kind.replace("|", "\\|") if "|" in kind else _KINDS.get(kind, kind.upper())
    return ", ".join(f"`{n} {shown}`" for n in names)


_KINDS = {"str": "TEXT", "int": "NUMBER", "float": "NUMBER"}


def _default(option: Any) -> str:
    default = option.default
    if option.required:
        return "required"
    if default is None or default in ("", (), []) or callable(default) or option.is_flag:
        return ""
    return f"`{getattr(default, 'value', default)}`"


def _anchor(path: str) -> str:
    return path.replace(" ", "-")


# ------------------------------------------------------------------- writing


def _grid(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |".replace("  |", " |")
    yield "|" + "---|" * len(head)
    for row in rows:
        yield f"| {' | '.join(cell.replace(chr(10), ' ') for cell in row)} |".replace("  |", " |")
    yield ""


def _agree(what: str, described: Iterable[str], real: Iterable[str]) -> None:
    apart = set(described) ^ set(real)
    if apart:
        raise Undescribed(f"{what}: {', '.join(sorted(apart))}: described and not there, or not described")


def _page(lines: Iterable[str]) -> str:
    return "\n".join(line.rstrip() for line in lines).rstrip() + "\n"


def pages() -> Mapping[Path, str]:
    """The generated pages by their files."""
    logging.getLogger("alembic").setLevel(logging.WARNING)
    return {DOCS / "catalogue.md": catalogue_page(), DOCS / "commands.md": commands_page()}


def stale() -> list[Path]:
    """Pages whose file does not say what the code does."""
    return [p for p, text in pages().items() if not p.exists() or p.read_text(encoding="utf-8") != text]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Write the generated references.")
    parser.add_argument("--check", action="store_true", help="only say which are stale; end with 1 if any is")
    if parser.parse_args(arguments).check:
        old = stale()
        for path in old:
            print(f"stale: docs/{path.name}; run `make docs`", file=sys.stderr)
        return 1 if old else 0
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
