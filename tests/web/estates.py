"""A tenant with something for every question that stands ready."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from google.protobuf.timestamp_pb2 import Timestamp

from ostiary.baton.annotations import pack
from ostiary.baton.c1z import C1zWriter
from ostiary.baton.pb import connector_v2 as v2
from tests.server.ingest.tenants import Held, Key, Tenant

ROLE, SECRET = "directory_role", "credential"
TRAITS = {ROLE: v2.ResourceType.TRAIT_ROLE, SECRET: v2.ResourceType.TRAIT_SECRET}


@dataclass
class Estate(Tenant):
    """A tenant with roles, secrets, guests and disabled accounts. `metadata`: of grants."""

    guests: set[Key] = field(default_factory=set)
    disabled: set[Key] = field(default_factory=set)
    assignable: set[Key] = field(default_factory=set)
    ends: dict[Key, datetime] = field(default_factory=dict)
    signed_in: dict[Key, datetime] = field(default_factory=dict)
    known: dict[tuple[str, Key], dict[str, str]] = field(default_factory=dict)
    shallow: set[tuple[str, Key]] = field(default_factory=set)
    """Grants that reach the direct members of a group only."""

    def role(self, name: str, way: str, *holders: Key, **metadata: str) -> str:
        """Returns the entitlement of those who hold it in this way, assigned or eligible."""
        entitlement = self._granting((ROLE, name), way, holders)
        for holder in holders:
            self.known[entitlement, holder] = metadata
        return entitlement

    def secret(self, name: str, ends: datetime) -> Key:
        key = self._resource((SECRET, name))
        self.ends[key] = ends
        return key

    def put(self, writer: C1zWriter) -> None:
        writer.put_resource_types(
            v2.ResourceType(id=name, display_name=name, traits=[trait])
            for name, trait in TRAITS.items()
        )
        super().put(writer)

    def _resource_message(self, key: Key) -> v2.Resource:
        resource = super()._resource_message(key)
        if key[0] == "user":
            self._tell_of_user(resource, key)
        if key in self.assignable:
            resource.profile.update({"is_assignable_to_role": True})
        if key in self.ends:
            trait = v2.SecretTrait(expires_at=_timestamp(self.ends[key]))
            resource.profile.update({"application": "Payroll"})
            resource.annotations.append(pack(trait))
        return resource

    def _tell_of_user(self, resource: v2.Resource, key: Key) -> None:
        trait = v2.UserTrait()
        resource.annotations[0].Unpack(trait)
        if key in self.disabled:
            trait.status.status = v2.UserTrait.Status.STATUS_DISABLED
        if key in self.signed_in:
            trait.last_login.CopyFrom(_timestamp(self.signed_in[key]))
        if key in self.guests:
            resource.profile.update({"userType": "Guest"})
        resource.annotations[0].CopyFrom(pack(trait))

    def _grant(self, name: str, principal: Key) -> v2.Grant:
        grant = super()._grant(name, principal)
        if (name, principal) in self.shallow:
            for annotation in grant.annotations:
                expandable = v2.GrantExpandable()
                if annotation.Unpack(expandable):
                    expandable.shallow = True
                    annotation.CopyFrom(pack(expandable))
        if known := self.known.get((name, principal)):
            metadata = v2.GrantMetadata()
            metadata.metadata.update(known)
            grant.annotations.append(pack(metadata))
        return grant


def _timestamp(at: datetime) -> Timestamp:
    stamp = Timestamp()
    stamp.FromDatetime(at)
    return stamp


def telling(now: datetime, into: Estate | None = None) -> Estate:
    """Ann and Bob; Gus, a guest; Dan, disabled. Carol is Global Administrator for good, Bob for
    some hours, and Ann may become one. Finance is in Nested, which is in Outer."""
    estate = into or Estate()
    ann, bob, carol, dan, gus = (
        estate.user(name) for name in ("ann", "bob", "carol", "dan", "gus")
    )
    estate.disabled.add(dan)
    estate.guests.add(gus)
    members = estate.group("Finance", bob, dan)
    nested, outer = estate.group("Nested", gus), estate.group("Outer", ann)
    estate.hold(nested, ("group", "Finance"), Held(through=(members,)))
    estate.hold(outer, ("group", "Nested"), Held(through=(nested,)))
    estate.inherit(nested, bob, members)
    estate.inherit(outer, gus, nested)
    estate.assignable.add(("group", "Finance"))
    estate.role("Global Administrator", "assigned", carol)
    estate.role("User Administrator", "assigned", bob, assignment_type="Activated")
    estate.role("Helpdesk", "assigned", ann, ends_at="2026-12-31T00:00:00Z")
    estate.role("Global Administrator", "eligible", ann)
    estate.role("User Administrator", "eligible", bob)
    estate.app("Expenses", ann)
    estate.app("Legacy")
    estate.secret("ends soon", now + timedelta(days=5))
    estate.secret("ends later", now + timedelta(days=60))
    estate.secret("is over", now - timedelta(days=3))
    return estate
