"""`/api/v1/systemlog/events`: the audit log for other systems, as OCSF events."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from importlib.metadata import version
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import APIRouter
from pydantic import Field

from ostiary.server.kernel.audit_log import Filter, conditions
from ostiary.server.kernel.authz.enforcement import Access, requires
from ostiary.server.kernel.authz.permissions import Permission
from ostiary.server.kernel.errors import invalid
from ostiary.server.kernel.model import audit_entries
from ostiary.server.kernel.paging import Listing, PagedRequest
from ostiary.server.kernel.rest import KernelOf, Message, Timestamp

OCSF = "1.3.0"
CLASS = 6003
"""API Activity (https://schema.ocsf.io/1.3.0/classes/api_activity)."""

CREATE, READ, UPDATE, DELETE, OTHER = 1, 2, 3, 4, 99
NAMES = {CREATE: "Create", UPDATE: "Update", DELETE: "Delete", OTHER: "Other"}
USER_TYPES = {"user": 1, "operator": 2, "system": 3}
"""User, Admin, System; 99 is Other."""

router = APIRouter(prefix="/api/v1/systemlog", tags=["System Log"])


class SortDirection(StrEnum):
    UNSPECIFIED = "SORT_DIRECTION_UNSPECIFIED"
    ASC = "SORT_DIRECTION_ASC"
    DESC = "SORT_DIRECTION_DESC"


class EventsRequest(PagedRequest):
    since: Timestamp | None = None
    until: Timestamp | None = Field(None, description="exclusive")
    since_event_uid: str = Field("", description="exclusive")
    until_event_uid: str = Field("", description="exclusive")
    sort_direction: SortDirection = SortDirection.UNSPECIFIED


class Events(Message):
    list: list[dict[str, Any]]
    next_page_token: str = ""


@router.post("/events")
def list_events(
    kernel: KernelOf,
    _access: Annotated[Access, requires(Permission.SYSTEM_LOG_VIEW)],
    request: EventsRequest,
) -> Events:
    """Oldest first, unless told otherwise."""
    listing, paging = Listing(kernel.secrets, "systemlog", request.filters), request.paging
    position = listing.after(paging)
    query = _query(request, position[0] if position else None).limit(paging.size + 1)
    with kernel.read() as connection:
        rows = connection.execute(query).mappings().all()
    page = listing.page(rows, paging.size, lambda row: [row["sequence"]])
    return Events(
        list=[event(dict(row)) for row in page.rows], next_page_token=page.next_page_token
    )


def _query(request: EventsRequest, seen: int | None) -> sa.Select[Any]:
    sequence = audit_entries.c.sequence
    descending = request.sort_direction is SortDirection.DESC
    query = sa.select(audit_entries).where(
        *conditions(Filter(since=request.since, until=request.until))
    )
    if request.since_event_uid:
        query = query.where(sequence > _sequence(request.since_event_uid))
    if request.until_event_uid:
        query = query.where(sequence < _sequence(request.until_event_uid))
    if seen is not None:
        query = query.where(sequence < seen if descending else sequence > seen)
    return query.order_by(sequence.desc() if descending else sequence)


def _sequence(uid: str) -> int:
    if not uid.isascii() or not uid.isdigit() or len(uid) > 18:
        raise invalid(f"no event has the uid {uid[:40]!r}")
    return int(uid)


def event(entry: Mapping[str, Any]) -> dict[str, Any]:
    """One entry of the audit log as an OCSF event; `unmapped` has what OCSF has no place for."""
    activity = _activity(entry)
    refused = entry["action"].endswith(".refuse")
    return {
        "activity_id": activity,
        "activity_name": NAMES[activity],
        "category_uid": 6,
        "category_name": "Application Activity",
        "class_uid": CLASS,
        "class_name": "API Activity",
        "type_uid": CLASS * 100 + activity,
        "severity_id": 1,
        "severity": "Informational",
        "status_id": 2 if refused else 1,
        "status": "Failure" if refused else "Success",
        "time": int(entry["at"].timestamp() * 1000),
        "metadata": {
            "uid": str(entry["sequence"]),
            "version": OCSF,
            "product": {
                "name": "Ostiary",
                "vendor_name": "Ostiary",
                "version": version("ostiary"),
            },
        },
        "actor": {
            "user": {
                "uid": entry["actor_id"],
                "name": entry["actor_name"],
                "type_id": USER_TYPES.get(entry["actor_kind"], 99),
                "type": entry["actor_kind"],
            }
        },
        "api": {"operation": entry["action"], "request": {"uid": entry["request_id"]}},
        "resources": [{"type": entry["object_type"], "uid": entry["object_id"]}],
        "unmapped": {
            "before": entry["before"],
            "after": entry["after"],
            "hash": entry["hash"].hex(),
        },
    }


def _activity(entry: Mapping[str, Any]) -> int:
    match entry["before"], entry["after"]:
        case None, None:
            return OTHER
        case None, _:
            return CREATE
        case _, None:
            return DELETE
    return UPDATE
