"""What a sync is asked to cover, by flags or by a task that reads like flags."""

from __future__ import annotations

from ostiary.baton.c1z import SyncType
from ostiary.baton.ids import ResourceBid, parse_bid
from ostiary.baton.pb.connector_v2 import ResourceId
from ostiary.connector.connector import SyncScope
from ostiary.connector.definition import ConnectorDefinition
from ostiary.connector.settings import Settings
from ostiary.connector.status import ConnectorError, Status


def scope_of(definition: ConnectorDefinition, settings: Settings) -> SyncScope:
    """What the flags ask for; `ConnectorError` (InvalidArgument) for what does not exist."""
    types = settings.get_list("sync-resource-types")
    for name in types:
        if name not in definition.type_ids:
            raise ConnectorError(
                Status.INVALID_ARGUMENT,
                f"invalid resource type {name!r} in filter",
                remedy=f"{definition.name} has: {', '.join(sorted(definition.type_ids))}.",
            )
    selected = frozenset(types) or None
    bids = settings.get_list("sync-resources")
    return SyncScope(
        resource_types=selected,
        resources=tuple(_target(bid, selected or definition.type_ids) for bid in bids),
        entitlements=not settings.get_bool("skip-entitlements-and-grants"),
        grants=not settings.get_bool("skip-grants"),
    )


def sync_type_of(scope: SyncScope) -> SyncType:
    """Full only if a reader may take what is missing for gone."""
    if scope.resources or (scope.entitlements and not scope.grants):
        return SyncType.PARTIAL
    return SyncType.FULL if scope.entitlements else SyncType.RESOURCES_ONLY


def check_engine(settings: Settings) -> None:
    """`ConnectorError` (InvalidArgument) when something else than SQLite is wanted."""
    if settings.get_str("storage-engine") == "pebble":
        raise ConnectorError(
            Status.INVALID_ARGUMENT,
            "The storage engine pebble cannot be written here: only Go programs have it.",
            remedy="Leave --storage-engine out or give sqlite, which every reader understands.",
        )


def _target(text: str, selected: frozenset[str]) -> ResourceId:
    try:
        bid = parse_bid(text)
    except ValueError as error:
        raise _no_target(text, str(error)) from error
    if not isinstance(bid, ResourceBid):
        raise _no_target(text, "it names no resource")
    if bid.resource_type not in selected:
        raise _no_target(text, f"the resource type {bid.resource_type!r} is not synced")
    return ResourceId(resource_type=bid.resource_type, resource=bid.resource_id)


def _no_target(text: str, reason: str) -> ConnectorError:
    return ConnectorError(
        Status.INVALID_ARGUMENT,
        f"--sync-resources cannot use {text}: {reason}.",
        remedy="Write a resource as bid:r:<type>/<id>.",
    )
