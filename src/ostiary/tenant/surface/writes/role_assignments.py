"""Active directory role assignments, tenant-wide or scoped."""

from ostiary.tenant.directory import (
    ROOT_SCOPE,
    AlreadyExistsError,
    DirectoryObject,
    Kind,
    RoleAssignment,
)
from ostiary.tenant.surface.backend import Call
from ostiary.tenant.surface.errors import bad_request, not_found
from ostiary.tenant.surface.message import GraphResponse, json_response, no_content
from ostiary.tenant.surface.reads.rows import role_assignment
from ostiary.tenant.surface.writes.bodies import json_object, referenced, required
from ostiary.tenant.surface.writes.guards import GLOBAL_ADMINISTRATOR

_RESOURCE = "UnifiedRoleAssignment"


def assign(call: Call) -> GraphResponse:
    body = json_object(call)
    principal_id = str(required(body, "principalId", _RESOURCE)).lower()
    role_id = str(required(body, "roleDefinitionId", _RESOURCE)).lower()
    scope = str(required(body, "directoryScopeId", _RESOURCE))
    if role_id not in call.directory.role_definitions:
        raise not_found(role_id)
    check_principal(referenced(call, principal_id))
    check_scope(call, scope)
    try:
        made = call.directory.assign_role(principal_id, role_id, scope)
    except AlreadyExistsError:
        raise bad_request(
            "A conflicting object with one or more of the specified property values is present in "
            "the directory."
        ) from None
    context = f"{call.request.service_root}/$metadata#roleManagement/directory/roleAssignments"
    shown = role_assignment(made)
    return json_response({"@odata.context": f"{context}/$entity", "id": made.id, **shown}, 201)


def remove(call: Call) -> GraphResponse:
    call.directory.expire()
    held = call.directory.role_assignments.get(call.args[0])
    if held is None:
        raise not_found(call.args[0])
    if _activated(call, held):
        raise bad_request(
            "The role assignment was activated through Privileged Identity Management and has to "
            "be removed there."
        )
    if _last_global_administrator(call, held):
        raise bad_request("Cannot remove the last Global Administrator from the tenant.")
    call.directory.remove_role(held.id)
    return no_content()


def check_principal(principal: DirectoryObject) -> None:
    assignable = principal.props.get("isAssignableToRole")
    if principal.kind is Kind.GROUP and not assignable:
        raise bad_request("The group is not assignable to roles: isAssignableToRole is not set.")
    if principal.kind not in (Kind.USER, Kind.GROUP, Kind.SERVICE_PRINCIPAL):
        raise bad_request("The principal must be a user, a group or a service principal.")


def check_scope(call: Call, scope: str) -> None:
    if scope == ROOT_SCOPE:
        return
    _, _, scope_id = scope.rpartition("/")
    held = call.directory.find(scope_id)
    if not scope.startswith("/") or held is None:
        raise not_found(scope_id or scope)
    unit = scope.startswith("/administrativeUnits/")
    if unit != (held.kind is Kind.ADMINISTRATIVE_UNIT):
        raise bad_request(f"The directory scope '{scope}' does not name what it leads to.")


def _activated(call: Call, held: RoleAssignment) -> bool:
    return any(
        instance.assignment_type == "Activated"
        for instance in call.directory.assignment_instances.values()
        if instance.origin_id == held.id
    )


def _last_global_administrator(call: Call, held: RoleAssignment) -> bool:
    if held.role_definition_id != GLOBAL_ADMINISTRATOR or held.directory_scope_id != ROOT_SCOPE:
        return False
    return not any(
        other.id != held.id
        and other.role_definition_id == GLOBAL_ADMINISTRATOR
        and other.directory_scope_id == ROOT_SCOPE
        for other in call.directory.role_assignments.values()
    )
