"""The command that brings a catalogue up to date, or copies it to another database."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.exc import SQLAlchemyError

from archive.catalogue.copying import CopyDiffers, NotEmpty, copy_catalogue
from archive.catalogue.engine import (
    SQLITE_NAME,
    CatalogueMissing,
    CatalogueNewer,
    CatalogueOutdated,
    create_catalogue,
    open_catalogue,
    schema_of,
)
from archive.history.project import project
from archive.search.index import refresh
from nianbao.commands.context import DONE_WITH_FAILURES, Home, open_home, opened, stop
from nianbao.output import console
from nianbao.settings import FILE_NAME


def migrate(
    context: typer.Context,
    to: Annotated[
        str | None, typer.Option(help="Copy the catalogue there: a database's URL, postgresql+psycopg://…")
    ] = None,
) -> None:
    """Bring the catalogue up to date in place (SQLite: with a copy beside it), or copy it elsewhere.

    Example: nianbao migrate --to postgresql+psycopg://nianbao@/nianbao
    """
    home = open_home(context)
    if to is not None:
        _copy(home, to)
        return
    try:
        open_catalogue(home.catalogue_url).close()
        console.print("the catalogue is up to date")
    except CatalogueOutdated:
        _upgrade(home)
    except (CatalogueMissing, CatalogueNewer) as error:
        raise stop(str(error)) from error


def _upgrade(home: Home) -> None:
    before = schema_of(home.catalogue_url)
    if home.settings.database is None:
        kept = home.path / f"{SQLITE_NAME}.before-{before}"
        _back_up(home.path / SQLITE_NAME, kept)
        console.print(f"The catalogue as it was is kept in {kept}; remove it when you like.", soft_wrap=True)
    else:
        console.print("Bringing the database up to date; `pg_dump` beforehand gives you a way back.")
    try:
        catalogue = create_catalogue(home.catalogue_url)
        project(catalogue)
        catalogue.close()
    except SQLAlchemyError as error:
        first = str(error).splitlines()[0]
        raise stop(f"the catalogue could not be brought up to date: {first}", DONE_WITH_FAILURES) from error
    console.print(f"The catalogue went from schema {before} to {schema_of(home.catalogue_url)}.")


def _back_up(path: Path, kept: Path) -> None:
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(kept)) as target:
        source.backup(target)


def _copy(home: Home, url: str) -> None:
    if url == home.catalogue_url:
        raise stop("that is where the catalogue is already")
    with opened(home) as catalogue:
        try:
            counts = copy_catalogue(catalogue, url)
        except NotEmpty as error:
            raise stop(str(error)) from error
        except CopyDiffers as error:
            raise stop(str(error), DONE_WITH_FAILURES) from error
        except SQLAlchemyError as error:
            raise stop(f"the copy failed: {str(error).splitlines()[0]}", DONE_WITH_FAILURES) from error
    target = open_catalogue(url)
    refresh(target)
    target.close()
    console.print(f"{sum(counts.values())} rows of {len(counts)} tables were copied, and counted there.")
    console.print(f'To use it, set database = "{url}" in {home.path / FILE_NAME}.', soft_wrap=True)
