"""Small tenants in memory, written as the .c1z a connector would upload."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from google.protobuf.message import Message

from ostiary.baton.annotations import pack
from ostiary.baton.c1z import C1zWriter, SyncType
from ostiary.baton.pb import connector_v2 as v2
from ostiary.server.catalog.actions import attach_connector, create_app
from ostiary.server.kernel.actor import SYSTEM
from ostiary.server.kernel.work import Kernel

Key = tuple[str, str]
TRAITS = {
    "user": v2.ResourceType.TRAIT_USER,
    "group": v2.ResourceType.TRAIT_GROUP,
    "app": v2.ResourceType.TRAIT_APP,
}


@dataclass(frozen=True)
class Held:
    """A grant. `sources`: whether each is held directly. `through`: what it expands."""

    sources: Mapping[str, bool] = field(default_factory=dict)
    through: tuple[str, ...] = ()
    metadata: str = ""


@dataclass
class Tenant:
    """`resources` by type and id to their names; `entitlements` by id to resource and name;
    `grants` by entitlement and principal."""

    resources: dict[Key, str] = field(default_factory=dict)
    entitlements: dict[str, tuple[Key, str]] = field(default_factory=dict)
    grants: dict[tuple[str, Key], Held] = field(default_factory=dict)
    parents: dict[Key, Key] = field(default_factory=dict)

    def user(self, name: str) -> Key:
        return self._resource(("user", name))

    def group(self, name: str, *members: Key) -> str:
        """Returns the entitlement of its members."""
        return self._granting(("group", name), "members", members)

    def app(self, name: str, *assigned: Key) -> str:
        """Returns the entitlement of those assigned."""
        return self._granting(("app", name), "assigned", assigned)

    def hold(self, entitlement: str, principal: Key, held: Held = Held()) -> None:
        self.grants[entitlement, principal] = held

    def inherit(self, entitlement: str, principal: Key, *sources: str) -> None:
        self.hold(entitlement, principal, Held(sources=dict.fromkeys(sources, True)))

    def remove(self, resource: Key) -> None:
        """With its entitlements and every grant of and to it."""
        del self.resources[resource]
        gone = {name for name, (owner, _) in self.entitlements.items() if owner == resource}
        for name in gone:
            del self.entitlements[name]
        for name, principal in list(self.grants):
            if name in gone or principal == resource:
                del self.grants[name, principal]

    def _resource(self, key: Key) -> Key:
        self.resources.setdefault(key, key[1])
        return key

    def _granting(self, key: Key, slug: str, holders: Iterable[Key]) -> str:
        self._resource(key)
        entitlement = f"{key[0]}:{key[1]}:{slug}"
        self.entitlements.setdefault(entitlement, (key, slug))
        for holder in holders:
            self.hold(entitlement, holder)
        return entitlement

    def write(
        self, path: Path, *, sync_id: str | None = None, sync_type: SyncType = SyncType.FULL
    ) -> Path:
        """A file with one sealed sync."""
        path.unlink(missing_ok=True)
        with C1zWriter(path, sync_type=sync_type, sync_id=sync_id) as writer:
            self.put(writer)
            writer.seal()
        return path

    def put(self, writer: C1zWriter) -> None:
        writer.put_resource_types(
            v2.ResourceType(id=name, display_name=name.title(), traits=[trait])
            for name, trait in TRAITS.items()
        )
        writer.put_resources(self._resource_message(key) for key in self.resources)
        writer.put_entitlements(map(self._entitlement, self.entitlements))
        writer.put_grants(self._grant(*key) for key in self.grants)

    def _resource_message(self, key: Key) -> v2.Resource:
        resource = v2.Resource(id=_id(key), display_name=self.resources[key])
        if key in self.parents:
            resource.parent_resource_id.CopyFrom(_id(self.parents[key]))
        if key[0] == "user":
            trait = v2.UserTrait(login=key[1])
            trait.emails.add(address=f"{key[1]}@example.com", is_primary=True)
            trait.status.status = v2.UserTrait.Status.STATUS_ENABLED
            resource.annotations.append(pack(trait))
        return resource

    def _entitlement(self, name: str) -> v2.Entitlement:
        owner, display_name = self.entitlements[name]
        return v2.Entitlement(
            id=name,
            resource=v2.Resource(id=_id(owner)),
            display_name=display_name,
            slug=name.rpartition(":")[2],
            purpose=v2.Entitlement.PURPOSE_VALUE_ASSIGNMENT,
        )

    def _grant(self, name: str, principal: Key) -> v2.Grant:
        held = self.grants[name, principal]
        owner = self.entitlements[name][0] if name in self.entitlements else ("group", "gone")
        grant = v2.Grant(
            id=f"{name}:{principal[0]}:{principal[1]}",
            entitlement=v2.Entitlement(id=name, resource=v2.Resource(id=_id(owner))),
            principal=v2.Resource(id=_id(principal)),
        )
        for source, is_direct in held.sources.items():
            grant.sources.sources[source].is_direct = is_direct
        grant.annotations.extend(pack(note) for note in _notes(name, held))
        return grant


def _notes(entitlement: str, held: Held) -> Iterable[Message]:
    if held.sources and entitlement not in held.sources:
        yield v2.GrantImmutable()
    if held.through:
        yield v2.GrantExpandable(entitlement_ids=held.through)
    if held.metadata:
        metadata = v2.GrantMetadata()
        metadata.metadata["note"] = held.metadata
        yield metadata


def _id(key: Key) -> v2.ResourceId:
    return v2.ResourceId(resource_type=key[0], resource=key[1])


CONNECTOR = "0connector0connector0connec"


def connect(kernel: Kernel, connector_id: str = CONNECTOR, name: str = "Entra") -> str:
    """A managed app that the connector fills. Returns its public id."""
    with kernel.work(SYSTEM) as work:
        app = create_app(work, name)
        attach_connector(work, app, connector_id)
    return app
