"""What was granted and revoked in an app, the newest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Literal

import sqlalchemy as sa

from ostiary.server.access.facts import Grant
from ostiary.server.access.store import rows
from ostiary.server.access.store.listed_grants import ENDED
from ostiary.server.catalog.store.asked import containing

MOST: Final = 10_000
"""Events that are looked at; whoever wants others asks for another time, or for less."""

FEW: Final = 2_000
"""So many keys are looked up one by one; with more it is faster to read on in the order of time."""

Kind = Literal["granted", "revoked"]

_FEEDS: Final = """
SELECT f.id FROM connector_feeds f JOIN apps a ON a.id = f.app_id WHERE a.public_id = :app
"""

_BRANCH: Final = """
SELECT '{kind}' AS kind, g.id, g.{time} AS at
FROM unnest(CAST(:feeds AS bigint[])) AS f (id) CROSS JOIN LATERAL (
    SELECT g.id, g.{time} FROM grants g
    WHERE g.feed_id = f.id AND {conditions}
    ORDER BY {order} DESC, g.id DESC LIMIT :most) g
"""

_EVENTS: Final = """
SELECT kind, id, at, count(*) OVER () AS number FROM (
    SELECT kind, id, at FROM ({branches}) e ORDER BY at DESC, id DESC, kind LIMIT :most) e
ORDER BY at DESC, id DESC, kind LIMIT :size OFFSET :offset
"""

_GRANTED: Final = "g.granted_at = g.valid_from"
_NOW: Final = "g.valid_to = 'infinity'"
_PAST: Final = "g.valid_to <> 'infinity'"

_TYPED: Final = """
SELECT DISTINCT v.entitlement_id FROM entitlement_versions v
JOIN resources r ON r.id = v.resource_id JOIN resource_types t ON t.id = r.resource_type_id
WHERE t.feed_id = ANY (:feeds) AND t.external_id = ANY (:types)
"""

_NAMED_ENTITLEMENTS: Final = """
SELECT DISTINCT v.entitlement_id FROM entitlement_versions v
JOIN entitlements e ON e.id = v.entitlement_id AND e.feed_id = ANY (:feeds)
LEFT JOIN entitlement_edits x ON x.entitlement_id = e.id
WHERE v.display_name ILIKE :containing OR x.display_name ILIKE :containing
"""

_NAMED_PRINCIPALS: Final = """
SELECT DISTINCT v.resource_id FROM resource_versions v
WHERE v.display_name ILIKE :containing OR v.login ILIKE :containing LIMIT :most
"""

_ENTITLEMENT_NAMES: Final = f"""
SELECT e.public_id, coalesce(x.display_name, v.display_name) FROM entitlements e
JOIN LATERAL (
    SELECT w.display_name FROM entitlement_versions w WHERE w.entitlement_id = e.id
    ORDER BY w.valid_from DESC LIMIT 1) v ON true
LEFT JOIN entitlement_edits x ON x.entitlement_id = e.id
WHERE e.public_id = ANY (:ids) AND e.feed_id IN ({_FEEDS})
"""  # noqa: S608

_HOLDER_NAMES: Final = f"""
SELECT r.public_id, coalesce(x.display_name, v.display_name) FROM resources r
JOIN LATERAL (
    SELECT w.display_name FROM resource_versions w WHERE w.resource_id = r.id
    ORDER BY w.valid_from DESC LIMIT 1) v ON true
LEFT JOIN resource_edits x ON x.resource_id = r.id
WHERE r.public_id = ANY (:ids) AND (
    EXISTS (SELECT FROM grants g
        WHERE g.principal_id = r.id AND g.feed_id IN ({_FEEDS}) AND {_NOW})
    OR EXISTS (SELECT FROM grants g
        WHERE g.principal_id = r.id AND g.feed_id IN ({_FEEDS}) AND {_PAST}))
"""  # noqa: S608

_WAYS: Final = """
SELECT f.id, f.connector_id <> a.public_id AS synced, coalesce(c.display_name, '') AS name,
    h.at, h.public_id AS sync_id
FROM connector_feeds f JOIN apps a ON a.id = f.app_id
LEFT JOIN connectors c ON c.public_id = f.connector_id
LEFT JOIN sync_history h
    ON h.feed_id = f.id AND h.at = ANY (:instants) AND h.state = 'applied'
WHERE f.id = ANY (:feeds)
"""

_LOOKUPS: Final = {
    "held": "SELECT e.id FROM entitlements e WHERE e.public_id = ANY (:entitlement_ids)",
    "holders": "SELECT r.id FROM resources r WHERE r.public_id = ANY (:account_ids)",
    "typed": _TYPED,
    "what": _NAMED_ENTITLEMENTS,
    "who": _NAMED_PRINCIPALS,
}
"""Keys of what is asked for, and below what grants have them in."""

_COLUMNS: Final = {
    "held": "entitlement_id",
    "holders": "principal_id",
    "typed": "entitlement_id",
    "what": "entitlement_id",
    "who": "principal_id",
}


@dataclass(frozen=True)
class FeedFilter:
    """Ids are public. What is empty lets everything through; `types` of what is granted, by the
    ids that connectors gave. `query`: in the name of who or of what. `since`: not before."""

    app_id: str
    kinds: Sequence[str] = ()
    types: Sequence[str] = ()
    entitlement_ids: Sequence[str] = ()
    account_ids: Sequence[str] = ()
    query: str = ""
    since: datetime | None = None


@dataclass(frozen=True)
class FeedEvent:
    """`sync_id` is empty where no sync brought it, but Ostiary itself. `connector`: its name."""

    kind: Kind
    at: datetime
    grant: Grant
    synced: bool
    connector: str
    sync_id: str


@dataclass(frozen=True)
class _Narrow:
    """Conditions by keys, and whether these are few enough to be looked up one by one."""

    conditions: Sequence[str]
    keys: Mapping[str, list[int]]
    few: bool


def read(
    connection: sa.Connection, wanted: FeedFilter, *, at: datetime | None, offset: int, size: int
) -> tuple[list[FeedEvent], int]:
    """With how many events there are, up to `MOST`."""
    found = _found(connection, wanted, _feeds(connection, wanted), at, offset, size)
    return _told(connection, found, at), found[0].number if found else 0


def count(connection: sa.Connection, wanted: FeedFilter, *, at: datetime | None) -> int:
    """Up to `MOST`. Those granted are found soonest, and often are as many already."""
    feeds = _feeds(connection, wanted)
    number = 0
    for asked in [wanted] if wanted.kinds else [replace(wanted, kinds=["granted"]), wanted]:
        found = _found(connection, asked, feeds, at, 0, 1)
        number = found[0].number if found else 0
        if number == MOST:
            break
    return number


def _feeds(connection: sa.Connection, wanted: FeedFilter) -> Sequence[int]:
    return connection.scalars(sa.text(_FEEDS), {"app": wanted.app_id}).all()


def _found(
    connection: sa.Connection,
    wanted: FeedFilter,
    feeds: Sequence[int],
    at: datetime | None,
    offset: int,
    size: int,
) -> Sequence[Any]:
    narrow = _narrow(connection, wanted, feeds)
    branches = " UNION ALL ".join(_branches(wanted, narrow, at))
    values = {**narrow.keys, "feeds": feeds, "at": at, "since": wanted.since, "most": MOST}
    query = sa.text(_EVENTS.format(branches=branches))
    return connection.execute(query, {**values, "size": size, "offset": offset}).all()


def named(
    connection: sa.Connection, wanted: FeedFilter
) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Ids and names of the entitlements and of the accounts that are asked for by id. Who never
    held anything in the app has no name here."""

    def names(query: str, ids: Sequence[str]) -> list[tuple[str, str]]:
        if not ids:
            return []
        found = connection.execute(sa.text(query), {"ids": list(ids), "app": wanted.app_id})
        return [(row[0], row[1] or row[0]) for row in found]

    entitlements = names(_ENTITLEMENT_NAMES, wanted.entitlement_ids)
    return entitlements, names(_HOLDER_NAMES, wanted.account_ids)


def _narrow(connection: sa.Connection, wanted: FeedFilter, feeds: Sequence[int]) -> _Narrow:
    asked = {
        ("held",): wanted.entitlement_ids,
        ("holders",): wanted.account_ids,
        ("typed",): wanted.types,
        ("what", "who"): wanted.query,
    }
    together = [names for names, given in asked.items() if given]
    if not together:
        return _Narrow([], {}, few=False)
    keys = _keys(connection, wanted, feeds, [name for names in together for name in names])
    conditions = [
        " OR ".join(f"g.{_COLUMNS[name]} = ANY (:{name})" for name in names) for names in together
    ]
    few = any(sum(len(keys[name]) for name in names) <= FEW for names in together)
    return _Narrow([f"({each})" for each in conditions], keys, few)


def _keys(
    connection: sa.Connection, wanted: FeedFilter, feeds: Sequence[int], names: Sequence[str]
) -> dict[str, list[int]]:
    """By the name of the lookup, all with one query."""
    parts = [f"SELECT '{name}' AS name, k.id FROM ({_LOOKUPS[name]}) k (id)" for name in names]  # noqa: S608
    values = {
        "feeds": list(feeds),
        "entitlement_ids": list(wanted.entitlement_ids),
        "account_ids": list(wanted.account_ids),
        "types": list(wanted.types),
        "containing": containing(wanted.query),
        "most": MOST,
    }
    keys: dict[str, list[int]] = {name: [] for name in names}
    for name, key in connection.execute(sa.text(" UNION ALL ".join(parts)), values):
        keys[name].append(key)
    return keys


def _branches(wanted: FeedFilter, narrow: _Narrow, at: datetime | None) -> list[str]:
    """What is true now and what has ended lie in different indexes by key; in the order of time,
    all that was granted lies in one."""
    granted = [[_GRANTED, _NOW], [_GRANTED, _PAST]] if narrow.few else [[_GRANTED]]
    branches = []
    if not wanted.kinds or "granted" in wanted.kinds:
        branches += [_branch("granted", "valid_from", each, narrow, wanted, at) for each in granted]
    if not wanted.kinds or "revoked" in wanted.kinds:
        branches.append(_branch("revoked", "valid_to", [ENDED], narrow, wanted, at))
    return branches


def _branch(
    kind: Kind,
    time: str,
    conditions: Sequence[str],
    narrow: _Narrow,
    wanted: FeedFilter,
    at: datetime | None,
) -> str:
    every = [*conditions, *narrow.conditions]
    every += [f"g.{time} >= :since"] if wanted.since else []
    every += [f"g.{time} <= :at"] if at else []
    # not the bare column where keys are few: in its order the planner would read all the others
    order = f"(g.{time} + interval '0')" if narrow.few else f"g.{time}"
    return _BRANCH.format(kind=kind, time=time, conditions=" AND ".join(every), order=order)


def _told(connection: sa.Connection, found: Sequence[Any], at: datetime | None) -> list[FeedEvent]:
    ids = {"ids": [event.id for event in found]}
    chosen = rows.select(connection, "(SELECT * FROM grants WHERE id = ANY(:ids))", "g.id", ids)
    described = rows.described(connection, chosen, at)
    grants = {row.id: (row.feed_id, grant) for row, grant in zip(chosen, described, strict=True)}
    ways = _ways(connection, {feed for feed, _ in grants.values()}, {each.at for each in found})
    events = []
    for event in found:
        feed, grant = grants[event.id]
        way, sync = ways[feed, None], ways.get((feed, event.at))
        sync_id = sync.sync_id if sync else ""
        events.append(FeedEvent(event.kind, event.at, grant, way.synced, way.name, sync_id))
    return events


def _ways(
    connection: sa.Connection, feeds: set[int], instants: set[datetime]
) -> dict[tuple[int, datetime | None], Any]:
    """What fills a feed, and which sync of it came at which instant."""
    values = {"feeds": list(feeds), "instants": list(instants)}
    found = connection.execute(sa.text(_WAYS), values).all()
    return {(row.id, None): row for row in found} | {(row.id, row.at): row for row in found}
