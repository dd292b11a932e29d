"""Who has something, and what somebody has."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ostiary.server.access.facts import Grant, Page
from ostiary.server.access.store import rows
from ostiary.server.access.store.keys import cursor, entitlement_key, resource_keys
from ostiary.server.access.store.time import grants_at


def who_has(
    connection: sa.Connection,
    entitlement_id: str,
    *,
    at: datetime | None = None,
    direct: bool | None = None,
    after: str = "",
    size: int = 50,
) -> Page[Grant]:
    """The holders of an entitlement. `direct`: only those who hold it themselves, or only those
    who do not."""
    (principal,) = cursor(after, 1)
    values = {
        "entitlement": entitlement_key(connection, entitlement_id),
        "principal": principal,
        "at": at,
        "size": size + 1,
    }
    where = f"g.entitlement_id = :entitlement AND g.principal_id > :principal {_only(direct)}"
    order = "g.principal_id"
    found = rows.select(connection, grants_at(at, where, order), order, values)
    return _page(connection, found, at, size, ("principal_id",))


def what_has(
    connection: sa.Connection,
    principal_ids: Sequence[str],
    *,
    at: datetime | None = None,
    direct: bool | None = None,
    after: str = "",
    size: int = 50,
) -> Page[Grant]:
    """What one account holds, or all accounts of a person together."""
    principal, entitlement = cursor(after, 2)
    values = {
        "principals": resource_keys(connection, principal_ids),
        "principal": principal,
        "entitlement": entitlement,
        "at": at,
        "size": size + 1,
    }
    where = (
        "g.principal_id = ANY(:principals) "
        f"AND (g.principal_id, g.entitlement_id) > (:principal, :entitlement) {_only(direct)}"
    )
    order = "g.principal_id, g.entitlement_id"
    found = rows.select(connection, grants_at(at, where, order), order, values)
    return _page(connection, found, at, size, ("principal_id", "entitlement_id"))


def _only(direct: bool | None) -> str:
    if direct is None:
        return ""
    wanted = "" if direct else "NOT "
    return f"AND {wanted}(SELECT x.direct FROM grant_details x WHERE x.id = g.detail_id)"  # noqa: S608


def _page(
    connection: sa.Connection,
    found: Sequence[Any],
    at: datetime | None,
    size: int,
    key: tuple[str, ...],
) -> Page[Grant]:
    """One row more than the page was read, to know whether there is a next one."""
    shown = found[:size]
    following = ""
    if len(found) > size:
        following = "-".join(str(getattr(shown[-1], column)) for column in key)
    return Page(rows.described(connection, shown, at), following)
