"""A tenant small enough to know by heart, written as a connector would write it.

Bob is in SG-Finance, which is in SG-Nested, which is in SG-Top, which is in SG-Finance again. Bob
is also in SG-Top himself. Payroll is assigned to SG-Nested for direct members, to SG-Top with its
end and to Ada for good.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from google.protobuf.message import Message
from google.protobuf.struct_pb2 import Struct

from ostiary.baton.annotations import pack
from ostiary.baton.c1z import C1zWriter
from ostiary.baton.ids import entitlement_id, grant_id
from ostiary.baton.pb import connector_v2 as v2
from ostiary.connector.expansion import Expander

TYPES = [
    v2.ResourceType(id="user", display_name="User", traits=[v2.ResourceType.TRAIT_USER]),
    v2.ResourceType(id="group", display_name="Group", traits=[v2.ResourceType.TRAIT_GROUP]),
    v2.ResourceType(
        id="enterprise_application",
        display_name="Enterprise application",
        traits=[v2.ResourceType.TRAIT_APP],
    ),
    v2.ResourceType(
        id="directory_role", display_name="Directory role", traits=[v2.ResourceType.TRAIT_ROLE]
    ),
]
PAYROLL = "enterprise_application:payroll:assignment:0000"
READER = "directory_role:reader:assigned"
READER_ELIGIBLE = "directory_role:reader:eligible"
READER_SCOPED = "directory_role:reader:assigned:administrativeUnits/emea"


def write_small_tenant(output: Path, *, expand: bool = True, keep: int = 2) -> Path:
    """A finished sync whose grants are expanded by the connector runtime, unless told otherwise."""
    ticks = iter(range(1_790_000_000_000_000_000, 1_790_000_100_000_000_000, 1_000_000_000))
    with C1zWriter(output, keep=keep, clock=lambda: next(ticks), sync_id=SYNC_ID) as writer:
        writer.put_resource_types(TYPES)
        writer.put_resources(_resources())
        writer.put_entitlements(_entitlements())
        writer.put_grants(_grants())
        if expand:
            for _ in Expander(writer.begin_expansion()).steps():
                pass
        writer.seal()
    return output


SYNC_ID = "3MQfv8vfHYROIf7KzhV2i4jCU6y"


def members(group: str) -> str:
    return entitlement_id("group", group, "members")


def grant(entitlement: str, principal: str, *annotations: Message) -> v2.Grant:
    """`principal` is `type:id`; the entitlement's resource is in its id."""
    kind, owner = entitlement.split(":")[:2]
    holder_kind, holder = principal.split(":")
    return v2.Grant(
        id=grant_id(entitlement, holder_kind, holder),
        entitlement=v2.Entitlement(id=entitlement, resource=_stub(kind, owner)),
        principal=_stub(holder_kind, holder),
        annotations=[pack(annotation) for annotation in annotations],
    )


def passing_on(group: str, *, shallow: bool = False, types: tuple[str, ...] = ()) -> Message:
    return v2.GrantExpandable(
        entitlement_ids=[members(group)], shallow=shallow, resource_type_ids=types
    )


def lasting(**facts: str) -> v2.GrantMetadata:
    metadata = Struct()
    metadata.update(facts)
    return v2.GrantMetadata(metadata=metadata)


def _resources() -> Iterator[v2.Resource]:
    yield _user("u-ada", "Ada Lovelace", "ada@example.com")
    yield _user("u-bob", "Bob", "bob@example.com", "robert@example.com")
    yield _user("u-bob2", "Bob Twin", "bob2@example.com", "twins@example.com")
    yield _user("u-bob3", "Bob Twin", "bob3@example.com", "twins@example.com")
    for name in ("SG-Finance", "SG-Nested", "SG-Top", "SG-Alone"):
        yield _named("group", name.lower(), name, v2.GroupTrait())
    yield _named("enterprise_application", "payroll", "Payroll: EMEA", v2.AppTrait())
    yield _named("directory_role", "reader", "Directory Reader", v2.RoleTrait())


def _entitlements() -> Iterator[v2.Entitlement]:
    for name in ("SG-Finance", "SG-Nested", "SG-Top"):
        yield _entitlement(members(name.lower()), name, f"{name} member")
    fixed = v2.EntitlementImmutable(metadata=lasting(reason="Membership is dynamic").metadata)
    yield _entitlement(members("sg-alone"), "SG-Alone", "SG-Alone member", fixed)
    owners = entitlement_id("group", "sg-nested", "owners")
    yield _entitlement(owners, "SG-Nested", "SG-Nested owner")
    yield _entitlement(PAYROLL, "Payroll: EMEA", "Default access")
    yield _entitlement(READER, "Directory Reader", "Directory Reader")
    yield _entitlement(READER_ELIGIBLE, "Directory Reader", "Directory Reader (eligible)")
    yield _entitlement(READER_SCOPED, "Directory Reader", "Directory Reader in emea")


def _grants() -> Iterator[v2.Grant]:
    yield grant(members("sg-finance"), "user:u-bob")
    yield grant(members("sg-nested"), "group:sg-finance", passing_on("sg-finance"))
    yield grant(members("sg-top"), "group:sg-nested", passing_on("sg-nested"))
    yield grant(members("sg-finance"), "group:sg-top", passing_on("sg-top"))
    yield grant(members("sg-top"), "user:u-bob")
    yield grant(entitlement_id("group", "sg-nested", "owners"), "user:u-bob2")
    yield grant(members("sg-alone"), "user:u-bob3")
    users = ("user",)
    yield grant(PAYROLL, "group:sg-nested", passing_on("sg-nested", shallow=True, types=users))
    yield grant(
        PAYROLL,
        "group:sg-top",
        passing_on("sg-top", shallow=True, types=users),
        lasting(assignment_type="Activated", ends_at="2026-12-01T09:00:00.1234567Z"),
    )
    yield grant(PAYROLL, "user:u-ada", v2.GrantImmutable())
    yield grant(READER_ELIGIBLE, "user:u-ada")
    yield grant(READER_SCOPED, "user:u-ada", lasting(ends_at="2027-01-01T00:00:00Z"))
    yield grant(READER, "group:sg-alone")


def _stub(kind: str, name: str) -> v2.Resource:
    return v2.Resource(id=v2.ResourceId(resource_type=kind, resource=name))


def _named(kind: str, name: str, display_name: str, trait: Message) -> v2.Resource:
    resource = _stub(kind, name)
    resource.display_name = display_name
    resource.annotations.append(pack(trait))
    return resource


def _user(name: str, display_name: str, login: str, *addresses: str) -> v2.Resource:
    trait = v2.UserTrait(login=login, emails=[v2.UserTrait.Email(address=a) for a in addresses])
    trait.status.status = v2.UserTrait.Status.STATUS_ENABLED
    return _named("user", name, display_name, trait)


def _entitlement(
    own_id: str, resource: str, display_name: str, *annotations: Message
) -> v2.Entitlement:
    kind, owner, slug = own_id.split(":", 2)
    return v2.Entitlement(
        id=own_id,
        resource=v2.Resource(id=_stub(kind, owner).id, display_name=resource),
        display_name=display_name,
        slug=slug,
        purpose=v2.Entitlement.PURPOSE_VALUE_ASSIGNMENT
        if slug == "members"
        else v2.Entitlement.PURPOSE_VALUE_PERMISSION,
        annotations=[pack(annotation) for annotation in annotations],
    )
