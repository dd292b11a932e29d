"""What can be asked of grants comes back as these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Literal, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Page(Generic[T]):
    """`next` continues after this page; empty at the end."""

    items: list[T]
    next: str = ""


@dataclass(frozen=True)
class ResourceRef:
    """`display_name` as edited here, else as the source says at that instant."""

    id: str
    type: str
    external_id: str
    display_name: str
    status: str = "unspecified"


@dataclass(frozen=True)
class EntitlementRef:
    """`immutable_reason` and `immutable_code` are None where it can be given and taken."""

    id: str
    external_id: str
    display_name: str
    slug: str
    resource: ResourceRef
    immutable_reason: str | None
    immutable_code: str | None


@dataclass(frozen=True)
class Source:
    """An entitlement that leads to a grant; `direct` when the principal holds it itself."""

    entitlement: EntitlementRef
    direct: bool


@dataclass(frozen=True)
class Grant:
    """`id` names this stretch of time. `direct` may be true beside `sources`: held both ways.

    `granted_at` is when the unbroken time of holding began, `ended_at` None while it lasts.
    `immutable_reason` and `immutable_code`, the same for programs, are None where it can be revoked
    by itself.
    """

    id: str
    entitlement: EntitlementRef
    principal: ResourceRef
    direct: bool
    sources: list[Source]
    immutable_reason: str | None
    immutable_code: str | None
    metadata: Mapping[str, Any]
    granted_at: datetime
    since: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class Step:
    """Holding `entitlement`; from the second step of a path on, because `via` holds it."""

    entitlement: EntitlementRef
    via: ResourceRef | None


@dataclass(frozen=True)
class Explanation:
    """`paths` begin with what the principal holds directly and end with the entitlement asked for,
    the shortest first. `complete` is False when there are too many to tell all."""

    grant: Grant | None
    paths: list[list[Step]]
    complete: bool


Change = Literal["added", "removed", "changed"]


@dataclass(frozen=True)
class Difference:
    """Between two instants: a grant that came, went, or says something else (`before`)."""

    change: Change
    grant: Grant
    before: Grant | None = None
