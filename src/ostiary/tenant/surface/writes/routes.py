"""All routes that change the tenant."""

from collections.abc import Iterator

from ostiary.tenant.directory import Kind
from ostiary.tenant.surface.routing import Route
from ostiary.tenant.surface.writes import (
    app_roles,
    deleted,
    groups,
    licences,
    provisioning_jobs,
    role_assignments,
    users,
)
from ostiary.tenant.surface.writes.links import add_link, delete_member_itself, remove_link
from ostiary.tenant.surface.writes.pim_requests import ASSIGNMENT, ELIGIBILITY, request_handler

_ROLES = "/roleManagement/directory"
_JOBS = "/servicePrincipals/{}/synchronization/jobs/{}"
_OWNED = (
    ("/groups", Kind.GROUP),
    ("/servicePrincipals", Kind.SERVICE_PRINCIPAL),
    ("/applications", Kind.APPLICATION),
)


def write_routes() -> Iterator[Route]:
    yield from _user_routes()
    yield from _group_routes()
    for path, kind in _OWNED:
        yield Route("POST", f"{path}/{{}}/owners/$ref", add_link(kind, "owners"))
        yield Route("DELETE", f"{path}/{{}}/owners/{{}}/$ref", remove_link(kind, "owners"))
    yield Route("POST", "/servicePrincipals/{}/appRoleAssignedTo", app_roles.assign)
    yield Route("DELETE", "/servicePrincipals/{}/appRoleAssignedTo/{}", app_roles.remove)
    yield Route("POST", f"{_ROLES}/roleAssignments", role_assignments.assign)
    yield Route("DELETE", f"{_ROLES}/roleAssignments/{{}}", role_assignments.remove)
    eligibility, assignment = request_handler(ELIGIBILITY), request_handler(ASSIGNMENT)
    yield Route("POST", f"{_ROLES}/roleEligibilityScheduleRequests", eligibility)
    yield Route("POST", f"{_ROLES}/roleAssignmentScheduleRequests", assignment)
    yield Route("POST", "/directory/deletedItems/{}/restore", deleted.restore)
    yield Route("DELETE", "/directory/deletedItems/{}", deleted.purge)
    yield Route("POST", f"{_JOBS}/start", provisioning_jobs.start)
    yield Route("POST", f"{_JOBS}/provisionOnDemand", provisioning_jobs.provision_on_demand)


def _user_routes() -> Iterator[Route]:
    yield Route("POST", "/users", users.create_user)
    yield Route("PATCH", "/users/{}", users.update_user)
    yield Route("DELETE", "/users/{}", users.delete_user)
    yield Route("PUT", "/users/{}/manager/$ref", users.set_manager)
    yield Route("DELETE", "/users/{}/manager/$ref", users.clear_manager)
    yield Route("POST", "/users/{}/revokeSignInSessions", users.revoke_sessions)
    yield Route("POST", "/users/{}/assignLicense", licences.assign_to_user)
    yield Route("POST", "/users/{}/reprocessLicenseAssignment", licences.reprocess)


def _group_routes() -> Iterator[Route]:
    yield Route("POST", "/groups", groups.create_group)
    yield Route("PATCH", "/groups/{}", groups.update_group)
    yield Route("DELETE", "/groups/{}", groups.delete_group)
    yield Route("POST", "/groups/{}/members/$ref", add_link(Kind.GROUP, "members"))
    yield Route("DELETE", "/groups/{}/members/{}/$ref", remove_link(Kind.GROUP, "members"))
    yield Route("DELETE", "/groups/{}/members/{}", delete_member_itself)
    yield Route("POST", "/groups/{}/assignLicense", licences.assign_to_group)
