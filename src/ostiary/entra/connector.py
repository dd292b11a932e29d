"""The Entra connector: reads a tenant into its image, and shows the image as Baton resources."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Iterator, Sequence
from functools import cached_property

from ostiary.baton.c1z import GrantSheet
from ostiary.baton.pb import connector_v2 as pb
from ostiary.connector.connector import Finding, Note, SyncScope
from ostiary.connector.progress import Progress
from ostiary.entra.collect.plan import Plan
from ostiary.entra.collect.polls import LICENSED, Poll, poll
from ostiary.entra.collect.reader import Reader
from ostiary.entra.faults import as_connector_error
from ostiary.entra.image import Image
from ostiary.entra.options import Options
from ostiary.entra.permissions import ELIGIBLE, check
from ostiary.entra.probe import probe
from ostiary.entra.project import credentials, managed_identities, users
from ostiary.entra.project.directory_roles import DirectoryRoles
from ostiary.entra.project.enterprise_applications import EnterpriseApplications
from ostiary.entra.project.groups import Groups
from ostiary.entra.project.licenses import Licenses
from ostiary.entra.project.principals import Principals
from ostiary.entra.project.tally import Tally
from ostiary.entra.types import (
    CREDENTIAL,
    DIRECTORY_ROLE,
    ENTERPRISE_APPLICATION,
    GROUP,
    LICENSE,
    MANAGED_IDENTITY,
    RESOURCE_TYPES,
    USER,
)
from ostiary.graph import GraphClient, GraphError

_POLLS = {
    LICENSE: {Poll.SKUS},
    DIRECTORY_ROLE: {Poll.ROLE_DEFINITIONS, Poll.ROLE_ASSIGNMENTS, Poll.ACTIVE, Poll.ELIGIBLE},
}
NO_PIM = "the tenant has no Microsoft Entra ID P2 or Governance licence"


class EntraConnector:
    """One run against one tenant. ``selected`` are the resource types that this run syncs."""

    def __init__(
        self,
        graph: GraphClient,
        open_image: Callable[[str], Image],
        progress: Progress,
        options: Options,
        selected: Collection[str],
    ) -> None:
        self._graph = graph
        self._open_image = open_image
        self._progress = progress
        self._options = options
        self._selected = frozenset(selected)
        self._tally = Tally()
        self._unlicensed: frozenset[Poll] = frozenset()
        self._image: Image | None = None
        self._sign_ins_missing = ""

    @property
    def image(self) -> Image:
        assert self._image is not None, "validate opens the image"
        return self._image

    @property
    def _reader(self) -> Reader:
        return Reader(self._graph, self.image, self._progress)

    def close(self) -> None:
        """Close the image, if it was opened."""
        if self._image is not None:
            self._image.close()

    async def validate(self) -> Sequence[Finding]:
        """Sign in, compare the permissions with what is needed, and read roles and licences.

        Roles and licences are read here because only Graph's answer tells whether the tenant is
        licensed for eligible roles; collecting does not read them again.
        """
        try:
            token = await self._graph.credential.token()
            if token.roles:
                findings = list(check(token.roles, self._selected))
            else:
                findings = await probe(self._graph, self._selected)
            if any(finding.severity == "error" for finding in findings):
                return findings
            self._image = self._open_image(token.tenant_id)
            polls = set().union(*(_POLLS.get(type_id, set()) for type_id in self._selected))
            self._unlicensed = await poll(self._reader, sorted(polls))
        except GraphError as error:
            raise as_connector_error(error) from error
        return [*findings, *self._notices()]

    def _notices(self) -> Iterator[Finding]:
        if self.image.discarded:
            reason = f"The image of the last sync is not used: {self.image.discarded}."
            yield Finding("notice", "Incremental sync", reason, "This sync reads everything anew.")
        if not self._unlicensed.isdisjoint(LICENSED):
            message = f"{ELIGIBLE.name} are left out: {NO_PIM}."
            yield Finding("notice", ELIGIBLE.name, message)

    async def collect(self, scope: SyncScope) -> AsyncIterator[str]:
        """Bring the image up to date, yielding each resource type when it is complete."""
        plan = Plan(self._reader, self._options, self._selected)
        try:
            async for type_id in plan.run():
                self._sign_ins_missing = plan.sign_ins_missing
                yield type_id
        except GraphError as error:
            raise as_connector_error(error) from error

    def resources(self, resource_type_id: str) -> Iterator[pb.Resource]:
        listings: dict[str, Callable[[], Iterator[pb.Resource]]] = {
            USER: lambda: users.resources(self.image),
            MANAGED_IDENTITY: lambda: managed_identities.resources(self.image),
            CREDENTIAL: lambda: credentials.resources(self.image, self._principals),
            **{type_id: access.resources for type_id, access in self._access.items()},
        }
        return listings[resource_type_id]()

    def entitlements(self, resource_type_id: str) -> Iterator[pb.Entitlement]:
        access = self._access.get(resource_type_id)
        return access.entitlements() if access else iter(())

    def grants(self, resource_type_id: str) -> Iterator[pb.Grant | GrantSheet]:
        access = self._access.get(resource_type_id)
        return access.grants() if access else iter(())

    async def commit(self) -> None:
        """Nothing to do: each page moved the image and its cursor in one transaction."""

    def closing_notes(self) -> Sequence[Note]:
        """What was left out and why."""
        if self._sign_ins_missing:
            self._tally.add("accounts' last sign-ins", self._sign_ins_missing)
        return self._tally.notes()

    @cached_property
    def _principals(self) -> Principals:
        return Principals(self.image, self._options, self._tally, self._selected)

    @cached_property
    def _access(self) -> dict[str, Groups | EnterpriseApplications | DirectoryRoles | Licenses]:
        """The resource types that carry entitlements."""
        parts = (self.image, self._principals, self._tally)
        eligibility = Poll.ELIGIBLE not in self._unlicensed
        return {
            GROUP: Groups(*parts),
            ENTERPRISE_APPLICATION: EnterpriseApplications(*parts),
            DIRECTORY_ROLE: DirectoryRoles(*parts, eligibility=eligibility),
            LICENSE: Licenses(*parts),
        }


def selected_types(named: Collection[str]) -> frozenset[str]:
    """The resource types of a run: those named, all when none is."""
    return frozenset(named or RESOURCE_TYPES)
