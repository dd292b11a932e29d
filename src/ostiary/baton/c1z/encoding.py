"""Records as rows of a .c1z: deterministic protobuf bytes beside the columns they are found by.

A tenant has millions of grants that differ in nothing but the principal's id. A `GrantSheet`
states such grants once; their bytes are spliced together from the parts that do not change. What
comes out equals what protobuf would write, byte for byte.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from google.protobuf.any_pb2 import Any

from ostiary.baton.annotations import find, type_url
from ostiary.baton.c1z.errors import InvalidRecordError
from ostiary.baton.pb import connector_v2 as v2

EXPANDABLE_URL: Final = type_url(v2.GrantExpandable)

GrantFields = tuple[str, str, str, str, str, str, bytes | None, int, bytes]
"""Columns of v1_grants from resource_type_id to data."""


@dataclass(frozen=True, slots=True)
class GrantSheet:
    """The grants of one entitlement to many principals of one type, alike in all else.

    Each row's id is `<entitlement id>:<principal type>:<principal id>`. `entitlement` is stored
    with every row, so a stub of its id and its resource's id is enough.
    """

    entitlement: v2.Entitlement
    principal_type: str
    principal_ids: Sequence[str]
    annotations: tuple[Any, ...] = ()
    expandable: v2.GrantExpandable | None = None
    sources: v2.GrantSources | None = None


def sheet_fields(sheet: GrantSheet) -> Iterator[GrantFields]:
    resource = sheet.entitlement.resource.id
    entitlement_id = sheet.entitlement.id
    principal_type = sheet.principal_type
    require(entitlement_id and principal_type, "a grant sheet lacks its entitlement or type")
    prefix = f"{entitlement_id}:{principal_type}:"
    expansion = sheet_expansion(sheet)
    splice = _Splice(sheet, prefix)
    frames: dict[int, tuple[bytes, bytes, bytes]] = {}
    for principal_id in sheet.principal_ids:
        encoded = principal_id.encode()
        length = len(encoded)
        if length not in frames:
            require(length, f"a grant of {entitlement_id} has no principal")
            frames[length] = splice.frame(length)
        head, middle, tail = frames[length]
        yield (
            resource.resource_type,
            resource.resource,
            entitlement_id,
            principal_type,
            principal_id,
            prefix + principal_id,
            expansion,
            0 if expansion is None else 1,
            head + encoded + middle + encoded + tail,
        )


def sheet_frame(
    sheet: GrantSheet, length: int
) -> tuple[str, str, str, str, str, bytes | None, int, bytes, bytes, bytes]:
    """What the rows of a sheet share whose principal ids have `length` bytes.

    The columns up to the principal's type, what precedes the principal in the grant's id, both
    expansion columns, and what precedes, separates and follows its two mentions in the data.
    """
    resource = sheet.entitlement.resource.id
    entitlement_id, principal_type = sheet.entitlement.id, sheet.principal_type
    require(entitlement_id and principal_type, "a grant sheet lacks its entitlement or type")
    require(length, f"a grant of {entitlement_id} has no principal")
    prefix = f"{entitlement_id}:{principal_type}:"
    expansion = sheet_expansion(sheet)
    return (
        resource.resource_type,
        resource.resource,
        entitlement_id,
        principal_type,
        prefix,
        expansion,
        0 if expansion is None else 1,
        *_Splice(sheet, prefix).frame(length),
    )


def grant_fields(grant: v2.Grant) -> GrantFields:
    """The GrantExpandable annotation moves from the message into its own column."""
    principal, resource = grant.principal.id, grant.entitlement.resource.id
    require(grant.id and grant.entitlement.id, f"a grant lacks its id or entitlement: {grant.id!r}")
    require(principal.resource_type and principal.resource, f"grant {grant.id} has no principal")
    expansion = expansion_bytes(find(grant.annotations, v2.GrantExpandable))
    return (
        resource.resource_type,
        resource.resource,
        grant.entitlement.id,
        principal.resource_type,
        principal.resource,
        grant.id,
        expansion,
        0 if expansion is None else 1,
        _without_expandable(grant).SerializeToString(deterministic=True),
    )


def sheet_expansion(sheet: GrantSheet) -> bytes | None:
    """From `expandable`, or from an annotation as an ordinary grant carries it."""
    return expansion_bytes(sheet.expandable or find(sheet.annotations, v2.GrantExpandable))


def expansion_bytes(expandable: v2.GrantExpandable | None) -> bytes | None:
    """None also for an annotation that names no entitlement."""
    if expandable is None or not any(name.strip() for name in expandable.entitlement_ids):
        return None
    return expandable.SerializeToString(deterministic=True)


def attach_expansion(grant: v2.Grant, expansion: bytes) -> None:
    grant.annotations.add(type_url=EXPANDABLE_URL, value=expansion)


def require(condition: object, complaint: str) -> None:
    if not condition:
        raise InvalidRecordError(complaint)


def _without_expandable(grant: v2.Grant) -> v2.Grant:
    if all(annotation.type_url != EXPANDABLE_URL for annotation in grant.annotations):
        return grant
    stripped = v2.Grant()
    stripped.CopyFrom(grant)
    del stripped.annotations[:]
    stripped.annotations.extend(
        annotation for annotation in grant.annotations if annotation.type_url != EXPANDABLE_URL
    )
    return stripped


class _Splice:
    """The bytes of a sheet's grants around the principal's id, which occurs twice."""

    def __init__(self, sheet: GrantSheet, id_prefix: str) -> None:
        self._entitlement = _field(1, sheet.entitlement.SerializeToString(deterministic=True))
        self._type = _field(1, sheet.principal_type.encode())
        self._id_prefix = id_prefix.encode()
        rest = v2.Grant(annotations=_kept(sheet.annotations), sources=sheet.sources)
        self._tail = rest.SerializeToString(deterministic=True)

    def frame(self, length: int) -> tuple[bytes, bytes, bytes]:
        """What precedes, separates and follows two principal ids of `length` bytes."""
        resource_id = self._type + _header(2, length)
        resource = _header(1, len(resource_id) + length) + resource_id
        principal = _header(2, len(resource) + length) + resource
        grant_id = _header(3, len(self._id_prefix) + length) + self._id_prefix
        return self._entitlement + principal, grant_id, self._tail


def _kept(annotations: Sequence[Any]) -> list[Any]:
    return [annotation for annotation in annotations if annotation.type_url != EXPANDABLE_URL]


def _field(number: int, content: bytes) -> bytes:
    return _header(number, len(content)) + content


def _header(number: int, length: int) -> bytes:
    """Tag and length of a length-delimited protobuf field."""
    return bytes([number << 3 | 2]) + _varint(length)


def _varint(value: int) -> bytes:
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)
