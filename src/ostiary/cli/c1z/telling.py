"""A path as a picture from left to right, and the same in words."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from ostiary.baton.pb import connector_v2 as v2
from ostiary.cli.c1z.facts import grant_facts
from ostiary.cli.c1z.names import (
    clean,
    entitlement_name,
    is_membership,
    resource_name,
    station_name,
)
from ostiary.cli.c1z.paths import Path
from ostiary.cli.c1z.syncfile import SyncFile
from ostiary.cli.c1z.verdict import grant_of


def stations(file: SyncFile, principal: v2.Resource, path: Path) -> list[str]:
    """The principal, what it passes through, and the entitlement in full."""
    between = [station_name(file, station) for station in path[:-1]]
    return [_called(principal), *between, entitlement_name(file, path[-1])]


def in_words(file: SyncFile, principal: v2.Resource, path: Path) -> str:
    """`Bob, through SG-Finance, inside SG-Nested, holds Members of SG-Nested`"""
    who, *between, what = stations(file, principal, path)
    if not between:
        return f"{who} holds {what} directly."
    target = file.entitlement(path[-1])
    if target is not None and is_membership(file, target):
        between.append(resource_name(file, target.resource.id))
    first, *rest = between
    inside = "".join(f" inside {group}," for group in rest)
    return f"{who}, through {first},{inside} holds {what}."


class Remark(NamedTuple):
    """What is special about the grant between two neighbours on a path."""

    holder: str
    held: str
    facts: list[str]


def remarks(file: SyncFile, principal: v2.Resource, path: Path) -> Iterator[Remark]:
    """Only of grants there is something to say about."""
    names = stations(file, principal, path)
    holders = [principal.id, *_holders(file, path)]
    for (left, right), holder, held in zip(pairwise(names), holders, path, strict=True):
        grant = grant_of(file, holder, held)
        facts = list(grant_facts(grant)) if grant else []
        if facts:
            yield Remark(left, right, facts)


def _holders(file: SyncFile, path: Path) -> Iterator[v2.ResourceId]:
    """The principals of the grants that pass a path on: each station's own resource."""
    for station in path[:-1]:
        entitlement = file.entitlement(station)
        yield entitlement.resource.id if entitlement else v2.ResourceId()


def _called(principal: v2.Resource) -> str:
    return clean(principal.display_name or principal.id.resource)
