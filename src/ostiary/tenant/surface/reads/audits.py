"""auditLogs/directoryAudits: the journal as Entra's core directory writes it down."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid5

import msgspec

from ostiary.tenant.clock import graph_time
from ostiary.tenant.directory import Change, DirectoryObject, Kind
from ostiary.tenant.surface.backend import Backend
from ostiary.tenant.surface.entity import Source
from ostiary.tenant.surface.reads.sources import Rows

_NAMES = {
    Kind.USER: ("user", "UserManagement"),
    Kind.GROUP: ("group", "GroupManagement"),
    Kind.SERVICE_PRINCIPAL: ("service principal", "ApplicationManagement"),
    Kind.APPLICATION: ("application", "ApplicationManagement"),
    Kind.DEVICE: ("device", "Device"),
    Kind.ORG_CONTACT: ("contact", "Contact"),
    Kind.ADMINISTRATIVE_UNIT: ("administrative unit", "AdministrativeUnit"),
    Kind.DIRECTORY_ROLE: ("role", "RoleManagement"),
}
_ACTIVITIES = {
    "created": ("Add {}", "Add"),
    "deleted": ("Delete {}", "Delete"),
    "purged": ("Hard Delete {}", "Delete"),
    "restored": ("Restore {}", "Update"),
    "members+": ("Add member to {}", "Assign"),
    "members-": ("Remove member from {}", "Unassign"),
    "owners+": ("Add owner to {}", "Assign"),
    "owners-": ("Remove owner from {}", "Unassign"),
    "manager": ("Set {} manager", "Update"),
    "appRole+": ("Add app role assignment to service principal", "Assign"),
    "appRole-": ("Remove app role assignment from service principal", "Unassign"),
}
_UPDATE = ("Update {}", "Update")


def source(backend: Backend) -> Source:
    """Newest first, as Graph lists them."""
    seen = backend.directory.journal.since(0, backend.replica.horizon())
    table = {_event_id(change): change for change in reversed(seen)}

    def show(change: Change) -> Mapping[str, Any]:
        return _event(backend, change)

    return Rows("directoryAudit", table, show)


def _event_id(change: Change) -> str:
    return f"Directory_{uuid5(UUID(change.object_id), str(change.version))}_{change.version}"


def _event(backend: Backend, change: Change) -> dict[str, Any]:
    noun, category = _NAMES[change.kind]
    activity, operation = _ACTIVITIES.get(change.what, _UPDATE)
    return {
        "activityDateTime": graph_time(change.at),
        "activityDisplayName": activity.format(noun),
        "category": category,
        "correlationId": str(uuid5(UUID(change.object_id), f"correlation{change.version}")),
        "loggedByService": "Core Directory",
        "operationType": operation,
        "result": "success",
        "resultReason": "",
        "initiatedBy": _initiator(backend, change),
        "additionalDetails": [],
        "targetResources": _targets(backend, change),
    }


def _initiator(backend: Backend, change: Change) -> dict[str, Any]:
    app_id = backend.initiators.get(change.version)
    app = {"appId": app_id, "displayName": None, "servicePrincipalId": None}
    return {"user": None, "app": app}


def _targets(backend: Backend, change: Change) -> list[dict[str, Any]]:
    """Membership events name the member first, then the group that gained or lost it."""
    holder = _find(backend, change.object_id)
    name = change.property_name
    value = holder.props.get(name) if holder and name else None
    changed = [_modified(name, value)] if name else []
    target = _target(change.object_id, holder, changed)
    if change.target is None or change.what.startswith("appRole"):
        return [target]
    return [_target(change.target, _find(backend, change.target), []), target]


def _target(
    object_id: str, held: DirectoryObject | None, changed: list[dict[str, Any]]
) -> dict[str, Any]:
    kind = held.kind.value if held else "other"
    return {
        "id": object_id,
        "displayName": held.display_name if held else None,
        "type": kind[0].upper() + kind[1:],
        "userPrincipalName": held.props.get("userPrincipalName") if held else None,
        "groupType": None,
        "modifiedProperties": changed,
    }


def _modified(name: str, value: Any) -> dict[str, Any]:
    """Values are JSON inside a string, as Entra logs them; the old one is not kept."""
    shown = None if value is None else msgspec.json.encode([value]).decode()
    return {"displayName": name, "oldValue": None, "newValue": shown}


def _find(backend: Backend, object_id: str) -> DirectoryObject | None:
    return backend.directory.find(object_id) or backend.directory.deleted.get(object_id)
