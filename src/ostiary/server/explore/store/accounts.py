"""Accounts that hold something although they are disabled, or of somebody from outside."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Literal

import sqlalchemy as sa

from ostiary.server.access.store.time import valid
from ostiary.server.explore.store.bounds import MOST, granted, of_types, there

Which = Literal["external", "disabled"]

_ADDRESS: Final = "lower(coalesce(nullif(v.emails[1], ''), v.login))"
_GUEST: Final = "(v.profile ->> 'userType' = 'Guest' OR v.login LIKE '%#EXT#%')"
"""As Entra marks them; whoever came from outside keeps the sign, also as a member. There is an
index of exactly these."""

_OUTSIDE: Final = f"""{_ADDRESS} LIKE '%@%'
    AND NOT {_ADDRESS} LIKE ANY (CAST(:trusted AS text[]))"""

_KEYS: Final = """
SELECT v.resource_id FROM resource_versions v
JOIN resources r ON r.id = v.resource_id AND {user}
JOIN connector_feeds f ON f.id = r.feed_id
JOIN apps a ON a.id = f.app_id AND {there}
WHERE {v} AND {condition} AND {granted}
LIMIT :most
"""


def keys(
    connection: sa.Connection, which: Which, at: datetime | None, trusted: Sequence[str]
) -> list[int]:
    """Internal ids of accounts, one more than `MOST` at most. `trusted`: domains that are not
    outside, with all below them; none of them leaves only what sources call guests."""
    query = _KEYS.format(
        user=of_types("user", at),
        there=there(at),
        v=valid("v", at),
        condition=_condition(which, trusted),
        granted=granted(at, "g.principal_id = v.resource_id"),
    )
    patterns = [f"%{mark}{domain.lower()}" for domain in trusted for mark in ("@", ".")]
    values = {"at": at, "trusted": patterns, "most": MOST + 1}
    return list(connection.scalars(sa.text(query), values))


def _condition(which: Which, trusted: Sequence[str]) -> str:
    if which == "disabled":
        return "v.status = 'disabled'"
    return f"({_GUEST} OR ({_OUTSIDE}))" if trusted else _GUEST
