"""Lists of resources, entitlements and grants."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from typing import Final, Generic, TypeVar

from ostiary.baton.annotations import find, has, to_json
from ostiary.baton.pb import connector_v2 as v2
from ostiary.cli.c1z.columns import Column
from ostiary.cli.c1z.facts import end_of
from ostiary.cli.c1z.finding import resources_mentioning
from ostiary.cli.c1z.names import (
    clean,
    emails,
    entitlement_name,
    logins,
    resource_name,
    station_name,
    type_name,
)
from ostiary.cli.c1z.screen import Row, Screen
from ostiary.cli.c1z.syncfile import SyncFile, is_direct

Record = TypeVar("Record", v2.Resource, v2.Entitlement, v2.Grant)
_NAMED_SOURCES: Final = 3


@dataclass(frozen=True)
class Listing(Generic[Record]):
    """`records` are those that match; `matching` counts them where that is cheaper than reading."""

    noun: str
    records: Iterator[Record]
    columns: Sequence[Column]
    row: Callable[[Record], Row]
    in_all: Callable[[], int]
    matching: Callable[[], int] | None = None

    def print(self, screen: Screen, limit: int | None, *, as_json: bool) -> None:
        """`limit` is as in Screen.most."""
        most = screen.most(limit, as_json=as_json)
        with closing(_closable(self.records)) as records:
            if as_json:
                for record in islice(records, most):
                    screen.record(to_json(record))
                return
            shown = screen.table(self.columns, map(self.row, islice(records, most)))
            if screen.is_terminal:
                rest = sum(1 for _ in records) if self.matching is None else 0
                screen.line(self._footer(shown, rest), style="dim")

    def _footer(self, shown: int, rest: int) -> str:
        matching = shown + rest if self.matching is None else self.matching()
        in_all = self.in_all()
        sentences = [f"{matching:,} of {in_all:,} {self.noun} match."]
        if matching == in_all:
            sentences = [f"{in_all:,} {self.noun}."]
        if shown < matching:
            sentences.append(f"The first {shown:,} are shown; --limit 0 shows all.")
        return " ".join(sentences)


def _closable(records: Iterator[Record]) -> Generator[Record, None, None]:
    """Lets go of the query behind the records before the file is closed."""
    yield from records


def resources(
    file: SyncFile, type_id: str | None, only: v2.Resource | None, match: str | None
) -> Listing[v2.Resource]:
    """`match` is looked for in names, ids, logins and e-mail addresses, in whatever case."""
    records = file.resources(resource_type=type_id)
    if only is not None:
        records = iter([only])
    elif match is not None:
        candidates = resources_mentioning(file, match, type_id)
        records = (one for one in candidates if _matches(one, match.casefold()))
    counted = only is None and match is None
    return Listing(
        "resources",
        records,
        _RESOURCE_COLUMNS,
        lambda resource: _resource_row(file, resource),
        lambda: file.count("v1_resources", file.sync.sync_id),
        (lambda: file.count("v1_resources", file.sync.sync_id, resource_type_id=type_id))
        if counted
        else None,
    )


def entitlements(
    file: SyncFile, type_id: str | None, resource: v2.Resource | None
) -> Listing[v2.Entitlement]:
    own = resource.id if resource else None
    kind, name = (own.resource_type, own.resource) if own else (type_id, None)
    where = {"resource_type_id": kind, "resource_id": name}
    return Listing(
        "entitlements",
        file.entitlements(resource_type=kind, resource=name),
        _ENTITLEMENT_COLUMNS,
        lambda entitlement: _entitlement_row(file, entitlement),
        lambda: file.count("v1_entitlements", file.sync.sync_id),
        lambda: file.count("v1_entitlements", file.sync.sync_id, **where),
    )


@dataclass(frozen=True)
class GrantFilter:
    """What grants are wanted; everything given must hold. `direct` False means inherited."""

    type_id: str | None = None
    resource: v2.Resource | None = None
    entitlement: v2.Entitlement | None = None
    principal_type: str | None = None
    principal: v2.Resource | None = None
    direct: bool | None = None

    def ids(self) -> dict[str, str | None]:
        """By the names of C1zReader.grants. A type beside a resource of another matches nothing."""
        on, to = self.resource, self.principal
        return {
            "resource_type": self.type_id or (on.id.resource_type if on else None),
            "resource": on.id.resource if on else None,
            "entitlement": self.entitlement.id if self.entitlement else None,
            "principal_type": self.principal_type or (to.id.resource_type if to else None),
            "principal": to.id.resource if to else None,
        }


_GRANT_COLUMN_OF: Final = {
    "resource_type": "resource_type_id",
    "resource": "resource_id",
    "entitlement": "entitlement_id",
    "principal_type": "principal_resource_type_id",
    "principal": "principal_resource_id",
}


def grants(file: SyncFile, wanted: GrantFilter) -> Listing[v2.Grant]:
    ids = wanted.ids()
    records = file.grants(**ids)
    if wanted.direct is not None:
        records = (grant for grant in records if is_direct(grant) == wanted.direct)
    where = {_GRANT_COLUMN_OF[name]: value for name, value in ids.items()}
    return Listing(
        "grants",
        records,
        _GRANT_COLUMNS,
        lambda grant: _grant_row(file, grant),
        lambda: file.count("v1_grants", file.sync.sync_id),
        (lambda: file.count("v1_grants", file.sync.sync_id, **where))
        if wanted.direct is None
        else None,
    )


def how_held(file: SyncFile, grant: v2.Grant) -> str:
    """`direct`, `via SG-Finance`, or both."""
    sources = sorted(set(grant.sources.sources) - {grant.entitlement.id})
    names = [station_name(file, source) for source in sources[:_NAMED_SOURCES]]
    if more := len(sources) - len(names):
        names.append(f"{more} more")
    ways = ["direct"] if is_direct(grant) else []
    return ", ".join(ways + ([f"via {', '.join(names)}"] if names else []))


_RESOURCE_COLUMNS = (
    Column("Name", narrow=12),
    Column("Type"),
    Column("Login"),
    Column("E-mail", detail=True),
    Column("State"),
    Column("Id", narrow=12),
)
_ENTITLEMENT_COLUMNS = (
    Column("Entitlement", narrow=24),
    Column("Type"),
    Column("Resource", detail=True),
    Column("Slug", detail=True),
    Column("Immutable"),
    Column("Id", narrow=12),
)
_GRANT_COLUMNS = (
    Column("Principal", narrow=12),
    Column("Type", narrow=5),
    Column("Entitlement", narrow=24),
    Column("How", narrow=10),
    Column("Until", narrow=16),
    Column("Principal id", detail=True),
    Column("Entitlement id", detail=True),
    Column("Grant id", detail=True),
)


def _matches(resource: v2.Resource, text: str) -> bool:
    own = (resource.display_name, resource.id.resource)
    return any(text in name.casefold() for name in (*own, *logins(resource), *emails(resource)))


def _resource_row(file: SyncFile, resource: v2.Resource) -> Row:
    return (
        clean(resource.display_name or resource.id.resource),
        type_name(file, resource.id.resource_type),
        clean(next(iter(logins(resource)), "")),
        clean(next(iter(emails(resource)), "")),
        _state(resource),
        clean(resource.id.resource),
    )


def _state(resource: v2.Resource) -> str:
    """From the resource, or from the user trait as older connectors write it."""
    name = v2.Status.ResourceStatus.Name(resource.status.status)
    trait = find(resource.annotations, v2.UserTrait)
    if trait is not None and name.endswith("UNSPECIFIED"):
        name = v2.UserTrait.Status.Status.Name(trait.status.status)
    word = name.rpartition("STATUS_")[2].lower()
    return "" if word == "unspecified" else word


def _entitlement_row(file: SyncFile, entitlement: v2.Entitlement) -> Row:
    own = entitlement.resource.id
    return (
        entitlement_name(file, entitlement.id),
        type_name(file, own.resource_type),
        resource_name(file, own),
        clean(entitlement.slug),
        "immutable" if has(entitlement.annotations, v2.EntitlementImmutable) else "",
        clean(entitlement.id),
    )


def _grant_row(file: SyncFile, grant: v2.Grant) -> Row:
    return (
        resource_name(file, grant.principal.id),
        type_name(file, grant.principal.id.resource_type),
        entitlement_name(file, grant.entitlement.id),
        how_held(file, grant),
        end_of(grant),
        clean(grant.principal.id.resource),
        clean(grant.entitlement.id),
        clean(grant.id),
    )
