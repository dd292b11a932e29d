from collections import Counter

import pytest

from ostiary.tenant.directory import Directory, Kind
from ostiary.tenant.directory.builtin_roles import GLOBAL_ADMINISTRATOR, USER_ADMINISTRATOR
from ostiary.tenant.stories import story
from ostiary.tenant.stories.foundation import E5, ENTRA_P2
from ostiary.tenant.stories.many_names import NAMES


@pytest.fixture(scope="module")
def tenant() -> Directory:
    """Read only."""
    return story()


def props(tenant: Directory, name: str) -> dict[str, object]:
    return tenant.get(tenant.id_of(name)).props


def assigned_to(tenant: Directory, app: str) -> int:
    return len(tenant.app_role_assignments.get(tenant.id_of(app), {}))


def test_the_story_is_told_the_same_way_every_time(tenant: Directory) -> None:
    again = story()
    assert list(again.index) == list(tenant.index)
    assert again.members == tenant.members
    assert again.app_role_assignments == tenant.app_role_assignments
    assert again.role_assignments == tenant.role_assignments


def test_the_story_is_the_baseline(tenant: Directory) -> None:
    assert tenant.journal.version == 0


def test_the_cast_is_as_the_scenarios_describe_it(tenant: Directory) -> None:
    assert tenant.managers[tenant.id_of("Bob")] == tenant.id_of("Alice")
    assert tenant.id_of("Carol") not in tenant.managers
    assert props(tenant, "Dave")["accountEnabled"] is False
    assert props(tenant, "Eve")["userType"] == "Guest"
    assert "#EXT#" in str(props(tenant, "Eve")["userPrincipalName"])
    assert props(tenant, "Frank")["onPremisesSyncEnabled"] is True
    assert "usageLocation" not in props(tenant, "Gina")
    assert props(tenant, "Svc-Backup")["displayName"] == "Svc-Backup"
    assert 55 <= len(tenant.objects[Kind.USER]) <= 70


def test_the_groups_are_of_the_kinds_the_scenarios_need(tenant: Directory) -> None:
    assert props(tenant, "SG-All")["groupTypes"] == ["DynamicMembership"]
    assert props(tenant, "SG-OnPrem")["onPremisesSyncEnabled"] is True
    assert props(tenant, "SG-Admins")["isAssignableToRole"] is True
    assert props(tenant, "M365-Project")["groupTypes"] == ["Unified"]
    matrix = {
        name: (props(tenant, name)["securityEnabled"], props(tenant, name)["mailEnabled"])
        for name in ("SG-Finance", "MESG-Alerts", "DL-News")
    }
    expected = {"SG-Finance": (True, False), "MESG-Alerts": (True, True), "DL-News": (False, True)}
    assert matrix == expected
    bob, finance = tenant.id_of("Bob"), tenant.id_of("SG-Finance")
    assert bob in tenant.members[finance]
    assert finance in tenant.members[tenant.id_of("SG-Nested")]
    assert bob not in tenant.members[tenant.id_of("SG-Nested")]


def test_the_dynamic_group_holds_exactly_the_enabled_members(tenant: Directory) -> None:
    matching = {
        user.id
        for user in tenant.objects[Kind.USER].values()
        if user.props["userType"] == "Member" and user.props["accountEnabled"]
    }
    assert set(tenant.members[tenant.id_of("SG-All")]) == matching


def test_groups_nest_four_deep_and_in_circles(tenant: Directory) -> None:
    def holds(outer: str, inner: str) -> bool:
        return tenant.id_of(inner) in tenant.members[tenant.id_of(outer)]

    assert all(holds(f"SG-Level-{n}", f"SG-Level-{n + 1}") for n in (1, 2, 3))
    assert holds("SG-Cycle-A", "SG-Cycle-B")
    assert holds("SG-Cycle-B", "SG-Cycle-A")
    assert all(holds(f"SG-Ring-{n}", f"SG-Ring-{n % 3 + 1}") for n in (1, 2, 3))
    outside = {"SG-Ring-1", "SG-Ring-2", "SG-Ring-3"}
    for group_id, members in tenant.members.items():
        if tenant.get(group_id).display_name not in outside:
            assert not any(tenant.get(one).display_name in outside for one in members)


def test_every_kind_of_object_is_a_member_somewhere(tenant: Directory) -> None:
    kinds = {tenant.get(one).kind for held in tenant.members.values() for one in held}
    assert kinds == {
        Kind.USER,
        Kind.GROUP,
        Kind.SERVICE_PRINCIPAL,
        Kind.DEVICE,
        Kind.ORG_CONTACT,
    }
    owners = {tenant.get(one).kind for held in tenant.owners.values() for one in held}
    assert owners == {Kind.USER, Kind.SERVICE_PRINCIPAL}


def test_no_manager_is_their_own_report(tenant: Directory) -> None:
    for start in tenant.managers:
        seen, at = {start}, tenant.managers.get(start)
        while at is not None:
            assert at not in seen
            seen.add(at)
            at = tenant.managers.get(at)


def test_assignments_stand_on_both_sides_of_what_expand_shows(tenant: Directory) -> None:
    assert assigned_to(tenant, "App-Twenty") == 20
    assert assigned_to(tenant, "App-TwentyOne") == 21
    assert assigned_to(tenant, "App-Crowded") > 100
    assert assigned_to(tenant, "Legacy") == 0
    expenses = tenant.app_role_assignments[tenant.id_of("Expenses")].values()
    assert tenant.id_of("SG-Finance") in {one.principal_id for one in expenses}
    assert tenant.sync_jobs[tenant.id_of("Expenses")][0]["templateId"] == "scim"


def test_every_assigned_role_is_one_the_app_offers(tenant: Directory) -> None:
    for resource_id, held in tenant.app_role_assignments.items():
        offered = {role["id"] for role in tenant.get(resource_id).props["appRoles"]}
        default = "00000000-0000-0000-0000-000000000000"
        assert {one.app_role_id for one in held.values()} <= offered | {default}


def test_service_principals_are_of_every_type(tenant: Directory) -> None:
    types = Counter(
        one.props["servicePrincipalType"] for one in tenant.objects[Kind.SERVICE_PRINCIPAL].values()
    )
    assert set(types) == {"Application", "ManagedIdentity", "Legacy", "SocialIdp"}
    explicit = {
        one.props["alternativeNames"][0]
        for one in tenant.objects[Kind.SERVICE_PRINCIPAL].values()
        if one.props["servicePrincipalType"] == "ManagedIdentity"
    }
    assert explicit == {"isExplicit=True", "isExplicit=False"}


def test_global_administrators_are_permanent_eligible_and_active_for_two_hours(
    tenant: Directory,
) -> None:
    active = {
        tenant.get(one.principal_id).display_name: one
        for one in tenant.assignment_instances.values()
        if one.role_definition_id == GLOBAL_ADMINISTRATOR
    }
    assert active["Carol Reyes"].end is None
    assert active["Carol Reyes"].assignment_type == "Assigned"
    activated = active["Erin Castellan"]
    assert activated.assignment_type == "Activated"
    assert activated.end is not None
    assert (activated.end - tenant.clock.now()).total_seconds() == 7200
    eligible = {one.principal_id for one in tenant.eligibility_instances.values()}
    assert tenant.id_of("Alice") in eligible
    assert "Alice Marlow" not in active


def test_user_administrator_is_held_through_the_admins_group(tenant: Directory) -> None:
    holders = [
        one.principal_id
        for one in tenant.role_assignments.values()
        if one.role_definition_id == USER_ADMINISTRATOR
    ]
    assert holders == [tenant.id_of("SG-Admins")]


def test_roles_are_held_in_scopes_and_by_group_eligibility(tenant: Directory) -> None:
    scopes = {one.directory_scope_id for one in tenant.role_assignments.values()}
    scopes |= {one.directory_scope_id for one in tenant.eligibility_instances.values()}
    unit = tenant.id_of("AU-Basel")
    expenses = tenant.id_of("Expenses", Kind.APPLICATION)
    assert scopes == {"/", f"/administrativeUnits/{unit}", f"/{expenses}"}
    kinds = {tenant.get(one.principal_id).kind for one in tenant.eligibility_instances.values()}
    assert kinds == {Kind.USER, Kind.GROUP}
    assert any(not one.is_built_in for one in tenant.role_definitions.values())


def test_bob_inherits_e5_and_holds_p2_himself(tenant: Directory) -> None:
    paths = {
        (one["skuId"], one["assignedByGroup"])
        for one in tenant.get(tenant.id_of("Bob")).props["licenseAssignmentStates"]
    }
    assert paths == {(E5, tenant.id_of("SG-Finance")), (ENTRA_P2, None)}


def test_inherited_licences_fail_in_three_ways(tenant: Directory) -> None:
    errors = {
        one["error"]
        for user in tenant.objects[Kind.USER].values()
        for one in user.props["licenseAssignmentStates"]
    }
    assert errors == {
        "None",
        "CountViolation",
        "MutuallyExclusiveViolation",
        "ProhibitedInUsageLocationViolation",
    }


def test_seats_in_use_are_counted_from_the_users(tenant: Directory) -> None:
    used = Counter(
        licence["skuId"]
        for user in tenant.objects[Kind.USER].values()
        for licence in user.props["assignedLicenses"]
    )
    assert {sku.sku_id: sku.consumed for sku in tenant.skus.values()} == {
        sku_id: used[sku_id] for sku_id in tenant.skus
    }


def test_credentials_are_expired_expiring_and_fresh_on_both_sides(tenant: Directory) -> None:
    for kind in (Kind.APPLICATION, Kind.SERVICE_PRINCIPAL):
        ends = [
            one["endDateTime"]
            for holder in tenant.objects[kind].values()
            for one in holder.props["passwordCredentials"] + holder.props["keyCredentials"]
        ]
        assert min(ends) < "2026-11-01" < max(ends)


def test_names_survive_untouched(tenant: Directory) -> None:
    shown = {user.display_name for user in tenant.objects[Kind.USER].values()}
    assert set(NAMES.values()) <= shown
    assert max(len(name) for name in shown if name) == 256
    assert any(name and name.startswith("=") for name in shown)


def test_some_have_left_and_can_be_restored(tenant: Directory) -> None:
    kinds = {one.kind for one in tenant.deleted.values()}
    assert kinds == {Kind.USER, Kind.GROUP, Kind.SERVICE_PRINCIPAL, Kind.APPLICATION}


def test_an_app_is_found_before_its_registration(tenant: Directory) -> None:
    assert tenant.get(tenant.id_of("Expenses")).kind is Kind.SERVICE_PRINCIPAL
    assert tenant.id_of("bob@corp.example") == tenant.id_of("Bob Smith") == tenant.id_of("bob")
    with pytest.raises(KeyError):
        tenant.id_of("Nobody")
