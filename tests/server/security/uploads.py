"""Files as a hostile or broken connector uploads them."""

from __future__ import annotations

import os
import sqlite3
import struct
from collections.abc import Callable
from pathlib import Path

from backports import zstd
from google.protobuf.struct_pb2 import Struct, Value

from ostiary.baton.annotations import pack as annotation
from ostiary.baton.c1z import C1zWriter
from ostiary.baton.c1z.container import MAGIC, SQLITE_MAGIC, pack, unpack
from ostiary.baton.pb import connector_v2 as v2
from tests.server.ingest.tenants import Tenant

Make = Callable[[Path], None]
SURROGATE = "CAST(x'eda080' AS TEXT)"
"""Half of a surrogate pair, as bytes that no encoder writes."""


def honest(path: Path) -> None:
    tenant = Tenant()
    tenant.group("red", tenant.user("ann"), tenant.user("bob"))
    tenant.write(path)


def altered(*statements: str) -> Make:
    """An honest file in which some SQL was run."""

    def make(path: Path) -> None:
        honest(path)
        database = path.with_suffix(".db")
        unpack(path, database)
        connection = sqlite3.connect(database, isolation_level=None)
        for statement in statements:
            connection.execute(statement)
        connection.close()
        _packed(database.read_bytes(), path)

    return make


def of_bytes(change: Callable[[bytes], bytes]) -> Make:
    """An honest database, changed byte by byte, in an honest envelope."""

    def make(path: Path) -> None:
        honest(path)
        database = path.with_suffix(".db")
        unpack(path, database)
        _packed(change(database.read_bytes()), path)

    return make


def enveloped(change: Callable[[bytes], bytes]) -> Make:
    """An honest file, changed byte by byte."""

    def make(path: Path) -> None:
        honest(path)
        path.write_bytes(change(path.read_bytes()))

    return make


def announced_bomb(path: Path) -> None:
    """A frame whose header promises eleven GiB."""
    header = b"\x28\xb5\x2f\xfd\xe0" + struct.pack("<Q", 11 * 1024**3)
    path.write_bytes(MAGIC + header + bytes(64))


def bomb(path: Path) -> None:
    """A few KiB that announce nothing and become 64 MiB."""
    compressor = zstd.ZstdCompressor()
    content = compressor.compress(SQLITE_MAGIC) + compressor.compress(bytes(64 * 1024**2))
    path.write_bytes(MAGIC + content + compressor.flush())


def foreign(path: Path) -> None:
    database = path.with_suffix(".db")
    with sqlite3.connect(database) as connection:
        connection.execute("CREATE TABLE pictures (id integer primary key, data blob)")
    connection.close()
    _packed(database.read_bytes(), path)


def deep_profile(depth: int) -> bytes:
    """The field of a serialized Resource, with structures in structures."""
    inner = b""
    for _ in range(depth):
        value = _length_delimited(Value.STRUCT_VALUE_FIELD_NUMBER, inner)
        inner = _length_delimited(
            Struct.FIELDS_FIELD_NUMBER, b"\n\x01d" + _length_delimited(2, value)
        )
    return _length_delimited(v2.Resource.PROFILE_FIELD_NUMBER, inner)


def _length_delimited(number: int, content: bytes) -> bytes:
    head, length = bytearray(), [number << 3 | 2, len(content)]
    for value in length:
        while value > 0x7F:
            head.append(value & 0x7F | 0x80)
            value >>= 7
        head.append(value)
    return bytes(head) + content


def telling(text: str) -> Make:
    """A sync that says `text` in every field that is a text and no id."""

    def make(path: Path) -> None:
        with C1zWriter(path) as writer:
            writer.put_resource_types([_kind("user", text), _kind("group", text)])
            writer.put_resources([_user(text), _group(text)])
            writer.put_entitlements([_members(text)])
            writer.put_grants([_grant(text)])
            writer.seal()

    return make


def _kind(name: str, text: str) -> v2.ResourceType:
    traits = {"user": v2.ResourceType.TRAIT_USER, "group": v2.ResourceType.TRAIT_GROUP}
    return v2.ResourceType(id=name, display_name=text, description=text, traits=[traits[name]])


def _user(text: str) -> v2.Resource:
    trait = v2.UserTrait(login=text, login_aliases=[text], employee_ids=[text])
    trait.emails.add(address=text, is_primary=True)
    trait.structured_name.given_name = trait.structured_name.family_name = text
    trait.status.status = v2.UserTrait.Status.STATUS_ENABLED
    trait.status.details = text
    trait.profile.update({"department": text, "list": [text], "inner": {"title": text}})
    user = v2.Resource(
        id=v2.ResourceId(resource_type="user", resource="ann"), display_name=text, description=text
    )
    user.annotations.append(annotation(trait))
    return user


def _group(text: str) -> v2.Resource:
    group = v2.Resource(
        id=v2.ResourceId(resource_type="group", resource="red"), display_name=text, description=text
    )
    trait = v2.GroupTrait()
    trait.profile.update({text[:100] or "empty": text})
    group.annotations.append(annotation(trait))
    return group


def _members(text: str) -> v2.Entitlement:
    fixed = v2.EntitlementImmutable()
    fixed.metadata.update({"reason": text, "code": text})
    return v2.Entitlement(
        id="red:members",
        resource=v2.Resource(id=v2.ResourceId(resource_type="group", resource="red")),
        display_name=text,
        description=text,
        slug=text,
        annotations=[annotation(fixed)],
    )


def _grant(text: str) -> v2.Grant:
    metadata, fixed = v2.GrantMetadata(), v2.GrantImmutable()
    metadata.metadata.update({"note": text})
    fixed.metadata.update({"reason": text})
    return v2.Grant(
        id="red:members:user:ann",
        entitlement=v2.Entitlement(
            id="red:members",
            resource=v2.Resource(id=v2.ResourceId(resource_type="group", resource="red")),
        ),
        principal=v2.Resource(id=v2.ResourceId(resource_type="user", resource="ann")),
        annotations=[annotation(metadata), annotation(fixed)],
    )


def _packed(database: bytes, path: Path) -> None:
    file = path.with_name(f"{path.stem}-{os.getpid()}.database")
    file.write_bytes(database)
    with file.open("rb") as stream:
        pack(stream, path)
    file.unlink()
