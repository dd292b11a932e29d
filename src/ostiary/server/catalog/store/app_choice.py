"""Apps to choose from, such as the one that a new connector fills."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from ostiary.server.catalog.store.app_search import NAME
from ostiary.server.catalog.store.asked import Asked
from ostiary.server.catalog.store.owned import OWNED

_SELECT: Final = f"SELECT a.public_id AS id, {NAME} AS name, a.managed FROM apps a"  # noqa: S608
_OWNED: Final = OWNED.replace(":viewer", ":owner")


@dataclass(frozen=True, slots=True)
class AppChoice:
    id: str
    name: str
    managed: bool


def choices(
    connection: sa.Connection, viewer: str | None, also: Sequence[str], *, managed: bool, most: int
) -> list[AppChoice]:
    """By name, at most `most`: those that `viewer` owns and `also` these; all if it is None."""
    asked = Asked().where("a.managed = :managed", managed=managed)
    if viewer is not None:
        asked.where(f"({_OWNED} OR a.public_id = ANY(:also))", owner=viewer, also=list(also))
    rows = asked.rows(connection, _SELECT, f"lower({NAME}), a.id", most)
    return [AppChoice(**row) for row in rows]


def choice(connection: sa.Connection, app_id: str) -> AppChoice | None:
    """None for an app that is not there (any more)."""
    rows = Asked().where("a.public_id = :id", id=app_id).rows(connection, _SELECT, "a.id", 1)
    return AppChoice(**rows[0]) if rows else None
