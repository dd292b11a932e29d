"""Does somebody hold something, by which paths, and does the file agree?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from ostiary.baton.annotations import has
from ostiary.baton.pb import connector_v2 as v2
from ostiary.cli.c1z.facts import ELIGIBLE, role_way
from ostiary.cli.c1z.holding import Holding
from ostiary.cli.c1z.names import clean, entitlement_name, resource_name, station_name, type_name
from ostiary.cli.c1z.paths import Path
from ostiary.cli.c1z.syncfile import SyncFile

_NEAREST: Final = 5
_COUNTED: Final = 1_000


@dataclass(frozen=True)
class Count:
    """The number of paths, or a lower bound of it."""

    number: int
    exact: bool

    def __str__(self) -> str:
        return f"{self.number:,}" if self.exact else f"more than {self.number:,}"


class Verdict:
    """The computed answer beside what the file's own grants say."""

    def __init__(self, file: SyncFile, principal: v2.Resource, entitlement: v2.Entitlement) -> None:
        self.file = file
        self.principal = principal
        self.entitlement = entitlement
        self.holding = Holding(file, principal.id, entitlement.id)
        self.holds = bool(self.holding.sources)
        self.written = grant_of(file, principal.id, entitlement.id)

    @property
    def who(self) -> str:
        return clean(self.principal.display_name or self.principal.id.resource)

    @property
    def what(self) -> str:
        return entitlement_name(self.file, self.entitlement.id)

    def paths(self, limit: int | None) -> list[Path]:
        return list(islice(self.holding.paths(), limit))

    def count(self) -> Count:
        exact = self.holding.count()
        if exact is not None:
            return Count(exact, True)
        found = sum(1 for _ in islice(self.holding.paths(), _COUNTED + 1))
        return Count(min(found, _COUNTED), found <= _COUNTED)

    def differences(self) -> Iterator[str]:
        """Where the expanded grants of the file say something else."""
        if self.holds and self.written is None:
            yield f"The file has no grant of {self.what} for {self.who}, which these paths lead to."
        if not self.holds and self.written is not None:
            yield f"The file has the grant {clean(self.written.id)}, to which no path leads."
        if not self.holds or self.written is None:
            return
        named = set(self.written.sources.sources) or {self.entitlement.id}
        for source in sorted(self.holding.sources - named):
            yield f"The file's grant does not name {self._named(source)} as one of its sources."
        for source in sorted(named - self.holding.sources):
            yield f"The file's grant names {self._named(source)} as a source; no path leads there."

    def _named(self, source: str) -> str:
        return f"{station_name(self.file, source)} ({clean(source)})"

    def nearest(self) -> list[str]:
        """Sentences about what the principal has instead, the most telling first."""
        found = [*self._siblings(), *self._blocked(), *self._dead_ends()]
        return list(dict.fromkeys(found))[:_NEAREST]

    def _siblings(self) -> Iterator[str]:
        """Other entitlements of the same resource."""
        own, asked = self.entitlement.resource.id, role_way(self.file, self.entitlement)
        grants = self.file.grants(
            resource_type=own.resource_type,
            resource=own.resource,
            principal_type=self.principal.id.resource_type,
            principal=self.principal.id.resource,
        )
        for grant in grants:
            held = self.file.entitlement(grant.entitlement.id)
            way = role_way(self.file, held) if held else None
            name = entitlement_name(self.file, grant.entitlement.id)
            if way and asked and way.scope == asked.scope and way.state == ELIGIBLE:
                yield f"{self.who} is eligible for it but it is not active: holds {name}."
            else:
                yield f"{self.who} holds {name}."

    def _blocked(self) -> Iterator[str]:
        """Ways that would lead here if groups passed on more than they do."""
        for path, edge in islice(self.holding.blocked_paths(), _NEAREST):
            target = entitlement_name(self.file, edge.target)
            source = station_name(self.file, edge.source)
            way = " inside ".join(station_name(self.file, station) for station in path[:-1])
            if edge.admits(self.principal.id.resource_type):
                reason = f"{source} passes {target} on to its direct members only"
            else:
                kind = type_name(self.file, self.principal.id.resource_type)
                reason = f"{source} does not pass {target} on to principals of type {kind}"
            yield f"{self.who} is in {way}, but {reason}."

    def _dead_ends(self) -> Iterator[str]:
        """Resources the principal has something on, and which hold this without passing it on."""
        holders = {
            (own.resource_type, own.resource): own
            for own in (
                grant.entitlement.resource.id
                for grant in self.file.grants(
                    principal_type=self.principal.id.resource_type,
                    principal=self.principal.id.resource,
                )
            )
        }
        for own in holders.values():
            grant = grant_of(self.file, own, self.entitlement.id)
            if grant is not None and not has(grant.annotations, v2.GrantExpandable):
                name = resource_name(self.file, own)
                yield (
                    f"{name} holds {self.what}, and {self.who} has access to {name}, "
                    "but that grant is not passed on to anybody."
                )


def grant_of(file: SyncFile, principal: v2.ResourceId, entitlement_id: str) -> v2.Grant | None:
    """The grant of exactly this entitlement to exactly this principal."""
    grants = file.grants(
        entitlement=entitlement_id,
        principal_type=principal.resource_type,
        principal=principal.resource,
    )
    return next(grants, None)
