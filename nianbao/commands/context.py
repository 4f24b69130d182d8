"""What every command shares: the home, its settings and its catalogue, opened when asked for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import typer

from archive.catalogue.engine import (
    Catalogue,
    CatalogueMissing,
    CatalogueNewer,
    CatalogueOutdated,
    open_catalogue,
)
from nianbao.output import errors
from nianbao.settings import Settings, SettingsError, load_settings

DONE = 0
DONE_WITH_FAILURES = 1
BAD_USAGE = 2
NOT_DONE = 3


@dataclass(frozen=True, slots=True)
class Home:
    """An archive's folder and its settings."""

    path: Path
    settings: Settings

    @property
    def catalogue_url(self) -> str:
        return self.settings.catalogue_url(self.path)


def home_path(context: typer.Context) -> Path:
    path: Path = context.obj
    return path.absolute()


def open_home(context: typer.Context) -> Home:
    """The home named on the command line. Ends the program with code 2 when it cannot be used."""
    path = home_path(context)
    try:
        return Home(path, load_settings(path))
    except SettingsError as error:
        raise stop(str(error)) from error


@contextmanager
def opened(home: Home) -> Iterator[Catalogue]:
    """The home's catalogue. Ends the program with code 2 when it cannot be used."""
    try:
        catalogue = open_catalogue(home.catalogue_url)
    except (CatalogueMissing, CatalogueOutdated, CatalogueNewer) as error:
        raise stop(str(error)) from error
    try:
        yield catalogue
    finally:
        catalogue.close()


def stop(text: str, code: int = BAD_USAGE) -> typer.Exit:
    """Say what is wrong on standard error; raise what comes back."""
    errors.print(f"nianbao: {text}", markup=False, soft_wrap=True)
    return typer.Exit(code)
