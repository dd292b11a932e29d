"""Syncing some resource types, or some resources."""

from pathlib import Path

import pytest

from ostiary.baton.c1z import C1zReader, SyncType
from ostiary.entra.definition import DEFINITION
from ostiary.entra.types import RESOURCE_TYPES
from ostiary.tenant.directory import Kind
from ostiary.tenant.server import SimulatedTenant
from ostiary.tenant.stories import story

from .expected import Expected, differences, expected
from .running import Found, read, sync

SELECTIONS = [
    ("user",),
    ("group",),
    ("user", "group"),
    ("enterprise_application", "user"),
    ("managed_identity", "directory_role"),
    ("license", "group", "user"),
    ("service_principal_credential",),
]


def _only(types: tuple[str, ...], whole: Expected | Found) -> tuple[set[str], set[str], set[str]]:
    """Resources, entitlements and direct grants of the selected types, held by selected types."""

    def of_types(ids: frozenset[str]) -> set[str]:
        return {id_ for id_ in ids if id_.split(":", 1)[0] in types}

    held = {grant for grant in of_types(whole.direct) if grant.rsplit(":", 2)[1] in types}
    return of_types(whole.resources), of_types(whole.entitlements), held


@pytest.mark.parametrize("types", SELECTIONS, ids=",".join)
def test_a_selection_holds_the_selected_types_and_nothing_else(
    types: tuple[str, ...], tmp_path: Path
) -> None:
    file = tmp_path / "sync.c1z"
    with SimulatedTenant(story("small")) as tenant:
        outcome = sync(tenant, file, "--sync-resource-types", ",".join(types))
        assert outcome.code == 0, outcome.stderr
        found, whole = read(file), expected(tenant.directory)
        everything = (set(found.resources), set(found.entitlements), set(found.direct))
        assert _only(types, found) == everything
        assert _only(types, found) == _only(types, whole)


def test_a_selection_asks_only_for_what_it_needs(tmp_path: Path) -> None:
    with SimulatedTenant(story("small")) as tenant:
        sync(tenant, tmp_path / "sync.c1z", "--sync-resource-types", "user")
        assert set(tenant.ledger.operations) == {"GET /users/delta"}


def test_a_selection_needs_only_its_own_permissions(tmp_path: Path) -> None:
    with SimulatedTenant(story("small")) as tenant:
        tenant.registration.roles = {"User.Read.All"}
        assert sync(tenant, tmp_path / "a.c1z", "--sync-resource-types", "user").code == 0
        assert sync(tenant, tmp_path / "b.c1z", "--sync-resource-types", "group").code == 7


def test_a_selection_after_a_full_sync_and_back_stays_true(tmp_path: Path) -> None:
    file = tmp_path / "sync.c1z"
    with SimulatedTenant(story("small")) as tenant:
        sync(tenant, file)
        tenant.change(lambda d: d.soft_delete(d.id_of("Bob")))
        sync(tenant, file, "--sync-resource-types", "group")
        assert sync(tenant, file).code == 0
        assert read(file).expanded == expected(tenant.directory).expanded


def test_one_group_can_be_synced_alone(tmp_path: Path) -> None:
    file = tmp_path / "sync.c1z"
    with SimulatedTenant(story("small")) as tenant:
        assert sync(tenant, file).code == 0
        with C1zReader(file) as reader:
            whole = reader.sync
        group = tenant.directory.id_of("SG-Finance", Kind.GROUP)
        outcome = sync(tenant, file, "--sync-resources", f"bid:r:group/{group}")
        assert outcome.code == 0, outcome.stderr
        with C1zReader(file) as reader:
            assert reader.sync.sync_id == whole.sync_id
            partial = next(run for run in reader.syncs if run.sync_type == SyncType.PARTIAL)
        assert partial.parent_sync_id == whole.sync_id
        with C1zReader(file, sync_id=partial.sync_id) as reader:
            grants = {grant.id for grant in reader.grants()}
        direct = expected(tenant.directory).direct
        assert grants == {grant for grant in direct if grant.startswith(f"group:{group}:")}


def test_every_type_is_declared_with_the_permissions_it_needs() -> None:
    assert {declared.id for declared in DEFINITION.resource_types} == set(RESOURCE_TYPES)
    assert all(declared.permissions for declared in DEFINITION.resource_types)


LEAST = {
    "User.Read.All",
    "GroupMember.Read.All",
    "Application.Read.All",
    "RoleManagement.Read.Directory",
    "LicenseAssignment.Read.All",
}


def test_the_least_permissions_read_the_whole_tenant(tmp_path: Path) -> None:
    file = tmp_path / "sync.c1z"
    with SimulatedTenant(story("small")) as tenant:
        tenant.registration.roles = set(LEAST)
        for _ in range(2):
            outcome = sync(tenant, file)
            assert outcome.code == 0, outcome.stderr
            assert differences(read(file), expected(tenant.directory)) == ""


def test_applications_alone_need_no_permission_to_read_users(tmp_path: Path) -> None:
    file, types = tmp_path / "sync.c1z", ("enterprise_application", "managed_identity")
    with SimulatedTenant(story("small")) as tenant:
        tenant.registration.roles = {"Application.Read.All"}
        for _ in range(2):
            outcome = sync(tenant, file, "--sync-resource-types", ",".join(types))
            assert outcome.code == 0, outcome.stderr
            assert _only(types, read(file)) == _only(types, expected(tenant.directory))
