"""App role assignments and the owners of service principals."""

from typing import Any

from ostiary.tenant.directory import DEFAULT_ACCESS, DirectoryObject, Kind
from ostiary.tenant.surface.backend import Call
from ostiary.tenant.surface.errors import bad_request, not_found
from ostiary.tenant.surface.message import GraphResponse, json_response, no_content
from ostiary.tenant.surface.reads.rows import app_role_assignment
from ostiary.tenant.surface.writes.bodies import json_object, referenced, required
from ostiary.tenant.surface.writes.guards import require_any
from ostiary.tenant.surface.writes.links import holder_at

_RESOURCE = "AppRoleAssignment"
_PRINCIPALS = {
    Kind.USER: "User",
    Kind.GROUP: "User",
    Kind.SERVICE_PRINCIPAL: "Application",
}
"""What an app role must allow in allowedMemberTypes for each kind of principal."""


def assign(call: Call) -> GraphResponse:
    require_any(call, "AppRoleAssignment.ReadWrite.All")
    resource = holder_at(call, Kind.SERVICE_PRINCIPAL)
    body = json_object(call)
    ids = [str(required(body, name, _RESOURCE)).lower() for name in _FIELDS]
    principal_id, resource_id, role_id = ids
    if resource_id != resource.id:
        raise bad_request("The resourceId does not match the service principal of the request.")
    principal = referenced(call, principal_id)
    if principal.kind not in _PRINCIPALS:
        raise bad_request("The principal must be a user, a group or a service principal.")
    _check_role(resource, role_id, principal)
    if call.directory.app_role_assignment(principal_id, resource_id, role_id):
        raise bad_request("Permission being assigned already exists on the object")
    made = call.directory.assign_app_role(principal_id, resource_id, role_id)
    context = f"{call.request.service_root}/$metadata#appRoleAssignments/$entity"
    shown = app_role_assignment(call.directory, made)
    return json_response({"@odata.context": context, "id": made.id, **shown}, 201)


def remove(call: Call) -> GraphResponse:
    resource = holder_at(call, Kind.SERVICE_PRINCIPAL)
    assignment_id = call.args[1]
    held = call.directory.app_role_assignments.get(resource.id, {}).get(assignment_id)
    if held is None:
        raise not_found(assignment_id)
    call.backend.replica.bury(held)
    call.directory.remove_app_role(resource.id, assignment_id)
    return no_content()


_FIELDS = ("principalId", "resourceId", "appRoleId")


def _check_role(resource: DirectoryObject, role_id: str, principal: DirectoryObject) -> None:
    """Default access is for apps that declare no role a principal of this kind could have."""
    wanted = _PRINCIPALS[principal.kind]
    roles: list[dict[str, Any]] = [
        role
        for role in resource.props.get("appRoles") or ()
        if role.get("isEnabled", True) and wanted in role.get("allowedMemberTypes", [wanted])
    ]
    known = {role["id"] for role in roles} or {DEFAULT_ACCESS}
    if role_id not in known:
        raise bad_request(
            "Permission being assigned was not found on application "
            f"'{resource.props.get('appId', resource.id)}'."
        )
