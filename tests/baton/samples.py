"""Small tenants to write, and ways to look at what was written without our own reader."""

import io
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from backports import zstd

from ostiary.baton.annotations import pack
from ostiary.baton.c1z import C1zWriter, GrantSheet
from ostiary.baton.ids import entitlement_id
from ostiary.baton.pb import connector_v2 as v2

GOLDEN = Path(__file__).parent / "golden"

USER = v2.ResourceType(id="user", display_name="User", traits=[v2.ResourceType.TRAIT_USER])
GROUP = v2.ResourceType(id="group", display_name="Group", traits=[v2.ResourceType.TRAIT_GROUP])


class Ticking:
    """A clock of nanoseconds; every look at it takes one second and a bit."""

    def __init__(self, start: int = 1_790_000_000_123_456_780) -> None:
        self.now = start

    def __call__(self) -> int:
        self.now += 1_000_000_010
        return self.now


def resource_id(resource_type: str, resource: str) -> v2.ResourceId:
    return v2.ResourceId(resource_type=resource_type, resource=resource)


def user(name: str) -> v2.Resource:
    trait = v2.UserTrait(account_type=v2.UserTrait.ACCOUNT_TYPE_HUMAN, login=f"{name}@example.com")
    return v2.Resource(
        id=resource_id("user", name), display_name=name.title(), annotations=[pack(trait)]
    )


def group(name: str) -> v2.Resource:
    return v2.Resource(
        id=resource_id("group", name),
        display_name=name.title(),
        annotations=[pack(v2.GroupTrait())],
    )


def members(name: str) -> v2.Entitlement:
    return v2.Entitlement(
        id=entitlement_id("group", name, "members"),
        resource=group(name),
        display_name="Members",
        grantable_to=[USER, GROUP],
        purpose=v2.Entitlement.PURPOSE_VALUE_ASSIGNMENT,
        slug="members",
    )


def grant(entitlement: v2.Entitlement, principal: v2.ResourceId, **more: object) -> v2.Grant:
    """An ordinary message, built as any connector would build it."""
    fields = {
        "id": f"{entitlement.id}:{principal.resource_type}:{principal.resource}",
        "entitlement": entitlement,
        "principal": v2.Resource(id=principal),
    }
    return v2.Grant(**(fields | more))  # type: ignore[arg-type]


def expandable(*groups: str, shallow: bool = False) -> v2.GrantExpandable:
    return v2.GrantExpandable(
        entitlement_ids=[entitlement_id("group", name, "members") for name in groups],
        shallow=shallow,
    )


def put_small_tenant(writer: C1zWriter) -> None:
    """Two users, two groups; everybody is in `staff`, and `staff` is in `all`."""
    writer.put_resource_types([USER, GROUP])
    writer.put_resources([user("ada"), user("bob"), group("staff"), group("all")])
    writer.put_entitlements([members("staff"), members("all")])
    writer.put_grants([GrantSheet(members("staff"), "user", ["ada", "bob"])])
    nested = GrantSheet(members("all"), "group", ["staff"], expandable=expandable("staff"))
    writer.put_grants([nested])


@contextmanager
def database(path: Path) -> Iterator[sqlite3.Connection]:
    """The SQLite database inside a .c1z, opened without our own code."""
    content = path.read_bytes()
    assert content[:5] == b"C1ZF\x00"
    connection = sqlite3.connect(":memory:")
    try:
        connection.deserialize(zstd.decompress(content[5:]))
        yield connection
    finally:
        connection.close()


def rewrap(path: Path, statements: list[str]) -> None:
    """Changes the database inside a .c1z, as a tool of another version would."""
    with database(path) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()
        content = connection.serialize()
    path.write_bytes(b"C1ZF\x00" + zstd.compress(content))


def wire_fields(message: bytes) -> list[tuple[int, bytes | int]]:
    """A minimal protobuf decoder: varints and length-delimited fields, in their order."""
    stream, fields = io.BytesIO(message), []
    while stream.tell() < len(message):
        tag = _varint(stream)
        value: bytes | int = _varint(stream)
        if tag & 7 == 2:
            assert isinstance(value, int)
            value = stream.read(value)
        else:
            assert tag & 7 == 0, "only varints and length-delimited fields occur here"
        fields.append((tag >> 3, value))
    return fields


def _varint(stream: io.BytesIO) -> int:
    value = shift = 0
    while True:
        byte = stream.read(1)[0]
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value
