from datetime import timedelta

import pytest

from ostiary.tenant.directory import AlreadyExistsError, Directory, Kind, ObjectNotFoundError
from ostiary.tenant.directory.builtin_roles import (
    GLOBAL_ADMINISTRATOR,
    USER_ADMINISTRATOR,
    builtin_roles,
)


@pytest.fixture
def directory() -> Directory:
    tenant = Directory({"id": "5c1f5a5e-0000-4000-8000-000000000001"})
    tenant.role_definitions.update(builtin_roles())
    return tenant


@pytest.fixture
def user(directory: Directory) -> str:
    return directory.create(Kind.USER, {"displayName": "U"}).id


def directory_role(directory: Directory) -> str:
    (role,) = directory.objects[Kind.DIRECTORY_ROLE]
    return role


def test_an_assignment_has_a_mirror_in_pim_and_a_member_in_its_directory_role(
    directory: Directory, user: str
) -> None:
    made = directory.assign_role(user, GLOBAL_ADMINISTRATOR)
    mirror = directory.assignment_instances[made.id]
    assert (mirror.assignment_type, mirror.member_type, mirror.end) == ("Assigned", "Direct", None)
    assert mirror.origin_id == made.id
    role = directory_role(directory)
    assert directory.members_of_role(role) == [user]
    assert [one.what for one in directory.journal.since(1)] == ["created", "members+"]
    assert directory.remove_role(made.id)
    assert directory.assignment_instances == {}
    assert directory.members_of_role(role) == []
    assert directory.journal.since(3)[-1].what == "members-"


def test_assignment_ids_are_role_and_principal(directory: Directory) -> None:
    user = directory.create(Kind.USER, {}, id="0ccb8d2e-7a3c-4d14-9b57-4c5b1b1f9a10").id
    made = directory.assign_role(user, GLOBAL_ADMINISTRATOR)
    assert made.id.startswith("lAPpYvVpN0KRkAEhdxReE")
    assert made.id.endswith("-1")
    assert len(made.id) == 45


def test_one_principal_may_hold_a_role_in_several_scopes(directory: Directory, user: str) -> None:
    unit = directory.create(Kind.ADMINISTRATIVE_UNIT, {"displayName": "AU"}).id
    wide = directory.assign_role(user, USER_ADMINISTRATOR)
    narrow = directory.assign_role(user, USER_ADMINISTRATOR, f"/administrativeUnits/{unit}")
    assert wide.id != narrow.id
    assert directory.members_of_role(directory_role(directory)) == [user]
    with pytest.raises(AlreadyExistsError):
        directory.assign_role(user, USER_ADMINISTRATOR)


def test_activation_needs_eligibility_and_ends_by_the_clock(
    directory: Directory, user: str
) -> None:
    with pytest.raises(ObjectNotFoundError):
        directory.activate_role(user, GLOBAL_ADMINISTRATOR)
    directory.make_eligible(user, GLOBAL_ADMINISTRATOR)
    assert directory.role_assignments == {}
    end = directory.clock.now() + timedelta(hours=2)
    active = directory.activate_role(user, GLOBAL_ADMINISTRATOR, end=end)
    assert active.assignment_type == "Activated"
    assert active.origin_id in directory.role_assignments
    directory.clock.advance(7199)
    assert directory.expire() == 0
    directory.clock.advance(1)
    assert directory.expire() == 1
    assert directory.role_assignments == {}
    assert len(directory.eligibility_instances) == 1


def test_an_activation_ends_with_its_eligibility(directory: Directory, user: str) -> None:
    eligible = directory.make_eligible(user, GLOBAL_ADMINISTRATOR)
    directory.activate_role(user, GLOBAL_ADMINISTRATOR)
    assert directory.remove_eligibility(eligible.id)
    assert directory.assignment_instances == {}


def test_who_leaves_the_eligible_group_loses_what_was_activated_through_it(
    directory: Directory, user: str
) -> None:
    group = directory.create(Kind.GROUP, {"isAssignableToRole": True}).id
    directory.add_member(group, user)
    directory.make_eligible(group, USER_ADMINISTRATOR)
    assert directory.activate_role(user, USER_ADMINISTRATOR).member_type == "Group"
    directory.remove_member(group, user)
    assert directory.role_assignments == {}


def test_a_deleted_principal_holds_no_role_until_restored(directory: Directory, user: str) -> None:
    made = directory.assign_role(user, GLOBAL_ADMINISTRATOR)
    directory.make_eligible(user, USER_ADMINISTRATOR, end=directory.clock.now() + timedelta(1))
    directory.soft_delete(user)
    assert not directory.role_assignments
    assert not directory.eligibility_instances
    directory.clock.advance(2 * 86_400)
    directory.restore(user)
    assert list(directory.role_assignments) == [made.id]
    assert directory.assignment_instances[made.id].principal_id == user
    assert not directory.eligibility_instances


def test_there_are_130_built_in_roles_with_unique_names() -> None:
    roles = builtin_roles()
    assert len(roles) == 130
    assert len({role.display_name for role in roles.values()}) == 130
    assert roles[GLOBAL_ADMINISTRATOR].display_name == "Global Administrator"
    assert roles[GLOBAL_ADMINISTRATOR].is_privileged
    assert all(role.is_built_in and role.id == role.template_id for role in roles.values())
