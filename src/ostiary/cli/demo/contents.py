"""A sync as a set of facts, so that two syncs can be compared and changes be found in them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ostiary.baton.c1z import C1zReader
from ostiary.baton.ids import entitlement_id, grant_id


@dataclass(frozen=True)
class Contents:
    """`facts` are resources with their names, and grants; the counts are those of the sync."""

    sync_id: str
    resources: int
    entitlements: int
    grants: int
    facts: frozenset[str]


def contents(file: Path) -> Contents:
    """Of the newest finished sync in the file; C1zError when there is none."""
    with C1zReader(file) as reader:
        resources = [(one.id.resource_type, one.id.resource, one) for one in reader.resources()]
        grants = [grant.id for grant in reader.grants()]
        there = {resource(kind, id_) for kind, id_, _ in resources}
        names = {called(kind, id_, one.display_name) for kind, id_, one in resources}
        return Contents(
            sync_id=reader.sync.sync_id,
            resources=len(resources),
            entitlements=sum(1 for _ in reader.entitlements()),
            grants=len(grants),
            facts=frozenset(there | names | set(grants)),
        )


def resource(kind: str, id_: str) -> str:
    return f"{kind}:{id_}"


def called(kind: str, id_: str, name: str) -> str:
    return f"{kind}:{id_} is called {name}"


def members(group_id: str) -> str:
    return entitlement_id("group", group_id, "members")


def held_by(user_id: str, entitlement: str) -> str:
    return grant_id(entitlement, "user", user_id)
