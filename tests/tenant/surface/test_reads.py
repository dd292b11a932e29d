"""Entities by key, links between them, $expand, and collections that are not directory objects."""

from base64 import urlsafe_b64decode
from uuid import UUID

import pytest

from ostiary.tenant.directory import Kind
from ostiary.tenant.directory.ids import stable_id
from tests.tenant.surface.api import EVENTUAL, Api
from tests.tenant.surface.conftest import Serve
from tests.tenant.surface.tenant import E5, GLOBAL_ADMINS, PAYROLL_ROLE, READERS, TENANT_ID, built

A, B, C = (stable_id(name) for name in ("alice", "bob", "carol"))
FINANCE, EVERYONE, PAYROLL = (stable_id(name) for name in ("Finance", "Everyone", "Payroll"))


@pytest.mark.parametrize(
    "path",
    [
        f"/users/{A}",
        f"/users/{A.upper()}",
        "/users/alice@contoso.test",
        "/users('alice@contoso.test')",
        f"/users('{A}')",
    ],
)
async def test_user_is_found_by_id_and_by_upn(api: Api, path: str) -> None:
    answer = await api.get(f"{path}?$select=displayName")
    assert answer.body["id"] == A
    assert answer.body["displayName"] == "Alice"
    assert answer.body["@odata.context"].endswith("$metadata#users(displayName)/$entity")


async def test_upn_follows_a_rename(api: Api) -> None:
    await api.get("/users/alice@contoso.test")
    api.directory.update(A, {"userPrincipalName": "al@contoso.test"})
    assert (await api.get("/users/al@contoso.test")).body["id"] == A
    assert (await api.get("/users/alice@contoso.test")).status == 404


async def test_missing_object_is_named_in_the_404(api: Api) -> None:
    missing = stable_id("nobody")
    assert (await api.get(f"/groups/{missing}")).error == (
        404,
        "Request_ResourceNotFound",
        f"Resource '{missing}' does not exist or one of its queried reference-property objects "
        "are not present.",
    )


async def test_service_principal_is_found_by_app_id(api: Api) -> None:
    app_id = stable_id("Payroll app")
    assert (await api.get(f"/servicePrincipals(appId='{app_id}')")).body["id"] == PAYROLL
    owners = await api.get(f"/servicePrincipals(appId='{app_id}')/owners?$select=id")
    assert owners.ids == [A]


async def test_v1_leaves_service_principals_out_of_members_and_beta_does_not(api: Api) -> None:
    path = f"/groups/{FINANCE}/members?$select=id"
    assert (await api.get(path)).ids == [A, B]
    assert (await api.get(path, version="beta")).ids == [A, B, PAYROLL]


async def test_members_name_their_types(api: Api) -> None:
    answer = await api.get(f"/groups/{EVERYONE}/members?$select=id")
    assert answer.value == [
        {"@odata.type": "#microsoft.graph.group", "id": FINANCE},
        {"@odata.type": "#microsoft.graph.user", "id": C},
    ]


async def test_cast_of_members_needs_the_header(api: Api) -> None:
    path = f"/groups/{EVERYONE}/members/microsoft.graph.user?$select=id"
    assert (await api.get(path, headers=EVENTUAL)).ids == [C]
    assert (await api.get(path)).error[:2] == (400, "Request_UnsupportedQuery")


async def test_expanded_manager_comes_with_its_own_select(api: Api) -> None:
    answer = await api.get("/users?$select=id&$expand=manager($select=id,displayName)")
    assert answer.value == [
        {
            "id": A,
            "manager": {
                "@odata.type": "#microsoft.graph.user",
                "id": C,
                "displayName": "Carol",
            },
        },
        {"id": B},
        {"id": C},
    ]


async def test_expand_shows_twenty_links_and_no_more(api: Api) -> None:
    for number in range(30):
        user = api.directory.create(Kind.USER, {"displayName": f"Extra {number}"})
        api.directory.add_member(EVERYONE, user.id)
    answer = await api.get(f"/groups/{EVERYONE}?$expand=members($select=id)")
    assert len(answer.body["members"]) == 20
    assert not [name for name in answer.body if "nextLink" in name]


async def test_page_with_expand_holds_a_hundred_objects(serve: Serve) -> None:
    directory = built()
    for number in range(120):
        directory.create(Kind.USER, {"displayName": f"Extra {number}"})
    api = await serve(directory=directory)
    pages = await api.pages("/users?$top=999&$expand=manager")
    assert [len(page.value) for page in pages] == [100, 23]


async def test_only_one_relation_is_expanded(api: Api) -> None:
    answer = await api.get("/groups?$expand=members,owners")
    assert answer.error[:2] == (400, "Request_UnsupportedQuery")


async def test_expand_excludes_advanced_queries(api: Api) -> None:
    answer = await api.get("/users?$expand=manager&$count=true", headers=EVENTUAL)
    assert answer.error[:2] == (400, "Request_UnsupportedQuery")


async def test_manager_is_404_for_who_has_none(api: Api) -> None:
    assert (await api.get(f"/users/{A}/manager?$select=id")).body["id"] == C
    assert (await api.get(f"/users/{C}/manager")).error[:2] == (404, "Request_ResourceNotFound")


async def test_app_role_assignment_reads_both_ways(api: Api) -> None:
    [there] = (await api.get(f"/servicePrincipals/{PAYROLL}/appRoleAssignedTo")).value
    assert there["appRoleId"] == PAYROLL_ROLE
    assert (there["principalType"], there["principalDisplayName"]) == ("User", "Bob")
    assert UUID(bytes_le=urlsafe_b64decode(there["id"] + "=")[:16]) == UUID(B)
    assert (await api.get(f"/users/{B}/appRoleAssignments")).value == [there]
    expanded = await api.get("/servicePrincipals?$select=id&$expand=appRoleAssignedTo")
    assert expanded.value == [{"id": PAYROLL, "appRoleAssignedTo": [there]}]


async def test_key_bytes_come_for_one_object_that_selects_them(api: Api) -> None:
    [listed] = (await api.get("/servicePrincipals?$select=keyCredentials")).value
    assert listed["keyCredentials"][0]["key"] is None
    unasked = await api.get(f"/servicePrincipals/{PAYROLL}")
    assert unasked.body["keyCredentials"][0]["key"] is None
    asked = await api.get(f"/servicePrincipals/{PAYROLL}?$select=keyCredentials")
    assert asked.body["keyCredentials"][0]["key"] == "c2VjcmV0"


async def test_role_assignments_expand_their_principal(api: Api) -> None:
    answer = await api.get("/roleManagement/directory/roleAssignments?$expand=principal")
    [row] = answer.value
    assert (row["principalId"], row["roleDefinitionId"]) == (C, GLOBAL_ADMINS)
    assert row["directoryScopeId"] == "/"
    assert row["principal"]["displayName"] == "Carol"


async def test_role_definitions_come_on_one_page(api: Api) -> None:
    answer = await api.get("/roleManagement/directory/roleDefinitions")
    assert set(answer.ids) == {READERS, GLOBAL_ADMINS}
    assert answer.next is None


async def test_pim_lists_eligibility_and_assignment(api: Api) -> None:
    path = "/roleManagement/directory/role{}ScheduleInstances"
    [eligible] = (await api.get(path.format("Eligibility"))).value
    assert (eligible["principalId"], eligible["memberType"]) == (A, "Direct")
    assert "assignmentType" not in eligible
    [assigned] = (await api.get(path.format("Assignment"))).value
    assert (assigned["principalId"], assigned["assignmentType"]) == (C, "Assigned")


async def test_skus_count_what_is_used(api: Api) -> None:
    [sku] = (await api.get("/subscribedSkus")).value
    assert sku["id"] == f"{TENANT_ID}_{E5}"
    assert (sku["consumedUnits"], sku["prepaidUnits"]["enabled"]) == (1, 5)
    [detail] = (await api.get(f"/users/{B}/licenseDetails")).value
    assert detail["skuPartNumber"] == "ENTERPRISEPREMIUM"


async def test_organization_and_domains(api: Api) -> None:
    [row] = (await api.get("/organization?$select=id,displayName,assignedPlans")).value
    assert (row["id"], row["displayName"]) == (TENANT_ID, "Contoso")
    assert (await api.get("/domains")).ids == ["contoso.test"]


async def test_get_by_ids_leaves_out_what_is_not_there(api: Api) -> None:
    body = {"ids": [A, FINANCE, stable_id("nobody")], "types": ["user", "group"]}
    answer = await api.ask("POST", "/directoryObjects/getByIds?$select=id", body)
    assert answer.value == [
        {"@odata.type": "#microsoft.graph.user", "id": A},
        {"@odata.type": "#microsoft.graph.group", "id": FINANCE},
    ]
    assert (await api.get(f"/directoryObjects/{FINANCE}")).body["displayName"] == "Finance"


async def test_audit_names_the_member_before_the_group(api: Api) -> None:
    api.directory.clock.advance(60)
    api.directory.remove_member(FINANCE, B)
    answer = await api.get(
        "/auditLogs/directoryAudits?$filter=activityDateTime%20ge%20"
        "2026-11-01T09:01:00Z&$orderby=activityDateTime"
    )
    [event] = answer.value
    assert event["activityDisplayName"] == "Remove member from group"
    assert [target["id"] for target in event["targetResources"]] == [B, FINANCE]


async def test_lists_lag_behind_and_reads_by_id_do_not(serve: Serve) -> None:
    api = await serve(lag=30.0)
    new = api.directory.create(Kind.USER, {"displayName": "Dave"}).id
    api.directory.add_member(EVERYONE, B)
    api.directory.remove_member(EVERYONE, C)
    api.directory.soft_delete(stable_id("bob"))
    members = f"/groups/{EVERYONE}/members?$select=id"
    assert new not in (await api.get("/users")).ids
    assert B in (await api.get("/users")).ids
    assert set((await api.get(members)).ids) == {FINANCE, C}
    assert (await api.get(f"/users/{new}")).status == 200
    assert (await api.get(f"/users/{B}")).status == 404
    api.directory.clock.advance(30)
    assert new in (await api.get("/users")).ids
    assert (await api.get(members)).ids == [FINANCE]


async def test_deleted_items_are_listed_by_type(api: Api) -> None:
    api.directory.soft_delete(B)
    assert (await api.get("/directory/deletedItems/microsoft.graph.user?$select=id")).ids == [B]
    assert (await api.get(f"/directory/deletedItems/{B}")).body["displayName"] == "Bob"
