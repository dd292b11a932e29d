"""Writes to users: success codes, failure texts, guards."""

from typing import Any

import pytest

from ostiary.tenant.directory import Kind
from ostiary.tenant.directory.ids import stable_id
from tests.tenant.surface.api import Api
from tests.tenant.surface.conftest import Serve
from tests.tenant.surface.tenant import E5

A, B, C = (stable_id(name) for name in ("alice", "bob", "carol"))
NEW = {
    "accountEnabled": True,
    "displayName": "Dave",
    "mailNickname": "dave",
    "userPrincipalName": "dave@contoso.test",
    "passwordProfile": {"password": "Correct-Horse-9", "forceChangePasswordNextSignIn": True},
}


def ref(object_id: str) -> dict[str, str]:
    return {"@odata.id": f"https://graph.microsoft.com/v1.0/directoryObjects/{object_id}"}


async def test_created_user_is_201_and_readable_at_once(serve: Serve) -> None:
    api = await serve(lag=60.0)
    answer = await api.ask("POST", "/users", NEW)
    assert answer.status == 201
    assert answer.body["displayName"] == "Dave"
    assert "passwordProfile" not in answer.body
    assert answer.headers["Location"].endswith(f"/v1.0/users/{answer.body['id']}")
    assert (await api.get(f"/users/{answer.body['id']}")).status == 200
    assert answer.body["id"] not in (await api.get("/users")).ids


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"userPrincipalName": "Alice@contoso.test"},
            "Another object with the same value for property userPrincipalName already exists.",
        ),
        (
            {"userPrincipalName": "dave@elsewhere.test"},
            "The domain portion of the userPrincipalName property is invalid. You must use one of "
            "the verified domain names in your organization.",
        ),
        (
            {"passwordProfile": {"password": "password"}},
            "The specified password does not comply with password complexity requirements. Please "
            "provide a different password.",
        ),
        (
            {"mailNickname": "da ve"},
            "Invalid value specified for property 'mailNickname' of resource 'User'.",
        ),
        (
            {"displayName": None},
            "A value is required for property 'displayName' of resource 'User'.",
        ),
        (
            {"employeeId": "12345678901234567"},
            "Invalid value specified for property 'employeeId' of resource 'User'.",
        ),
    ],
)
async def test_user_that_cannot_be_created_says_why(
    api: Api, change: dict[str, Any], message: str
) -> None:
    answer = await api.ask("POST", "/users", NEW | change)
    assert answer.error == (400, "Request_BadRequest", message)


async def test_conflict_comes_with_details(api: Api) -> None:
    answer = await api.ask("POST", "/users", NEW | {"userPrincipalName": "bob@contoso.test"})
    [detail] = answer.body["error"]["details"]
    assert (detail["code"], detail["target"]) == ("ObjectConflict", "userPrincipalName")


async def test_unknown_property_is_refused(api: Api) -> None:
    answer = await api.ask("PATCH", f"/users/{A}", {"shoeSize": 44})
    assert answer.error[1] == "BadRequest"
    assert "Property 'shoeSize' does not exist on type 'microsoft.graph.user'" in answer.error[2]


async def test_empty_body_is_refused(api: Api) -> None:
    answer = await api.ask("PATCH", f"/users/{A}")
    assert "An unexpected 'EndOfInput' node was found" in answer.error[2]


async def test_patch_is_204_and_merges_extension_attributes(api: Api) -> None:
    name = "onPremisesExtensionAttributes"
    for number in (1, 2):
        change = {name: {f"extensionAttribute{number}": "x"}, "department": "Sales"}
        assert (await api.ask("PATCH", f"/users/{A}", change)).status == 204
    user = await api.get(f"/users/{A}?$select={name},department")
    assert user.body["department"] == "Sales"
    assert user.body[name] == {"extensionAttribute1": "x", "extensionAttribute2": "x"}


async def test_synced_user_is_mastered_elsewhere(api: Api) -> None:
    api.directory.update(A, {"onPremisesSyncEnabled": True})
    answer = await api.ask("PATCH", f"/users/{A}", {"department": "Sales"})
    assert answer.error[:2] == (400, "Request_BadRequest")
    assert answer.error[2].startswith("Unable to update the specified properties for on-premises")
    allowed = await api.ask("PATCH", f"/users/{A}", {"usageLocation": "DE"})
    assert allowed.status == 204


async def test_administrator_is_disabled_only_by_a_privileged_app(serve: Serve) -> None:
    api = await serve()
    disable = {"accountEnabled": False}
    assert (await api.ask("PATCH", f"/users/{A}", disable)).status == 204
    assert (await api.ask("PATCH", f"/users/{C}", disable)).error[:2] == (
        403,
        "Authorization_RequestDenied",
    )
    assert (await api.ask("DELETE", f"/users/{C}")).status == 403
    api.caller_roles = frozenset({"62e90394-69f5-4237-9190-012177145e10"})
    assert (await api.ask("PATCH", f"/users/{C}", disable)).status == 204


async def test_password_asks_for_a_directory_role_of_the_app(api: Api) -> None:
    change = {"passwordProfile": {"password": "Correct-Horse-9"}}
    assert (await api.ask("PATCH", f"/users/{A}", change)).status == 403
    api.caller_roles = frozenset({"fe930be7-5e62-47db-91af-98c3a49a38b1"})
    assert (await api.ask("PATCH", f"/users/{A}", change)).status == 204
    assert (await api.ask("PATCH", f"/users/{C}", change)).status == 403


async def test_narrow_permission_writes_only_its_property(api: Api) -> None:
    api.roles = {"User.EnableDisableAccount.All", "User.Read.All"}
    assert (await api.ask("PATCH", f"/users/{A}", {"accountEnabled": False})).status == 204
    assert (await api.ask("PATCH", f"/users/{A}", {"department": "x"})).status == 403


async def test_delete_restore_and_purge(api: Api) -> None:
    assert (await api.ask("DELETE", f"/users/{B}")).status == 204
    assert (await api.ask("DELETE", f"/users/{B}")).status == 404
    restored = await api.ask("POST", f"/directory/deletedItems/{B}/restore")
    assert (restored.status, restored.body["id"]) == (200, B)
    await api.ask("DELETE", f"/users/{B}")
    assert (await api.ask("DELETE", f"/directory/deletedItems/{B}")).status == 204
    assert (await api.get(f"/directory/deletedItems/{B}")).status == 404


async def test_manager_is_set_and_cleared(api: Api) -> None:
    path = f"/users/{B}/manager/$ref"
    assert (await api.ask("PUT", path, ref(A))).status == 204
    assert (await api.get(f"/users/{B}/manager")).body["id"] == A
    assert (await api.ask("DELETE", path)).status == 204
    assert (await api.ask("DELETE", path)).status == 404
    missing = stable_id("nobody")
    assert missing in (await api.ask("PUT", path, ref(missing))).error[2]


async def test_revoking_sessions_answers_true(api: Api) -> None:
    answer = await api.ask("POST", f"/users/{A}/revokeSignInSessions")
    assert (answer.status, answer.body["value"]) == (200, True)
    user = await api.get(f"/users/{A}?$select=signInSessionsValidFromDateTime")
    assert user.body["signInSessionsValidFromDateTime"] == "2026-11-01T09:00:00Z"


async def license(api: Api, user: str, *, add: bool) -> Any:
    body = {
        "addLicenses": [{"skuId": E5, "disabledPlans": []}] if add else [],
        "removeLicenses": [] if add else [E5],
    }
    return await api.ask("POST", f"/users/{user}/assignLicense", body)


async def test_license_needs_a_location_a_seat_and_is_idempotent(api: Api) -> None:
    assert (await license(api, A, add=True)).error[2] == (
        "License assignment cannot be done for user with invalid usage location."
    )
    api.directory.update(A, {"usageLocation": "DE"})
    assert (await license(api, A, add=True)).status == 200
    assert (await license(api, A, add=True)).status == 200
    assert api.directory.skus[E5].consumed == 2
    api.directory.skus[E5].enabled_units = 2
    api.directory.update(C, {"usageLocation": "DE"})
    assert (await license(api, C, add=True)).error[2] == (
        f"Subscription with SKU {E5} does not have any available licenses."
    )


async def test_license_that_is_not_there_or_inherited_is_not_removed(api: Api) -> None:
    assert (await license(api, A, add=False)).error[2] == (
        "User does not have a corresponding license."
    )
    held = api.directory.create(Kind.GROUP, {"displayName": "Licensed"})
    api.directory.add_member(held.id, A)
    api.directory.assign_license(held.id, E5)
    assert (await license(api, A, add=False)).error[2] == (
        "User license is inherited from a group membership and it cannot be removed directly from "
        "the user."
    )


async def test_group_license_is_202_and_reaches_members_later(serve: Serve) -> None:
    api = await serve(lag=30.0)
    group = stable_id("Finance")
    body = {"addLicenses": [{"skuId": E5, "disabledPlans": []}], "removeLicenses": []}
    answer = await api.ask("POST", f"/groups/{group}/assignLicense", body)
    assert answer.status == 202
    assert (await api.get(f"/users/{A}?$select=assignedLicenses")).body["assignedLicenses"] == []
    api.directory.clock.advance(30)
    user = await api.get(f"/users/{A}?$select=licenseAssignmentStates")
    [state] = user.body["licenseAssignmentStates"]
    assert (state["assignedByGroup"], state["state"]) == (group, "Active")


async def test_license_body_needs_both_lists(api: Api) -> None:
    answer = await api.ask("POST", f"/users/{A}/assignLicense", {"addLicenses": []})
    assert "The missing parameters are: removeLicenses." in answer.error[2]


async def test_audit_names_the_app_that_made_the_change(api: Api) -> None:
    await api.ask("PATCH", f"/users/{A}", {"department": "Sales"})
    [event] = (await api.get("/auditLogs/directoryAudits")).value
    assert event["initiatedBy"]["app"]["appId"] == "11111111-aaaa-4aaa-8aaa-111111111111"
    assert event["targetResources"][0]["modifiedProperties"] == [
        {"displayName": "department", "oldValue": None, "newValue": '["Sales"]'}
    ]
