"""Which part of the inventory a question is about, by keys that the planner can count with.

Of an app's id or a type's trait it cannot tell how much of everything they stand for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from ostiary.server.catalog.store.asked import ENDED, NOW, THEN, Asked
from ostiary.server.catalog.store.narrowing import Candidates, Way

_FEEDS: Final = "SELECT f.id FROM connector_feeds f JOIN apps a ON a.id = f.app_id"
_TYPES: Final = """
SELECT DISTINCT t.id FROM resource_types t
JOIN resource_type_versions tv ON tv.resource_type_id = t.id
"""
_NAMED: Final = "AND v.display_name ILIKE :containing"


def resource_candidates(connection: sa.Connection, asked: Asked) -> Candidates:
    """A superset of the resources that are asked for."""
    keys = _scope(connection, asked)
    within = "".join(f" AND r.{column} = ANY (:{column})" for column in keys)
    if "containing" not in asked.values:
        return Candidates([Way("r.id", f"FROM resources r WHERE true{within}")], keys)
    named = f"FROM resource_versions v JOIN resources r ON r.id = v.resource_id{within}"
    ways = [
        Way("v.resource_id", f"{named} WHERE {asked.version('v')} {_NAMED}"),
        Way("r.id", f"FROM resources r WHERE r.external_id ILIKE :containing{within}"),
        Way("x.resource_id", "FROM resource_edits x WHERE x.display_name ILIKE :containing"),
    ]
    return Candidates(ways, {**keys, **_bound(asked)})


def entitlement_candidates(connection: sa.Connection, asked: Asked) -> Candidates:
    """As `resource_candidates`, by the narrowest thing that is asked for."""
    if holders := asked.wanted.get("h.public_id"):
        held = grants_at(asked.at, "g.principal_id = ANY (:keys)")
        values = {"at": asked.at, "keys": keys_of(connection, holders)}
        return Candidates([Way("g.entitlement_id", source) for source in held], values)
    if resources := asked.wanted.get("r.public_id"):
        of_resources = "FROM entitlement_versions v WHERE v.resource_id = ANY (:keys)"
        keys = {"keys": keys_of(connection, resources)}
        return Candidates([Way("v.entitlement_id", of_resources)], keys)
    scope = _scope(connection, asked)
    source = "FROM entitlement_versions v"
    if "feed_id" in scope:
        source += " JOIN entitlements e ON e.id = v.entitlement_id AND e.feed_id = ANY (:feed_id)"
    if "resource_type_id" in scope:
        source += " JOIN resources r ON r.id = v.resource_id"
        source += " AND r.resource_type_id = ANY (:resource_type_id)"
    source += f" WHERE {asked.version('v')}"
    ways = [Way("v.entitlement_id", source)]
    if "containing" in asked.values:
        edited = "x.display_name ILIKE :containing OR x.alias ILIKE :containing"
        ways = [
            Way("v.entitlement_id", f"{source} {_NAMED}"),
            Way("x.entitlement_id", f"FROM entitlement_edits x WHERE ({edited})"),
        ]
    return Candidates(ways, {**scope, **_bound(asked)})


def grants_at(at: datetime | None, where: str) -> list[str]:
    """Sources of the grants `g` that hold at the instant `:at`: two for the past, for what is true
    now and what has ended lie in different partial indexes."""
    now = f"FROM grants g WHERE {where} AND {NOW.format('g')}"
    if at is None:
        return [now]
    then = THEN.format("g")
    return [f"{now} AND {then}", f"FROM grants g WHERE {where} AND {ENDED.format('g')} AND {then}"]


def feeds(connection: sa.Connection, asked: Asked) -> list[int] | None:
    """None: of any app."""
    apps = asked.wanted.get("a.public_id")
    if apps is None and asked.viewer is None:
        return None
    of_apps = Asked(asked.at, asked.viewer).among("a.public_id", "apps", apps or ())
    return of_apps.keys(connection, _FEEDS)


def keys_of(connection: sa.Connection, public_ids: Sequence[str]) -> list[int]:
    """Of resources; those that do not exist have none."""
    query = sa.text("SELECT r.id FROM resources r WHERE r.public_id = ANY (:ids)")
    return list(connection.scalars(query, {"ids": list(public_ids)}))


def _scope(connection: sa.Connection, asked: Asked) -> dict[str, list[int]]:
    """By column. Without a column, any of it is in the scope."""
    scope = {}
    if (found := feeds(connection, asked)) is not None:
        scope["feed_id"] = found
    types, traits = asked.wanted.get("t.public_id"), asked.wanted.get("tv.traits")
    if types is not None or traits is not None:
        of_types = f"{_TYPES} WHERE {asked.version('tv')}"
        of_types += " AND t.public_id = ANY (:types)" if types is not None else ""
        of_types += " AND tv.traits && CAST(:traits AS text[])" if traits is not None else ""
        values = {"types": types, "traits": traits, "at": asked.at}
        scope["resource_type_id"] = list(connection.scalars(sa.text(of_types), values))
    return scope


def _bound(asked: Asked) -> Mapping[str, Any]:
    return {"at": asked.at, "containing": asked.values.get("containing")}
