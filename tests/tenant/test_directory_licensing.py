import pytest

from ostiary.tenant.directory import Directory, DirectoryObject, Kind, Sku

E5, E3 = "06ebc4ee-1bb5-47dd-8120-11324bc54e06", "6fd2c87f-b296-42f0-b197-1e91e994b900"


@pytest.fixture
def directory() -> Directory:
    tenant = Directory({"id": "5c1f5a5e-0000-4000-8000-000000000001", "countryLetterCode": "CH"})
    tenant.skus[E5] = Sku(
        E5, "SPE_E5", 2, excludes=frozenset({E3}), prohibited_locations=frozenset({"KP"})
    )
    tenant.skus[E3] = Sku(E3, "ENTERPRISEPACK", 2, excludes=frozenset({E5}))
    return tenant


@pytest.fixture
def group(directory: Directory) -> DirectoryObject:
    made = directory.create(Kind.GROUP, {"displayName": "Licensed"})
    directory.assign_license(made.id, E5)
    return made


def hire(directory: Directory, where: str | None = "CH") -> DirectoryObject:
    return directory.create(Kind.USER, {"usageLocation": where})


def held(user: DirectoryObject) -> set[str]:
    return {one["skuId"] for one in user.props.get("assignedLicenses") or []}


def problems(user: DirectoryObject) -> list[str]:
    return [
        one["error"] for one in user.props["licenseAssignmentStates"] if one["state"] == "Error"
    ]


def test_a_groups_licence_reaches_members_when_they_join_and_leaves_with_them(
    directory: Directory, group: DirectoryObject
) -> None:
    user = hire(directory)
    directory.add_member(group.id, user.id)
    (path,) = user.props["licenseAssignmentStates"]
    assert (path["assignedByGroup"], path["state"], path["error"]) == (group.id, "Active", "None")
    assert held(user) == {E5}
    before = directory.journal.version
    directory.remove_member(group.id, user.id)
    assert held(user) == set()
    assert [one.what for one in directory.journal.since(before)] == [
        "members-",
        "property:assignedLicenses",
        "property:licenseAssignmentStates",
    ]


def test_a_groups_licence_reaches_those_who_are_members_already(directory: Directory) -> None:
    user, team = hire(directory), directory.create(Kind.GROUP, {}).id
    directory.add_member(team, user.id)
    directory.assign_license(team, E5)
    assert held(user) == {E5}
    assert directory.remove_license(team, E5)
    assert held(user) == set()
    assert not directory.remove_license(team, E5)


def test_nested_members_inherit_no_licence(directory: Directory, group: DirectoryObject) -> None:
    inner, user = directory.create(Kind.GROUP, {}), hire(directory)
    directory.add_member(inner.id, user.id)
    directory.add_member(group.id, inner.id)
    assert held(user) == set()


def test_two_paths_cost_one_seat_and_either_keeps_the_licence(
    directory: Directory, group: DirectoryObject
) -> None:
    user = hire(directory)
    directory.assign_license(user.id, E5, ["p1", "p2"])
    directory.add_member(group.id, user.id)
    assert directory.skus[E5].consumed == 1
    assert user.props["assignedLicenses"] == [{"disabledPlans": [], "skuId": E5}]
    directory.remove_member(group.id, user.id)
    assert user.props["assignedLicenses"] == [{"disabledPlans": ["p1", "p2"], "skuId": E5}]
    assert directory.remove_license(user.id, E5)
    assert directory.skus[E5].consumed == 0


def test_an_inherited_licence_cannot_be_removed_from_the_user(
    directory: Directory, group: DirectoryObject
) -> None:
    user = hire(directory)
    directory.add_member(group.id, user.id)
    assert not directory.remove_license(user.id, E5)
    assert held(user) == {E5}


def test_without_a_seat_left_the_inherited_licence_is_in_error_until_reprocessed(
    directory: Directory, group: DirectoryObject
) -> None:
    first, second, third = (hire(directory) for _ in range(3))
    for user in (first, second, third):
        directory.add_member(group.id, user.id)
    assert problems(third) == ["CountViolation"]
    assert held(third) == set()
    assert group.props["hasMembersWithLicenseErrors"] is True
    directory.remove_member(group.id, first.id)
    assert problems(third) == ["CountViolation"]
    directory.reprocess_license(third.id)
    assert held(third) == {E5}
    assert group.props["hasMembersWithLicenseErrors"] is None
    assert directory.skus[E5].consumed == 2


def test_a_prohibited_location_and_an_excluded_product_are_errors(
    directory: Directory, group: DirectoryObject
) -> None:
    abroad, other = hire(directory, "KP"), hire(directory)
    directory.assign_license(other.id, E3)
    directory.add_member(group.id, abroad.id)
    directory.add_member(group.id, other.id)
    assert problems(abroad) == ["ProhibitedInUsageLocationViolation"]
    assert problems(other) == ["MutuallyExclusiveViolation"]
    assert held(other) == {E3}


def test_through_a_group_the_tenants_country_stands_in_for_a_missing_location(
    directory: Directory, group: DirectoryObject
) -> None:
    user = hire(directory, None)
    directory.add_member(group.id, user.id)
    assert held(user) == {E5}
