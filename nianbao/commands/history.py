"""Commands about what happened to reports, and about what follows from the evidence: rebuild."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.progress import Progress

from archive.history import rebuild as rebuilding
from archive.history.settle import Difference
from nianbao.commands.context import DONE_WITH_FAILURES, open_home, opened
from nianbao.output import console, errors


def rebuild(
    context: typer.Context,
    check: Annotated[
        bool, typer.Option("--check", help="Only compare; write nothing, and end with 1 if rows differ.")
    ] = False,
) -> None:
    """Derive reports, versions and changes anew from the evidence, and repair what differs.

    Example: nianbao rebuild --check
    """
    with opened(open_home(context)) as catalogue, Progress(console=errors, transient=True) as progress:
        task = progress.add_task("deriving", total=None)
        work = rebuilding.check if check else rebuilding.rebuild
        found = work(catalogue, lambda done, total: progress.update(task, completed=done, total=total))
    for one in found:
        console.print(_line(one), markup=False, soft_wrap=True)
    if not found:
        console.print("everything stored follows from the evidence")
    elif check:
        console.print(f"{len(found)} rows differ; `nianbao rebuild` repairs them")
        raise typer.Exit(DONE_WITH_FAILURES)
    else:
        console.print(f"{len(found)} rows differed and were repaired")


def _line(one: Difference) -> str:
    what = "does not follow" if one.surplus else "is missing"
    return f"{one.report}: {one.table} {what}: {one.row}"
