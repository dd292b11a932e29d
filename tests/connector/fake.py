"""A small connector with everything the runtime has to cope with.

As a program (`python -m tests.connector.fake`) it can be made to stop in mid-run: with
FAKE_PAUSE=1 it says `collecting` on standard output and waits for a signal.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from ostiary.baton.annotations import pack
from ostiary.baton.c1z import GrantSheet
from ostiary.baton.pb import connector_v2 as pb
from ostiary.connector.cli import run
from ostiary.connector.connector import Connector, Finding, Note, SyncScope
from ostiary.connector.context import RunContext
from ostiary.connector.definition import (
    ConnectorDefinition,
    Constraint,
    ConstraintKind,
    Field,
    FieldGroup,
    ResourceTypeDefinition,
)
from ostiary.connector.entitlements import assignment_entitlement, entitlement_stub
from ostiary.connector.resources import (
    app_resource,
    group_resource,
    plain_resource,
    resource_id,
    user_resource,
)
from ostiary.connector.settings import Settings

USER = pb.ResourceType(id="user", display_name="User", traits=[pb.ResourceType.TRAIT_USER])
GROUP = pb.ResourceType(id="group", display_name="Group", traits=[pb.ResourceType.TRAIT_GROUP])
APP = pb.ResourceType(id="app", display_name="App", traits=[pb.ResourceType.TRAIT_APP])
SITE = pb.ResourceType(id="site", display_name="Site")

Listing = Iterator[pb.Grant | GrantSheet]


@dataclass
class FakeConnector:
    """Groups a and b hold each other; c is inside b; the app is assigned to a, shallowly."""

    settings: Settings
    context: RunContext
    findings: Sequence[Finding] = ()
    users: tuple[str, ...] = ("ann", "bob", "cleo")
    members: dict[str, tuple[str, ...]] = field(
        default_factory=lambda: {"a": ("ann",), "b": ("bob",), "c": ("cleo",)}
    )
    nested: tuple[tuple[str, str], ...] = (("b", "a"), ("a", "b"), ("c", "b"))
    order: tuple[str, ...] = ("user", "group", "app", "site")
    committed: bool = False

    async def validate(self) -> Sequence[Finding]:
        return self.findings

    async def collect(self, scope: SyncScope) -> AsyncIterator[str]:
        stream = self.context.progress.start("people", expected=len(self.users))
        await self.pause()
        stream.advance(objects=len(self.users), requests=2, resource_units=3.5)
        stream.waiting(4.0)
        stream.waiting(0, "connection reset, trying again")
        stream.done()
        for type_id in self.order:
            if scope.covers(type_id):
                yield type_id

    async def pause(self) -> None:
        if os.environ.get("FAKE_PAUSE"):
            sys.stdout.write("collecting\n")
            sys.stdout.flush()
            await asyncio.Event().wait()

    def resources(self, resource_type_id: str) -> Iterator[pb.Resource]:
        match resource_type_id:
            case "user":
                yield from (user_resource("user", name, name.title()) for name in self.users)
            case "group":
                yield from (group_resource("group", name, name.upper()) for name in self.members)
            case "app":
                yield app_resource("app", "crm", "CRM")
            case _:
                parent = resource_id("app", "crm")
                yield plain_resource("site", "emea", "CRM in EMEA", parent=parent)

    def entitlements(self, resource_type_id: str) -> Iterator[pb.Entitlement]:
        match resource_type_id:
            case "group":
                yield from map(self.membership, self.members)
            case "app":
                yield self.assignment()

    def grants(self, resource_type_id: str) -> Listing:
        match resource_type_id:
            case "group":
                for group, names in self.members.items():
                    held = entitlement_stub(self.membership(group))
                    yield GrantSheet(held, "user", names)
                for inner, outer in self.nested:
                    yield self.passed_on(self.membership(outer), inner, shallow=False)
            case "app":
                yield self.passed_on(self.assignment(), "a", shallow=True)

    def membership(self, group: str) -> pb.Entitlement:
        named = group_resource("group", group, group.upper())
        return assignment_entitlement(named, "members", grantable_to=[USER, GROUP])

    def assignment(self) -> pb.Entitlement:
        return assignment_entitlement(app_resource("app", "crm", "CRM"), "access")

    def passed_on(self, held: pb.Entitlement, group: str, *, shallow: bool) -> pb.Grant:
        expandable = pb.GrantExpandable(
            entitlement_ids=[self.membership(group).id],
            shallow=shallow,
            resource_type_ids=["user"],
        )
        return pb.Grant(
            id=f"{held.id}:group:{group}",
            entitlement=entitlement_stub(held),
            principal=pb.Resource(id=resource_id("group", group)),
            annotations=[pack(expandable)],
        )

    async def commit(self) -> None:
        self.committed = True

    def closing_notes(self) -> Sequence[Note]:
        return [Note(2, "devices", "no accounts")]


Make = Callable[[Settings, RunContext], Connector]

FIELDS = (
    Field(
        "fake-tenant-id",
        display_name="Tenant ID",
        description="Which tenant to read.",
        required=True,
        placeholder="contoso",
    ),
    Field("fake-client-id", display_name="Client ID", description="Who reads.", required=True),
    Field("fake-client-secret", description="The secret's value.", secret=True, required=True),
    Field(
        "fake-certificate",
        description="A PEM file.",
        kind="file",
        secret=True,
        required=True,
        allowed_extensions=(".pem",),
    ),
    Field("fake-skip-guests", display_name="Skip guests", kind="bool"),
    Field("fake-page-size", kind="int", default=100, minimum=1, maximum=999),
    Field("fake-domains", kind="strings"),
    Field("fake-region", choices=("eu", "us")),
    Field("fake-proxy-user"),
    Field("fake-proxy-password", secret=True),
)

GROUPS = (
    FieldGroup(
        "client-secret",
        "Client secret",
        "Sign in with a secret.",
        ("fake-tenant-id", "fake-client-id", "fake-client-secret"),
        default=True,
    ),
    FieldGroup(
        "certificate",
        "Certificate",
        "Sign in with a key.",
        ("fake-tenant-id", "fake-client-id", "fake-certificate"),
    ),
)


def definition(make: Make = FakeConnector) -> ConnectorDefinition:
    @asynccontextmanager
    async def opened(settings: Settings, context: RunContext) -> AsyncIterator[Connector]:
        yield make(settings, context)

    targeted = (pb.CAPABILITY_TARGETED_SYNC, pb.CAPABILITY_SYNC)
    return ConnectorDefinition(
        name="baton-fake",
        display_name="Fake",
        description="Reads nothing anywhere.",
        version="1.2.3",
        help_url="https://example.test/fake",
        resource_types=(
            ResourceTypeDefinition(USER, targeted, ("People.Read",)),
            ResourceTypeDefinition(GROUP, targeted),
            ResourceTypeDefinition(APP),
            ResourceTypeDefinition(SITE),
        ),
        fields=FIELDS,
        groups=GROUPS,
        constraints=(
            Constraint(
                ConstraintKind.REQUIRED_TOGETHER, ("fake-proxy-user", "fake-proxy-password")
            ),
        ),
        open=opened,
    )


CREDENTIALS = {
    "BATON_FAKE_TENANT_ID": "contoso",
    "BATON_FAKE_CLIENT_ID": "reader",
    "BATON_FAKE_CLIENT_SECRET": "canary-of-the-client-secret",
}

if __name__ == "__main__":
    sys.exit(run(definition()))
