"""Refuses callers without an application permission for the operation, in each service's words."""

import re

import msgspec

from ostiary.tenant.surface.backend import Call
from ostiary.tenant.surface.errors import RefusalError, forbidden
from ostiary.tenant.surface.licensing import require_p1_for_reports, require_p2
from ostiary.tenant.surface.permission_table import GRANTED_BY
from ostiary.tenant.surface.routing import Route

_READ_DIRECTORY = "Directory.Read.All Directory.ReadWrite.All"
_GROUP_READ = GRANTED_BY["GET /groups/{id}/members"]
_MEMBER_WRITE = GRANTED_BY["DELETE /groups/{id}/members/{id}"]
_APP_READ = GRANTED_BY["GET /applications"] + " Directory.ReadWrite.All"
_APP_OWNER_WRITE = "Application.ReadWrite.OwnedBy Application.ReadWrite.All Directory.ReadWrite.All"
_RESTORE = (
    "User.DeleteRestore.All User.ReadWrite.All Group.ReadWrite.All Application.ReadWrite.All "
    "Directory.ReadWrite.All"
)

_BEYOND_THE_MAP = {
    "GET /directoryobjects/{id}": _READ_DIRECTORY,
    "GET /directoryobjects/delta": GRANTED_BY["GET /users/delta"],
    "GET /devices": f"Device.Read.All Device.ReadWrite.All {_READ_DIRECTORY}",
    "GET /devices/delta": f"Device.Read.All Device.ReadWrite.All {_READ_DIRECTORY}",
    "GET /contacts": f"OrgContact.Read.All {_READ_DIRECTORY}",
    "GET /contacts/delta": f"OrgContact.Read.All {_READ_DIRECTORY}",
    "GET /directory/administrativeunits": (
        f"AdministrativeUnit.Read.All AdministrativeUnit.ReadWrite.All {_READ_DIRECTORY}"
    ),
    "GET /groups/{id}/memberswithlicenseerrors": (
        f"LicenseAssignment.Read.All Group.Read.All Group.ReadWrite.All {_READ_DIRECTORY}"
    ),
    "POST /groups/{id}/members": _MEMBER_WRITE,
    "POST /serviceprincipals/{id}/approleassignedto": _APP_READ,
    "POST /serviceprincipals/{id}/owners": _APP_OWNER_WRITE,
    "POST /applications/{id}/owners": _APP_OWNER_WRITE,
    "DELETE /applications/{id}/owners/{id}": _APP_OWNER_WRITE,
    "POST /directory/deleteditems/{id}/restore": _RESTORE,
    "DELETE /directory/deleteditems/{id}": _RESTORE,
    "GET /directory/deleteditems": f"User.Read.All Group.Read.All {_READ_DIRECTORY}",
    "GET /users/{id}/memberof": f"GroupMember.Read.All User.Read.All {_READ_DIRECTORY}",
    "GET /users/{id}/transitivememberof": f"GroupMember.Read.All User.Read.All {_READ_DIRECTORY}",
    "GET /users/{id}/directreports": GRANTED_BY["GET /users/{id}/manager"],
    "GET /groups/{id}/transitivemembers": _GROUP_READ,
    "GET /groups/{id}/memberof": _GROUP_READ,
    "GET /groups/{id}/transitivememberof": _GROUP_READ,
    "GET /groups/{id}/approleassignments": GRANTED_BY["GET /users/{id}/approleassignments"],
    "GET /serviceprincipals": f"{GRANTED_BY['GET /serviceprincipals']} Directory.ReadWrite.All",
    "GET /applications": _APP_READ,
    "GET /applications/{id}/owners": _APP_READ,
}

_TRAILING = re.compile(r"/(?:\$ref|\$count|\{cast\})$")
"""What the map lacks, and rows of it whose permissions are needed together, not either."""


def granting(route: Route) -> frozenset[str]:
    """Any one of these permissions opens the route; empty: it asks for none."""
    method, path = route.name.split(" ", 1)
    path = _TRAILING.sub("", path.lower())
    while path:
        key = f"{method} {path}"
        names = _BEYOND_THE_MAP.get(key, GRANTED_BY.get(key))
        if names is not None:
            return frozenset(names.split())
        path = path.rpartition("/")[0]
    return frozenset()


def require_permission(call: Call, route: Route, granted_by: frozenset[str]) -> None:
    if granted_by and not granted_by & call.caller.roles:
        raise _denied(route, granted_by)
    _require_licence(call, route)
    if _asks_for_sign_ins(call, route):
        if "AuditLog.Read.All" not in call.caller.roles:
            raise _report_denied("AuditLog.Read.All")
        require_p1_for_reports(call.directory)


def _denied(route: Route, granted_by: frozenset[str]) -> RefusalError:
    path = route.template.lower()
    if path.startswith("/auditlogs/"):
        return _report_denied("AuditLog.Read.All")
    if "/roleassignmentschedule" in path or "/roleeligibilityschedule" in path:
        return _pim_denied(granted_by, nested=route.method == "GET")
    return forbidden()


def _report_denied(permission: str) -> RefusalError:
    return RefusalError(
        403,
        "Authentication_MSGraphPermissionMissing",
        "The principal does not have required Microsoft Graph permission(s): "
        f"{permission} to call this API. For more information about Microsoft Graph permissions, "
        "please visit https://learn.microsoft.com/graph/permissions-overview.",
    )


def _pim_denied(granted_by: frozenset[str], *, nested: bool) -> RefusalError:
    """Both shapes were seen: the plain code, and the code inside a JSON string."""
    scopes = ",".join(sorted(granted_by))
    message = f"Authorization failed due to missing permission scope {scopes}."
    if not nested:
        return RefusalError(403, "PermissionScopeNotGranted", message)
    inner = {
        "errorCode": "PermissionScopeNotGranted",
        "message": message,
        "instanceAnnotations": [],
    }
    return RefusalError(403, "UnknownError", msgspec.json.encode(inner).decode())


def _require_licence(call: Call, route: Route) -> None:
    path = route.template.lower()
    if "/roleassignmentschedule" in path or "/roleeligibilityschedule" in path:
        require_p2(call.directory)


def _asks_for_sign_ins(call: Call, route: Route) -> bool:
    if not route.template.startswith("/users"):
        return False
    options = call.request.options
    asked = options.get("$select", "") + options.get("$filter", "")
    return "signinactivity" in asked.lower()
