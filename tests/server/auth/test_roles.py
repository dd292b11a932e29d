"""The roles matrix of the feature reference (2.11), cell by cell."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ostiary.server.kernel.authz.permissions import Permission, Reach, named
from ostiary.server.kernel.authz.roles import (
    READ_ONLY_ADMINISTRATOR,
    ROLES,
    SUPER_ADMINISTRATOR,
    Role,
    allowances_of,
    find_role,
)
from ostiary.server.kernel.ids import is_id

COLUMNS = (
    "basic_user",
    "access_request_helpdesk",
    "access_request_admin",
    "application_admin",
    "campaign_admin",
    "connector_admin",
    "read_only_admin",
    "super_admin",
)
MATRIX = """
self:use                       | all     all     all     all     all     all     all     all
work:use                       | all     all     all     all     all     all     -       all
requests:create_for_others     | reports all     all     reports reports reports -       all
revocations:create_for_others  | reports all     -       own     -       -       -       all
campaigns:view                 | -       -       -       -       own     -       all     all
campaigns:create               | -       -       -       -       all     -       -       all
campaigns:manage               | -       -       -       -       own     -       -       all
campaigns:report               | -       -       -       -       own     -       all     all
apps:view                      | -       -       -       own     -       -       all     all
apps:create                    | -       -       -       all     -       -       -       all
apps:manage                    | -       -       -       own     -       -       -       all
apps:adopt                     | -       -       -       -       -       -       -       all
connectors:view                | -       -       -       own     -       all     all     all
connectors:create              | -       -       -       -       -       all     -       all
connectors:manage              | -       -       -       own     -       all     -       all
access_profiles:view           | -       -       all     -       -       -       all     all
access_profiles:create         | -       -       all     -       -       -       -       all
access_profiles:manage         | -       -       all     -       -       -       -       all
policies:view                  | -       -       -       -       -       -       all     all
policies:create                | -       -       -       -       -       -       -       all
policies:manage                | -       -       -       -       -       -       -       all
automations:view               | -       -       -       own     -       -       -       all
automations:create             | -       -       -       all     -       -       -       all
automations:manage             | -       -       -       own     -       -       -       all
task_log:view                  | -       -       -       -       -       -       all     all
task_log:manage                | -       -       -       -       -       -       -       all
users:view                     | -       -       -       -       -       -       all     all
users:manage                   | -       -       -       -       -       -       -       all
settings:view                  | -       -       -       -       -       -       all     all
settings:create                | -       -       -       -       -       -       -       all
settings:manage                | -       -       -       -       -       -       -       all
system_log:view                | -       -       -       -       -       -       all     all
explore:view                   | -       -       -       -       -       -       all     all
"""
CELLS = {
    (column, line.split("|")[0].strip()): cell
    for line in MATRIX.strip().splitlines()
    for column, cell in zip(COLUMNS, line.split("|")[1].split(), strict=True)
}


def test_the_roles_are_those_of_the_matrix() -> None:
    said = {
        (role.name, str(permission)): ",".join(role.allowances.get(permission, [])) or "-"
        for role in ROLES
        for permission in Permission
    }
    assert said == CELLS


def test_roles_are_found_by_id_and_by_name_and_ids_are_ksuids() -> None:
    for role in ROLES:
        assert is_id(role.id)
        assert find_role(role.id) is find_role(role.name) is role
    assert len({role.id for role in ROLES}) == len(ROLES)
    assert find_role("owner") is None


def covers(wide: frozenset[Reach], narrow: frozenset[Reach]) -> bool:
    return Reach.ALL in wide or narrow <= wide


roles = st.lists(st.sampled_from(ROLES), unique_by=lambda role: role.id)


@given(roles, roles)
def test_a_scope_never_adds_and_a_role_never_takes_away(
    held: list[Role], scope: list[Role]
) -> None:
    alone, scoped = allowances_of(held), allowances_of(held, scope)
    more = allowances_of([*held, READ_ONLY_ADMINISTRATOR])
    assert all(covers(alone[permission], reach) for permission, reach in scoped.items())
    assert all(covers(more[permission], reach) for permission, reach in alone.items())


@given(roles)
def test_being_scoped_to_everything_changes_nothing(held: list[Role]) -> None:
    assert allowances_of(held, [SUPER_ADMINISTRATOR]) == allowances_of(held)


@pytest.mark.parametrize(
    ("reach", "names"),
    [
        ({Reach.ALL}, ["apps:view"]),
        ({Reach.OWN, Reach.REPORTS}, ["apps:view:own", "apps:view:reports"]),
    ],
)
def test_clients_read_how_far_a_permission_reaches(reach: set[Reach], names: list[str]) -> None:
    assert named({Permission.APPS_VIEW: frozenset(reach)}) == names
