import pytest

from ostiary.tenant.directory import (
    AlreadyExistsError,
    Change,
    Directory,
    Kind,
    ObjectNotFoundError,
)

TENANT = "5c1f5a5e-0000-4000-8000-000000000001"


@pytest.fixture
def directory() -> Directory:
    return Directory({"id": TENANT})


def make(directory: Directory, kind: Kind, name: str) -> str:
    return directory.create(kind, {"displayName": name}).id


def changes(directory: Directory, after: int) -> list[tuple[str, str, str | None]]:
    return [(one.object_id, one.what, one.target) for one in directory.journal.since(after)]


def test_a_member_is_added_once_and_journaled_once(directory: Directory) -> None:
    group, user = make(directory, Kind.GROUP, "G"), make(directory, Kind.USER, "U")
    before = directory.journal.version
    assert directory.add_member(group, user)
    assert not directory.add_member(group, user)
    assert list(directory.members[group]) == [user]
    assert changes(directory, before) == [(group, "members+", user)]


def test_members_keep_the_order_they_came_in(directory: Directory) -> None:
    group = make(directory, Kind.GROUP, "G")
    users = [make(directory, Kind.USER, f"U{n}") for n in range(5)]
    for user in reversed(users):
        directory.add_member(group, user)
    directory.remove_member(group, users[2])
    assert list(directory.members[group]) == [users[4], users[3], users[1], users[0]]


def test_removing_who_is_no_member_changes_nothing(directory: Directory) -> None:
    group, user = make(directory, Kind.GROUP, "G"), make(directory, Kind.USER, "U")
    before = directory.journal.version
    assert not directory.remove_member(group, user)
    assert not directory.remove_owner(group, user)
    assert not directory.clear_manager(user)
    assert directory.journal.version == before


def test_a_link_to_nobody_is_refused(directory: Directory) -> None:
    group = make(directory, Kind.GROUP, "G")
    with pytest.raises(ObjectNotFoundError):
        directory.add_member(group, TENANT)
    with pytest.raises(KeyError):
        directory.add_owner(TENANT, group)
    assert not directory.members.get(group)


def test_a_new_manager_takes_the_place_of_the_old(directory: Directory) -> None:
    user, first, second = (make(directory, Kind.USER, name) for name in "ABC")
    before = directory.journal.version
    directory.set_manager(user, first)
    directory.set_manager(user, second)
    directory.clear_manager(user)
    assert changes(directory, before) == [
        (user, "manager", first),
        (user, "manager", second),
        (user, "manager", None),
    ]
    assert user not in directory.managers


def test_an_app_role_assignment_names_its_principal_in_its_id(directory: Directory) -> None:
    group = make(directory, Kind.GROUP, "G")
    resource = make(directory, Kind.SERVICE_PRINCIPAL, "App")
    made = directory.assign_app_role(group, resource)
    assert len(made.id) == 43
    assert (made.principal_type, made.principal_id) == ("Group", group)
    assert directory.app_role_assignments[resource] == {made.id: made}
    assert changes(directory, 2)[-1] == (resource, "appRole+", made.id)


def test_the_same_app_role_cannot_be_assigned_twice_but_again_after_removal(
    directory: Directory,
) -> None:
    user = make(directory, Kind.USER, "U")
    resource = make(directory, Kind.SERVICE_PRINCIPAL, "App")
    first = directory.assign_app_role(user, resource)
    with pytest.raises(AlreadyExistsError):
        directory.assign_app_role(user, resource)
    assert directory.remove_app_role(resource, first.id)
    assert not directory.remove_app_role(resource, first.id)
    assert directory.assign_app_role(user, resource).id != first.id


def test_an_update_journals_only_what_differs(directory: Directory) -> None:
    user = make(directory, Kind.USER, "U")
    before = directory.journal.version
    assert directory.update(user, {"displayName": "U", "jobTitle": "Cook"}) == ["jobTitle"]
    (change,) = directory.journal.since(before)
    assert change.property_name == "jobTitle"
    assert directory.update(user, {"jobTitle": "Cook"}) == []


def test_the_journal_tells_what_a_reader_that_lags_can_see(directory: Directory) -> None:
    make(directory, Kind.USER, "early")
    seen_at = directory.clock.now()
    directory.clock.advance(30)
    late = make(directory, Kind.USER, "late")
    version = directory.journal.version_at(seen_at)
    assert version == 1
    assert directory.journal.since(version) == [
        Change(2, directory.clock.now(), Kind.USER, late, "created")
    ]
    assert directory.journal.since(0, until=version)[0].what == "created"


def test_a_paused_journal_keeps_its_version(directory: Directory) -> None:
    with directory.journal.paused():
        make(directory, Kind.USER, "baseline")
    assert directory.journal.version == 0
    make(directory, Kind.USER, "change")
    assert directory.journal.version == 1
