"""Questions about many resources at once, in parts that a database takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import case, func, literal, select
from sqlalchemy.orm import Session

from archive.capture import Kind
from archive.catalogue.models import Resource

SQL_LIMIT = 500  # bound parameters that a single IN list may hold

BEARER = case(
    # written into the statement: PostgreSQL groups by an expression only where it holds no parameter
    (
        Resource.kind == literal(Kind.BODY.value, literal_execute=True),
        func.coalesce(Resource.parent_id, Resource.resource_id),
    ),
    else_=Resource.resource_id,
)
"""The resource whose file a capture is: of the bound pages of a body their first page."""

T = TypeVar("T")


def batches(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """Parts that fit an IN list."""
    for start in range(0, len(values), SQL_LIMIT):
        yield values[start : start + SQL_LIMIT]


def rows_of(session: Session, query: Any, column: Any, keys: Iterable[int]) -> Iterator[Any]:
    """The rows whose ``column`` is one of the keys."""
    for part in batches(sorted(set(keys))):
        yield from session.execute(query.where(column.in_(part)))


def bearers_of(session: Session, resource_ids: Iterable[int]) -> set[int]:
    """The resources, in the place of a body its page."""
    found: set[int] = set()
    for part in batches(list(resource_ids)):
        found.update(session.scalars(select(BEARER).where(Resource.resource_id.in_(part))))
    return found


def children_of(session: Session, resource_ids: Sequence[int]) -> list[int]:
    """Resources that one of these pages first led to."""
    found: list[int] = []
    for part in batches(resource_ids):
        found += session.scalars(select(Resource.resource_id).where(Resource.parent_id.in_(part)))
    return found
