"""The one collection of tables, and the columns that many of them share."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

PURPOSE = "encrypted for"
"""Key in the `info` of columns with ciphertexts."""

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def primary_key() -> sa.Column[int]:
    """`id`: for joins; never shown to clients."""
    return sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True)


def public_id() -> sa.Column[str]:
    """`public_id`: a KSUID, what clients call the row by."""
    return sa.Column("public_id", sa.String(27), nullable=False, unique=True)


def instant(name: str, *, nullable: bool = False, **options: Any) -> sa.Column[Any]:
    """A moment in time; Python sees it aware and in UTC."""
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable, **options)


def encrypted(name: str, purpose: str, *, nullable: bool = False) -> sa.Column[Any]:
    """Holds what `kernel.secrets.encrypt(…, purpose)` returns; key rotation finds it by this."""
    return sa.Column(name, sa.LargeBinary, nullable=nullable, info={PURPOSE: purpose})
