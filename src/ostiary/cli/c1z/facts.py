"""What annotations and ids say about an entitlement or a grant, in words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from google.protobuf.json_format import MessageToDict

from ostiary.baton.annotations import find
from ostiary.baton.pb import connector_v2 as v2
from ostiary.cli.c1z.names import clean, resource_name
from ostiary.cli.c1z.syncfile import SyncFile

ACTIVE = "active"
ELIGIBLE = "eligible"
_WAYS = {"assigned": ACTIVE, "eligible": ELIGIBLE}


class RoleWay(NamedTuple):
    """Whether a role is held actively or can be activated, and where. An empty scope is `/`."""

    state: str
    scope: str


def role_way(file: SyncFile, entitlement: v2.Entitlement) -> RoleWay | None:
    """For entitlements of roles whose slug is `assigned[:scope]` or `eligible[:scope]`."""
    kind = file.types.get(entitlement.resource.id.resource_type)
    way, _, scope = entitlement.slug.partition(":")
    if kind is None or v2.ResourceType.TRAIT_ROLE not in kind.traits or way not in _WAYS:
        return None
    return RoleWay(_WAYS[way], f"/{scope}")


def entitlement_facts(file: SyncFile, entitlement: v2.Entitlement) -> Iterator[str]:
    """Sentences about the entitlement itself."""
    way = role_way(file, entitlement)
    if way is not None and way.state == ELIGIBLE:
        yield "Eligible, not active: it gives access only after it has been activated."
    if way is not None:
        where = "the whole directory" if way.scope == "/" else clean(way.scope)
        yield f"Scope: {where}."
    yield from _binding(file, entitlement.resource.id)
    immutable = find(entitlement.annotations, v2.EntitlementImmutable)
    if immutable is not None:
        yield f"Immutable: it can be neither granted nor revoked here{_why(immutable)}."


def _binding(file: SyncFile, own: v2.ResourceId) -> Iterator[str]:
    resource = file.resource(own.resource_type, own.resource)
    binding = find(resource.annotations, v2.ScopeBindingTrait) if resource else None
    if binding is not None:
        role = resource_name(file, binding.role_id)
        yield f"Scope: {role} on {resource_name(file, binding.scope_resource_id)}."


def grant_facts(grant: v2.Grant) -> Iterator[str]:
    """Phrases about one grant, such as `activated` and `until 2026-12-01 09:00 UTC`."""
    metadata = find(grant.annotations, v2.GrantMetadata)
    facts: dict[str, Any] = MessageToDict(metadata.metadata) if metadata else {}
    if kind := facts.pop("assignment_type", None):
        yield clean(str(kind)).lower()
    for name, word in (("starts_at", "since"), ("ends_at", "until")):
        if (moment := facts.pop(name, None)) is not None:
            yield f"{word} {_moment(str(moment))}"
    yield from (clean(f"{name} {value}") for name, value in sorted(facts.items()))
    immutable = find(grant.annotations, v2.GrantImmutable)
    if immutable is not None:
        yield f"immutable{_why(immutable)}"


def end_of(grant: v2.Grant) -> str:
    """When the grant ends, or an empty string."""
    metadata = find(grant.annotations, v2.GrantMetadata)
    if metadata is None or "ends_at" not in metadata.metadata:
        return ""
    return _moment(str(metadata.metadata["ends_at"]))


def _why(immutable: v2.EntitlementImmutable | v2.GrantImmutable) -> str:
    metadata = immutable.metadata
    return f" ({clean(str(metadata['reason']))})" if "reason" in metadata else ""


def _moment(text: str) -> str:
    """To the minute, where it is a time; else as it is."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return clean(text)
    named = {None: "", "UTC": " UTC"}.get(moment.tzname(), f" {moment.tzname()}")
    return f"{moment:%Y-%m-%d %H:%M}{named}"
