"""Which permission opens what, and the words of each refusal."""

import json

import pytest

from ostiary.tenant.directory.ids import stable_id
from tests.tenant.surface.api import Api
from tests.tenant.surface.conftest import Serve
from tests.tenant.surface.tenant import built

PIM = "/roleManagement/directory/roleEligibilityScheduleInstances"


@pytest.mark.parametrize(
    ("path", "role"),
    [
        ("/users", "User.Read.All"),
        ("/users/alice@contoso.test", "User.ReadBasic.All"),
        ("/groups", "GroupMember.Read.All"),
        (f"/groups/{stable_id('Finance')}/members", "GroupMember.Read.All"),
        (f"/groups/{stable_id('Finance')}/members/$count", "GroupMember.Read.All"),
        (f"/groups/{stable_id('Finance')}/owners", "GroupMember.Read.All"),
        ("/servicePrincipals", "Application.Read.All"),
        (f"/servicePrincipals/{stable_id('Payroll')}", "Application.Read.All"),
        ("/applications", "Application.Read.All"),
        ("/subscribedSkus", "LicenseAssignment.Read.All"),
        ("/roleManagement/directory/roleAssignments", "RoleManagement.Read.Directory"),
        (PIM, "RoleManagement.Read.Directory"),
        ("/organization", "Organization.Read.All"),
        ("/domains", "Domain.Read.All"),
        ("/auditLogs/directoryAudits", "AuditLog.Read.All"),
        ("/devices", "Device.Read.All"),
    ],
)
async def test_one_permission_opens_the_operation_and_none_does_not(
    api: Api, path: str, role: str
) -> None:
    headers = {"ConsistencyLevel": "eventual"}
    api.roles.clear()
    assert (await api.get(path, headers=headers)).status == 403
    api.roles.add(role)
    assert (await api.get(path, headers=headers)).status == 200


async def test_directory_refuses_in_general_words(api: Api) -> None:
    api.roles.clear()
    assert (await api.get("/users")).error == (
        403,
        "Authorization_RequestDenied",
        "Insufficient privileges to complete the operation.",
    )


async def test_pim_names_the_missing_scopes_inside_a_json_string(api: Api) -> None:
    api.roles = {"User.Read.All"}
    status, code, message = (await api.get(PIM)).error
    assert (status, code) == (403, "UnknownError")
    inner = json.loads(message)
    assert inner["errorCode"] == "PermissionScopeNotGranted"
    assert "RoleManagement.Read.Directory" in inner["message"]


async def test_pim_without_p2_is_refused(serve: Serve) -> None:
    api = await serve(directory=built("no such plan"))
    assert (await api.get(PIM)).error == (
        400,
        "AadPremiumLicenseRequired",
        "The tenant needs to have Microsoft Entra ID P2 or Microsoft Entra ID Governance license.",
    )


async def test_sign_in_activity_needs_the_audit_log_permission_as_well(api: Api) -> None:
    path = "/users?$select=id,signInActivity"
    alice, *others = (await api.get(path)).value
    assert alice["signInActivity"] == {"lastSignInDateTime": "2026-10-30T08:00:00Z"}
    assert [other["signInActivity"] for other in others] == [None, None]
    api.roles = {"User.Read.All"}
    status, code, message = (await api.get(path)).error
    assert (status, code) == (403, "Authentication_MSGraphPermissionMissing")
    assert "AuditLog.Read.All" in message


async def test_sign_in_activity_needs_a_premium_tenant(serve: Serve) -> None:
    api = await serve(directory=built("no such plan"))
    assert (await api.get("/users?$select=signInActivity")).error == (
        403,
        "Authentication_RequestFromNonPremiumTenantOrB2CTenant",
        "Neither tenant is B2C or tenant doesn't have premium license",
    )
