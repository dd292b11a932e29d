"""Records of the protocol as rows to be staged."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, Final

from google.protobuf.any_pb2 import Any as Annotation
from google.protobuf.message import Message
from google.protobuf.struct_pb2 import Struct, Value
from google.protobuf.timestamp_pb2 import Timestamp

from ostiary.baton.annotations import find, to_json, type_url
from ostiary.baton.pb import connector_v2 as v2
from ostiary.server.ingest.rules import LONGEST_ID, RefusedError

Row = tuple[Any, ...]
NewId = Callable[[], str]

_USER: Final = type_url(v2.UserTrait)
_SECRET: Final = type_url(v2.SecretTrait)
_CODE: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")
_IMMUTABLE: Final = type_url(v2.EntitlementImmutable)
_NOISE: Final = frozenset({type_url(v2.ETag), type_url(v2.ETagMetadata)})
_YEAR_ZERO: Final = -62_135_596_800
_LAST_SECOND: Final = 253_402_300_799


def resource_type_row(data: bytes, new_id: NewId) -> Row:
    """public_id, external_id, display_name, description, traits."""
    kind = v2.ResourceType.FromString(data)
    traits = sorted({_word(v2.ResourceType.Trait, trait, "TRAIT_") for trait in kind.traits})
    return (
        new_id(),
        checked_id(kind.id),
        clean(kind.display_name or kind.id),
        clean(kind.description),
        traits,
    )


def resource_row(data: bytes, new_id: NewId) -> Row:
    """public_id, type, external_id, parent type and id, then the columns of a version from
    display_name to traits, then last_used_at."""
    resource = v2.Resource.FromString(data)
    user = find(resource.annotations, v2.UserTrait)
    secret = find(resource.annotations, v2.SecretTrait)
    parent = resource.parent_resource_id
    status, details = _status(resource, user)
    return (
        new_id(),
        checked_id(resource.id.resource_type),
        checked_id(resource.id.resource),
        parent.resource_type or None,
        parent.resource or None,
        clean(resource.display_name or resource.id.resource),
        clean(resource.description),
        status,
        clean(details),
        _moment(resource, "created_at") or _moment(user, "created_at"),
        clean(user.login) if user else "",
        [clean(alias) for alias in user.login_aliases] if user else [],
        _emails(user) if user else [],
        json.dumps(_profile(resource, user)),
        json.dumps(dict(_traits(resource.annotations))),
        _moment(user, "last_login") or _moment(secret, "last_used_at"),
    )


def entitlement_row(data: bytes, new_id: NewId) -> Row:
    """public_id, external_id, resource type and id, then the columns of a version from
    display_name to annotations."""
    entitlement = v2.Entitlement.FromString(data)
    immutable = find(entitlement.annotations, v2.EntitlementImmutable)
    annotations = [
        _plain(to_json(entry))
        for entry in entitlement.annotations
        if entry.type_url != _IMMUTABLE and entry.type_url not in _NOISE
    ]
    return (
        new_id(),
        checked_id(entitlement.id),
        checked_id(entitlement.resource.id.resource_type),
        checked_id(entitlement.resource.id.resource),
        clean(entitlement.display_name or entitlement.slug or entitlement.id),
        clean(entitlement.description),
        clean(entitlement.slug),
        _word(v2.Entitlement.PurposeValue, entitlement.purpose, "PURPOSE_VALUE_"),
        sorted({clean(kind.id) for kind in entitlement.grantable_to}),
        reason_of(immutable),
        _code_of(immutable),
        json.dumps(annotations),
    )


def reason_of(immutable: v2.EntitlementImmutable | v2.GrantImmutable | None) -> str | None:
    """Why something cannot be changed: '' without a reason, None when it can."""
    if immutable is None:
        return None
    reason = immutable.metadata.fields.get("reason")
    return clean(reason.string_value) if reason else ""


def _code_of(immutable: v2.EntitlementImmutable | None) -> str | None:
    """The same reason for programs, where the connector tells one of a plausible shape."""
    code = immutable.metadata.fields.get("code") if immutable else None
    return code.string_value if code and _CODE.fullmatch(code.string_value) else None


def facts(struct: Struct) -> dict[str, Any]:
    """Plain Python, fit for jsonb; several times faster than protobuf's own conversion."""
    return {clean(name): _fact(value) for name, value in struct.fields.items()}


def clean(text: str) -> str:
    """PostgreSQL keeps every character but NUL."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}") if "\0" in text else text


def checked_id(text: str) -> str:
    """Ids are kept as they are or not at all: a mended one would name something else."""
    if not text or "\0" in text or len(text.encode()) > LONGEST_ID:
        raise RefusedError("unreadable", f"The upload has an impossible id: {text[:80]!r}")
    return text


def _fact(value: Value) -> Any:
    match value.WhichOneof("kind"):
        case "string_value":
            return clean(value.string_value)
        case "bool_value":
            return value.bool_value
        case "number_value":
            return _number(value.number_value)
        case "struct_value":
            return facts(value.struct_value)
        case "list_value":
            return [_fact(item) for item in value.list_value.values]
    return None


def _number(value: float) -> float | int | str:
    if not math.isfinite(value):
        return str(value)
    return int(value) if value.is_integer() and abs(value) < 1 << 53 else value


def _status(resource: v2.Resource, user: v2.UserTrait | None) -> tuple[str, str]:
    if resource.status.status:
        word = _word(v2.Status.ResourceStatus, resource.status.status, "RESOURCE_STATUS_")
        return word, resource.status.details
    if user is not None and user.status.status:
        word = _word(v2.UserTrait.Status.Status, user.status.status, "STATUS_")
        return word, user.status.details
    return "unspecified", ""


def _emails(user: v2.UserTrait) -> list[str]:
    ordered = sorted(user.emails, key=lambda email: not email.is_primary)
    return list(dict.fromkeys(clean(email.address) for email in ordered))


def _profile(resource: v2.Resource, user: v2.UserTrait | None) -> dict[str, Any]:
    if resource.HasField("profile"):
        return facts(resource.profile)
    for trait in (user, *_traits_with_profiles(resource)):
        if trait is not None and trait.HasField("profile"):
            return facts(trait.profile)
    return {}


def _traits_with_profiles(resource: v2.Resource) -> Iterator[Any]:
    for kind in (v2.GroupTrait, v2.RoleTrait, v2.AppTrait, v2.SecretTrait):
        yield find(resource.annotations, kind)


def _traits(annotations: Any) -> Iterator[tuple[str, Any]]:
    for entry in annotations:
        if entry.type_url == _USER:
            yield "UserTrait", _user(v2.UserTrait.FromString(entry.value))
        elif entry.type_url not in _NOISE:
            yield entry.type_url.rpartition(".")[2], _plain(_rest(entry))


def _rest(entry: Annotation) -> Any:
    """What of an annotation is not in a column, as protojson."""
    rendered = to_json(entry)
    rendered.pop("@type", None)
    for name in ("profile", "status", "createdAt", "icon"):
        rendered.pop(name, None)
    if entry.type_url == _SECRET:
        rendered.pop("lastUsedAt", None)
    return rendered


def _user(user: v2.UserTrait) -> dict[str, Any]:
    told: dict[str, Any] = {
        "accountType": _word(v2.UserTrait.AccountType, user.account_type, "ACCOUNT_TYPE_")
    }
    if user.employee_ids:
        told["employeeIds"] = [clean(number) for number in user.employee_ids]
    if user.HasField("structured_name"):
        told["givenName"] = clean(user.structured_name.given_name)
        told["familyName"] = clean(user.structured_name.family_name)
    if user.HasField("mfa_status"):
        told["mfa"] = user.mfa_status.mfa_enabled
    if user.HasField("sso_status"):
        told["sso"] = user.sso_status.sso_enabled
    return told


def _plain(rendered: Any) -> Any:
    if isinstance(rendered, str):
        return clean(rendered)
    if isinstance(rendered, dict):
        return {clean(name): _plain(value) for name, value in rendered.items()}
    if isinstance(rendered, list):
        return [_plain(item) for item in rendered]
    if isinstance(rendered, float) and not math.isfinite(rendered):
        return str(rendered)
    return rendered


def _moment(message: Message | None, field: str) -> datetime | None:
    """None also for Go's zero time and for years that no calendar has."""
    if message is None or not message.HasField(field):
        return None
    moment: Timestamp = getattr(message, field)
    if not _YEAR_ZERO < moment.seconds <= _LAST_SECOND:
        return None
    return datetime.fromtimestamp(moment.seconds, UTC).replace(
        microsecond=min(max(moment.nanos, 0) // 1000, 999_999)
    )


def _word(enum: Any, number: int, prefix: str) -> str:
    """`TRAIT_USER` becomes `user`; a number that this version does not know stays a number."""
    if number not in enum.values():
        return str(number)
    name: str = enum.Name(number)
    return name.removeprefix(prefix).lower()
