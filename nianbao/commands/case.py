"""``nianbao case``: keep a file of the archive as a case that its reading is held to."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from archive.captures import find_blob
from archive.catalogue.engine import Catalogue
from archive.queries import Filter, NoSuchReport, ask, find_report
from archive.recorder import BlobMissing, FixityError, read_blob
from archive.warc.payload import UndecodableBody
from archive.warc.reader import RecordUnreadable
from nianbao.cases import CaseExists, write_case
from nianbao.commands.context import DONE_WITH_FAILURES, open_home, opened, stop
from nianbao.output import console
from parsers.isolation import Readers

case = typer.Typer(no_args_is_help=True, help="Keep files as cases that their reading is held to.")


@case.callback()
def _group() -> None:
    # Typer makes a group of one command only where a callback says so
    pass


@case.command()
def add(
    context: typer.Context,
    name: Annotated[
        str, typer.Argument(metavar="REPORT|SHA256", help="A report (number, 'AGENCY YEAR', URL) or a file.")
    ],
    folder: Annotated[Path, typer.Option(help="The folder of all cases.")] = Path("tests/parsers/cases"),
    case_name: Annotated[
        str | None, typer.Option("--name", help="The case's own folder; name it by its reason.")
    ] = None,
) -> None:
    """Keep a file with its present reading, for a person to review.

    Example: nianbao case add '吴忠市民政局 2023' --name remark-in-a-cell
    """
    home = open_home(context)
    with opened(home) as catalogue:
        sha256 = _file(catalogue, name)
        try:
            data = read_blob(catalogue, home.path, sha256)
        except (BlobMissing, FixityError, RecordUnreadable, UndecodableBody) as error:
            raise stop(str(error), DONE_WITH_FAILURES) from error
    with Readers(workers=1) as readers:
        extraction = readers.read(data)
    try:
        kept = write_case(folder, case_name or sha256[:12], data, extraction)
    except CaseExists as error:
        raise stop(str(error)) from error
    console.print(
        f"{kept.folder}: {len(kept.expected)} values, not reviewed. Compare expected.json with the file, "
        "mend what is wrong, and set reviewed to true.",
        markup=False,
        soft_wrap=True,
    )


def _file(catalogue: Catalogue, name: str) -> str:
    """The sha256 of the file that bears the report of that name, or of the file itself."""
    try:
        report_id = find_report(catalogue, name)
    except NoSuchReport:
        try:
            return find_blob(catalogue, name)
        except LookupError as error:
            raise stop(f"neither a report nor a file is called {name!r}: {error}") from error
    with ask(catalogue, "reports", Filter(report_id=report_id)) as found:
        return str(dict(zip(found.columns, next(found.rows), strict=True))["sha256"])
