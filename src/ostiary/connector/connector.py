"""The contract between the runtime and a connector."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from ostiary.baton.c1z import GrantSheet
from ostiary.baton.pb.connector_v2 import Entitlement, Grant, Resource, ResourceId
from ostiary.connector.status import Status


@dataclass(frozen=True)
class MissingPermission:
    """What `feature` needs and does not have; any of `alternatives` would do as well."""

    feature: str
    permission: str
    alternatives: tuple[str, ...] = ()


@dataclass(frozen=True)
class Finding:
    """One result of checking the credentials. An `error` stops the run with `code`.

    `feature` names what works or does not ("Directory roles"), `remedy` what to do about it.
    `cause` is for programs to tell causes apart (`permission_missing`), as is `missing`.
    """

    severity: Literal["ok", "notice", "error"]
    feature: str
    message: str
    remedy: str = ""
    code: Status = Status.PERMISSION_DENIED
    cause: str = ""
    missing: tuple[MissingPermission, ...] = ()


@dataclass(frozen=True)
class Note:
    """Something left out or worth knowing, for the closing summary: `12 devices: not accounts`."""

    count: int
    subject: str
    reason: str


@dataclass(frozen=True)
class SyncScope:
    """What this run is about.

    `resource_types` is None for all declared types. `resources` is not empty in a targeted sync;
    the connector may then collect less, the runtime leaves out what was not asked for either way.
    """

    resource_types: frozenset[str] | None = None
    resources: tuple[ResourceId, ...] = ()
    entitlements: bool = True
    grants: bool = True

    def covers(self, resource_type_id: str) -> bool:
        return self.resource_types is None or resource_type_id in self.resource_types


class Connector(Protocol):
    """Reads one source. Methods other than `collect` read the local image and do no I/O with it.

    Expected failures are raised as `ConnectorError`; anything else is reported as a defect.
    """

    async def validate(self) -> Sequence[Finding]:
        """Exercise the credentials."""

    def collect(self, scope: SyncScope) -> AsyncIterator[str]:
        """Bring the image up to date; yield a resource type id as soon as everything that its
        resources, entitlements and grants need is complete. Each selected type exactly once."""

    def resources(self, resource_type_id: str) -> Iterator[Resource]: ...

    def entitlements(self, resource_type_id: str) -> Iterator[Entitlement]:
        """Entitlements of the resources of that type."""

    def grants(self, resource_type_id: str) -> Iterator[Grant | GrantSheet]:
        """Grants of the entitlements of that type's resources."""

    async def commit(self) -> None:
        """The file is sealed: the image becomes the baseline of the next run."""

    def closing_notes(self) -> Sequence[Note]:
        """What was dropped and why. Called once, after the last listing."""
