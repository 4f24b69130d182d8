"""The command by which a person settles doubtful links between agencies."""

from __future__ import annotations

import getpass
from dataclasses import astuple, fields
from typing import Annotated

import typer
from sqlalchemy import text

from archive.catalogue.engine import Catalogue
from archive.history.review import CannotDecide, Kind, Proposal, decide, proposals, withdraw_decision
from archive.history.standing import BadDate, moment
from archive.queries import Rows
from nianbao.commands.context import open_home, opened, stop
from nianbao.commands.options import Csv, Json, form_of
from nianbao.output import Format, console, print_rows


def review(
    context: typer.Context,
    number: Annotated[
        str | None, typer.Argument(help="A proposal's number; without it all are listed.")
    ] = None,
    kind: Annotated[
        Kind | None,
        typer.Option("--as", case_sensitive=False, help="What one is to the other, if not as proposed."),
    ] = None,
    since: Annotated[str | None, typer.Option(help="The day of a renaming or merger.")] = None,
    reason: Annotated[str, typer.Option(help="Why; kept with the decision.")] = "",
    by: Annotated[str | None, typer.Option(help="Who decides; the system's user if not given.")] = None,
    decided: Annotated[bool, typer.Option("--decided", help="List what was decided.")] = False,
    withdraw: Annotated[int | None, typer.Option(help="Take the decision with this number back.")] = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """List doubtful links between agencies, or settle one: they are never merged in silence.

    Example: nianbao review 5f3a9c --as renamed --since 2019-03-01 --reason '机构改革'
    """
    form, who = form_of(as_json, as_csv), by or getpass.getuser()
    with opened(open_home(context)) as catalogue:
        try:
            if withdraw is not None:
                withdraw_decision(catalogue, withdraw, who=who)
                console.print(f"decision {withdraw} is withdrawn")
            elif number is not None:
                _settle(catalogue, number, kind, since, reason, who)
            elif decided:
                _decided(catalogue, form)
            else:
                _open(catalogue, form)
        except CannotDecide as error:
            raise stop(str(error)) from error


def _settle(
    catalogue: Catalogue, number: str, kind: Kind | None, since: str | None, reason: str, who: str
) -> None:
    with catalogue.reading() as session:
        found = [p for p in proposals(session) if p.number == number]
    if not found:
        raise CannotDecide(f"there is no proposal {number}; `nianbao review` lists them")
    one = found[0]
    try:
        day = moment(since)[:10] if since else None
    except BadDate as error:
        raise CannotDecide(str(error)) from error
    made = decide(catalogue, one.subject, one.object, kind or one.kind, since=day, reason=reason, who=who)
    what = (kind or one.kind).value
    console.print(f"decision {made}: {one.subject_name} and {one.object_name}: {what}", markup=False)


def _open(catalogue: Catalogue, form: Format) -> None:
    with catalogue.reading() as session:
        found = proposals(session)
    columns = tuple(f.name for f in fields(Proposal))
    shown = (
        "number", "kind", "subject_name", "subject_years", "object_name", "object_years", "reason",
    )  # fmt: skip
    print_rows(Rows(columns, (astuple(p) for p in found)), form, shown=shown)


def _decided(catalogue: Catalogue, form: Format) -> None:
    with catalogue.reading() as session:
        result = session.execute(text("SELECT * FROM decision ORDER BY decision_id"))
        print_rows(Rows(tuple(result.keys()), iter(result)), form)
