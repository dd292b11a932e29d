"""Single changes between two syncs that are easy to lose."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ostiary.tenant.directory import Directory, Kind
from ostiary.tenant.server import SimulatedTenant
from ostiary.tenant.stories import story

from .expected import differences, expected
from .running import contents, read, sync


def _clear_a_manager(directory: Directory) -> None:
    assert directory.clear_manager(directory.id_of("Bob"))


def _delete_an_application(directory: Directory) -> None:
    directory.soft_delete(directory.id_of("Expenses"))


def _restore_an_application(directory: Directory) -> None:
    directory.restore(_deleted(directory, "Expenses"))


def _delete_a_group(directory: Directory) -> None:
    directory.soft_delete(directory.id_of("SG-Nested"))


def _restore_a_group(directory: Directory) -> None:
    directory.restore(_deleted(directory, "SG-Nested"))


def _purge_a_group(directory: Directory) -> None:
    group = directory.id_of("M365-Project")
    directory.soft_delete(group)
    directory.purge(group)


def _delete_a_member(directory: Directory) -> None:
    directory.soft_delete(directory.id_of("Bob"))


def _restore_a_member(directory: Directory) -> None:
    directory.restore(_deleted(directory, "Bob"))


def _give_an_application_many_owners(directory: Directory) -> None:
    application = directory.id_of("Expenses")
    for user in list(directory.objects[Kind.USER])[:25]:
        directory.add_owner(application, user)


def _take_owners_away(directory: Directory) -> None:
    application = directory.id_of("Expenses")
    for user in list(directory.objects[Kind.USER])[3:20]:
        directory.remove_owner(application, user)


def _add_and_remove_a_member(directory: Directory) -> None:
    group, user = directory.id_of("SG-Finance"), directory.id_of("Carol")
    directory.add_member(group, user)
    directory.remove_member(group, user)


def _assign_beyond_the_expand_limit(directory: Directory) -> None:
    application = directory.id_of("Legacy")
    for user in list(directory.objects[Kind.USER])[:30]:
        directory.assign_app_role(user, application)


def _deleted(directory: Directory, name: str) -> str:
    found = directory.deleted.values()
    return next(o.id for o in found if (o.display_name or "").startswith(name))


STORIES: dict[str, tuple[Callable[[Directory], None], ...]] = {
    "a manager is cleared": (_clear_a_manager,),
    "an application goes and comes back": (_delete_an_application, _restore_an_application),
    "a group goes and comes back": (_delete_a_group, _restore_a_group),
    "a group is purged": (_purge_a_group,),
    "a member goes and comes back": (_delete_a_member, _restore_a_member),
    "a group returns without a member": (_delete_a_group, _delete_a_member, _restore_a_group),
    "an application gets 25 owners": (_give_an_application_many_owners, _take_owners_away),
    "a member is added and removed": (_add_and_remove_a_member,),
    "an application gets 30 assignments": (_assign_beyond_the_expand_limit,),
}


@pytest.mark.parametrize("name", STORIES)
def test_the_next_sync_sees_it(name: str, tmp_path: Path) -> None:
    file, fresh = tmp_path / "kept.c1z", tmp_path / "fresh.c1z"
    with SimulatedTenant(story("small")) as tenant:
        assert sync(tenant, file).code == 0
        for change in STORIES[name]:
            before = contents(file)
            tenant.change(change)
            assert sync(tenant, file).code == 0
            assert differences(read(file), expected(tenant.directory)) == ""
            assert contents(file) != before or change is _add_and_remove_a_member
        assert sync(tenant, fresh).code == 0
        assert contents(file) == contents(fresh)
