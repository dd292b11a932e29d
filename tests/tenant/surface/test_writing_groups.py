"""Groups, members, owners, app roles, directory roles and PIM: what is done and what refused."""

from typing import Any

import pytest

from ostiary.tenant.directory import DEFAULT_ACCESS, Kind
from ostiary.tenant.directory.ids import stable_id
from ostiary.tenant.surface.writes.pim_policy import RolePolicy
from tests.tenant.surface.api import Answer, Api
from tests.tenant.surface.conftest import Serve
from tests.tenant.surface.tenant import GLOBAL_ADMINS, PAYROLL_ROLE, READERS, group
from tests.tenant.surface.test_writing_users import ref

A, B, C = (stable_id(name) for name in ("alice", "bob", "carol"))
FINANCE, EVERYONE, PAYROLL = (stable_id(name) for name in ("Finance", "Everyone", "Payroll"))
DENIED = (403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
ROLES = "/roleManagement/directory"


def missing(object_id: str) -> tuple[int, str, str]:
    return (
        404,
        "Request_ResourceNotFound",
        f"Resource '{object_id}' does not exist or one of its queried reference-property objects "
        "are not present.",
    )


async def add(api: Api, holder: str, target: str, relation: str = "members") -> Answer:
    return await api.ask("POST", f"/groups/{holder}/{relation}/$ref", ref(target))


async def remove(api: Api, holder: str, target: str, relation: str = "members") -> Answer:
    return await api.ask("DELETE", f"/groups/{holder}/{relation}/{target}/$ref")


async def test_member_is_added_once(api: Api) -> None:
    assert (await add(api, FINANCE, C)).status == 204
    assert (await add(api, FINANCE, C)).error == (
        400,
        "Request_BadRequest",
        "One or more added object references already exist for the following modified properties: "
        "'members'.",
    )


async def test_404_quotes_the_id_that_is_missing(api: Api) -> None:
    nobody = stable_id("nobody")
    assert (await add(api, FINANCE, nobody)).error == missing(nobody)
    assert (await add(api, nobody, A)).error == missing(nobody)


async def test_member_is_removed_once(api: Api) -> None:
    assert (await remove(api, FINANCE, B)).status == 204
    assert (await remove(api, FINANCE, B)).error == (
        400,
        "Request_BadRequest",
        "One or more removed object references do not exist for the following modified "
        "properties: 'members'.",
    )
    nobody = stable_id("nobody")
    assert (await remove(api, FINANCE, nobody)).error == missing(nobody)


async def test_removing_without_ref_deletes_the_user_itself(api: Api) -> None:
    assert (await api.ask("DELETE", f"/groups/{FINANCE}/members/{B}")).status == 204
    assert api.directory.find(B) is None


@pytest.mark.parametrize(
    ("props", "status", "words"),
    [
        ({"groupTypes": ["DynamicMembership"]}, 403, "Insufficient privileges"),
        ({"onPremisesSyncEnabled": True}, 400, "on-premises mastered Directory Sync"),
        ({"mailEnabled": True}, 400, "Cannot Update a mail-enabled security groups"),
    ],
)
async def test_some_memberships_are_not_graphs_to_change(
    api: Api, props: dict[str, Any], status: int, words: str
) -> None:
    api.directory.update(FINANCE, props)
    for answer in (await add(api, FINANCE, C), await remove(api, FINANCE, B)):
        assert answer.status == status
        assert words in answer.error[2]


async def test_role_assignable_group_asks_for_role_management(api: Api) -> None:
    api.directory.update(FINANCE, {"isAssignableToRole": True})
    assert (await add(api, FINANCE, C)).status == 204
    api.roles.discard("RoleManagement.ReadWrite.Directory")
    assert (await remove(api, FINANCE, C)).error == DENIED


async def test_user_is_added_with_group_member_permission_and_a_group_needs_more(api: Api) -> None:
    api.roles = {"GroupMember.ReadWrite.All"}
    assert (await add(api, FINANCE, C)).status == 204
    assert (await add(api, FINANCE, EVERYONE)).error == DENIED


async def test_last_owner_stays(api: Api) -> None:
    assert (await remove(api, FINANCE, C, "owners")).error[2] == (
        "The group must have at least one owner, hence this owner cannot be removed."
    )
    assert (await add(api, FINANCE, A, "owners")).status == 204
    assert (await remove(api, FINANCE, C, "owners")).status == 204


async def test_hundred_owners_are_the_most(api: Api) -> None:
    for number in range(99):
        owner = api.directory.create(Kind.USER, {"displayName": f"Owner {number}"})
        api.directory.add_owner(FINANCE, owner.id)
    assert (await add(api, FINANCE, A, "owners")).error == (
        403,
        "Directory_QuotaExceeded",
        "Unable to perform operation as '101' would exceed the maximum quota count '100' for "
        "forward-link 'owners'.",
    )


async def test_malformed_reference_is_refused(api: Api) -> None:
    answer = await api.ask("POST", f"/groups/{FINANCE}/members/$ref", {"@odata.id": "x"})
    assert answer.error[2] == "Write requests are only supported on contained entities"


async def test_bound_members_are_added_all_or_none(api: Api) -> None:
    links = [ref(each)["@odata.id"] for each in (C, EVERYONE)]
    path = f"/groups/{FINANCE}"
    assert (await api.ask("PATCH", path, {"members@odata.bind": links})).status == 204
    again = [ref(each)["@odata.id"] for each in (PAYROLL, C)]
    api.directory.remove_member(FINANCE, PAYROLL)
    assert (await api.ask("PATCH", path, {"members@odata.bind": again})).status == 400
    assert PAYROLL not in api.directory.members[FINANCE]
    too_many = [ref(stable_id(str(number)))["@odata.id"] for number in range(21)]
    assert (await api.ask("PATCH", path, {"members@odata.bind": too_many})).status in (400, 404)


async def create(api: Api, **change: Any) -> Answer:
    return await api.ask("POST", "/groups", group("New") | change)


async def test_group_is_created_with_owner_and_members(api: Api) -> None:
    answer = await create(
        api,
        **{
            "owners@odata.bind": [ref(A)["@odata.id"]],
            "members@odata.bind": [ref(B)["@odata.id"]],
        },
    )
    assert answer.status == 201
    assert (await api.get(f"/groups/{answer.body['id']}/owners?$select=id")).ids == [A]
    assert (await api.get(f"/groups/{answer.body['id']}/members?$select=id")).ids == [B]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"mailNickname": "finance"}, "property mailNickname already exists"),
        ({"mailEnabled": True}, "does not currently support writes of mail-enabled groups"),
        ({"displayName": ""}, "A value is required for property 'displayName'"),
        ({"members@odata.bind": [ref(A)["@odata.id"]] * 2}, "can only be present once"),
        (
            {"groupTypes": ["DynamicMembership"]},
            "A value is required for property 'membershipRule'",
        ),
    ],
)
async def test_group_that_cannot_be_created_says_why(
    api: Api, change: dict[str, Any], words: str
) -> None:
    answer = await create(api, **change)
    assert answer.status == 400
    assert words in answer.error[2]


async def test_role_assignable_group_is_created_with_role_management_only(api: Api) -> None:
    assert (await create(api, isAssignableToRole=True)).status == 201
    api.roles.discard("RoleManagement.ReadWrite.Directory")
    assert (await create(api, isAssignableToRole=True, mailNickname="x")).error == DENIED


async def test_group_is_deleted_unless_it_has_licences(api: Api) -> None:
    assert (await api.ask("DELETE", f"/groups/{EVERYONE}")).status == 204
    api.directory.update(FINANCE, {"assignedLicenses": [{"skuId": "x", "disabledPlans": []}]})
    assert (await api.ask("DELETE", f"/groups/{FINANCE}")).status == 400


async def app_role(api: Api, principal: str, role: str = PAYROLL_ROLE) -> Answer:
    body = {"principalId": principal, "resourceId": PAYROLL, "appRoleId": role}
    return await api.ask("POST", f"/servicePrincipals/{PAYROLL}/appRoleAssignedTo", body)


async def test_app_role_is_assigned_once_and_removed_once(api: Api) -> None:
    made = await app_role(api, A)
    assert made.status == 201
    assert made.body["principalDisplayName"] == "Alice"
    assert (await app_role(api, A)).error == (
        400,
        "Request_BadRequest",
        "Permission being assigned already exists on the object",
    )
    path = f"/servicePrincipals/{PAYROLL}/appRoleAssignedTo/{made.body['id']}"
    assert (await api.ask("DELETE", path)).status == 204
    assert (await api.ask("DELETE", path)).status == 404


async def test_app_with_roles_refuses_default_access(api: Api) -> None:
    answer = await app_role(api, A, DEFAULT_ACCESS)
    assert answer.error[2].startswith("Permission being assigned was not found on application")


async def test_app_role_assignment_needs_both_permissions(api: Api) -> None:
    api.roles = {"Application.Read.All"}
    assert (await app_role(api, A)).error == DENIED
    api.roles = {"AppRoleAssignment.ReadWrite.All"}
    assert (await app_role(api, A)).error == DENIED
    api.roles = {"AppRoleAssignment.ReadWrite.All", "Application.Read.All"}
    assert (await app_role(api, A)).status == 201


async def test_app_role_list_lags_in_both_directions(serve: Serve) -> None:
    api = await serve(lag=30.0)
    path = f"/servicePrincipals/{PAYROLL}/appRoleAssignedTo"
    [held] = (await api.get(path)).ids
    made = await app_role(api, A)
    await api.ask("DELETE", f"{path}/{held}")
    assert (await api.get(path)).ids == [held]
    api.directory.clock.advance(30)
    assert (await api.get(path)).ids == [made.body["id"]]


async def test_owners_of_service_principals(api: Api) -> None:
    path = f"/servicePrincipals/{PAYROLL}/owners"
    assert (await api.ask("POST", f"{path}/$ref", ref(B))).status == 204
    assert (await api.ask("DELETE", f"{path}/{B}/$ref")).status == 204
    assert (await api.ask("DELETE", f"{path}/{A}/$ref")).status == 204


async def role(api: Api, principal: str, definition: str = READERS, scope: str = "/") -> Answer:
    body = {"principalId": principal, "roleDefinitionId": definition, "directoryScopeId": scope}
    return await api.ask("POST", f"{ROLES}/roleAssignments", body)


async def test_directory_role_is_assigned_once_and_removed_once(api: Api) -> None:
    made = await role(api, B)
    assert made.status == 201
    assert (await role(api, B)).error == (
        400,
        "Request_BadRequest",
        "A conflicting object with one or more of the specified property values is present in the "
        "directory.",
    )
    path = f"{ROLES}/roleAssignments/{made.body['id']}"
    assert (await api.ask("DELETE", path)).status == 204
    assert (await api.ask("DELETE", path)).status == 404


async def test_role_goes_only_to_groups_made_for_it(api: Api) -> None:
    assert (await role(api, FINANCE)).status == 400
    api.directory.update(FINANCE, {"isAssignableToRole": True})
    assert (await role(api, FINANCE)).status == 201


async def test_last_global_administrator_stays(api: Api) -> None:
    [held] = (await api.get(f"{ROLES}/roleAssignments")).ids
    assert (await api.ask("DELETE", f"{ROLES}/roleAssignments/{held}")).status == 400
    await role(api, A, GLOBAL_ADMINS)
    assert (await api.ask("DELETE", f"{ROLES}/roleAssignments/{held}")).status == 204


async def test_scope_must_exist(api: Api) -> None:
    nowhere = stable_id("nowhere")
    assert (await role(api, B, scope=f"/{nowhere}")).error == missing(nowhere)
    assert (await role(api, B, scope=f"/{stable_id('Payroll application')}")).status == 201


async def pim(api: Api, side: str, action: str, principal: str = B, **more: Any) -> Answer:
    body = {
        "action": action,
        "principalId": principal,
        "roleDefinitionId": READERS,
        "directoryScopeId": "/",
        **more,
    }
    return await api.ask("POST", f"{ROLES}/role{side}ScheduleRequests", body)


@pytest.mark.parametrize("side", ["Eligibility", "Assignment"])
async def test_pim_gives_and_takes(api: Api, side: str) -> None:
    made = await pim(api, side, "adminAssign")
    assert (made.status, made.body["status"]) == (201, "Provisioned")
    assert made.body["targetScheduleId"]
    listed = (await api.get(f"{ROLES}/role{side}ScheduleInstances")).value
    assert (B, READERS) in {(row["principalId"], row["roleDefinitionId"]) for row in listed}
    assert (await pim(api, side, "adminAssign")).error == (
        400,
        "RoleAssignmentExists",
        "The Role assignment already exists.",
    )
    taken = await pim(api, side, "adminRemove")
    assert (taken.status, taken.body["status"]) == (201, "Revoked")
    assert (await pim(api, side, "adminRemove")).error[:2] == (400, "RoleAssignmentDoesNotExist")


async def test_eligibility_ends_after_its_duration(api: Api) -> None:
    schedule = {"expiration": {"type": "afterDuration", "duration": "PT8H"}}
    made = await pim(api, "Eligibility", "adminAssign", scheduleInfo=schedule)
    expiration = made.body["scheduleInfo"]["expiration"]
    assert expiration["endDateTime"] == "2026-11-01T17:00:00Z"
    api.directory.clock.advance(8 * 3600)
    listed = (await api.get(f"{ROLES}/roleEligibilityScheduleInstances")).value
    assert B not in {row["principalId"] for row in listed}


async def test_policy_names_every_broken_rule(api: Api) -> None:
    api.surface.backend.role_policies[READERS] = RolePolicy(justification=True, ticket=True)
    answer = await pim(api, "Eligibility", "adminAssign")
    assert answer.error == (
        400,
        "RoleAssignmentRequestPolicyValidationFailed",
        'The following policy rules failed: ["JustificationRule","TicketingRule"]',
    )


async def test_validation_only_changes_nothing(api: Api) -> None:
    answer = await pim(api, "Eligibility", "adminAssign", isValidationOnly=True)
    assert answer.status == 201
    assert (await pim(api, "Eligibility", "adminRemove")).status == 400


async def test_unknown_subject_is_not_found(api: Api) -> None:
    answer = await pim(api, "Eligibility", "adminAssign", principal=stable_id("nobody"))
    assert answer.error[:2] == (404, "SubjectNotFound")


async def test_activated_role_is_not_removed_as_an_assignment(api: Api) -> None:
    instance = api.directory.activate_role(A, READERS)
    answer = await api.ask("DELETE", f"{ROLES}/roleAssignments/{instance.origin_id}")
    assert answer.status == 400
    assert (await pim(api, "Assignment", "adminRemove", principal=A)).status == 201
