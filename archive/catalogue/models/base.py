"""The base of all tables, the names of their constraints, and the types of their columns."""

from __future__ import annotations

from sqlalchemy import BigInteger, Integer, MetaData, Numeric, String
from sqlalchemy.orm import DeclarativeBase

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

Key = BigInteger().with_variant(Integer, "sqlite")
Figure = Numeric(asdecimal=False)  # a table may hold account numbers, longer than any fixed width
Time = String(20)
Sha256 = String(64)


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)
