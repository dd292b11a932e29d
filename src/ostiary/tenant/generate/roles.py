"""Directory roles: definitions to the number asked for, some assigned, some eligible."""

from itertools import islice
from random import Random

from ostiary.tenant.directory import Directory, Kind, RoleDefinition
from ostiary.tenant.directory.builtin_roles import GLOBAL_ADMINISTRATOR
from ostiary.tenant.generate.sampling import random_id
from ostiary.tenant.stories.builder import days

_HOLDERS_PER_ROLE = 3


def add_roles(directory: Directory, rng: Random, count: int) -> None:
    _define(directory, rng, count)
    people = rng.sample(
        list(directory.objects[Kind.USER]),
        min(len(directory.objects[Kind.USER]), count * _HOLDERS_PER_ROLE),
    )
    definitions = list(directory.role_definitions)
    scopes = [f"/administrativeUnits/{one}" for one in directory.objects[Kind.ADMINISTRATIVE_UNIT]]
    for number, user_id in enumerate(people):
        role_id = definitions[number % len(definitions)]
        if number % 4 == 3:
            directory.make_eligible(user_id, role_id, start=days(-number), end=days(number + 1))
        elif number % 11 == 5:
            directory.assign_role(user_id, role_id, rng.choice(scopes), start=days(-number))
        else:
            directory.assign_role(user_id, role_id, start=days(-number))
    _through_groups(directory, definitions)
    _activate_some(directory)


def _define(directory: Directory, rng: Random, count: int) -> None:
    """Global Administrator always; then the built-in ones; then custom ones."""
    builtin = directory.role_definitions
    first = builtin[GLOBAL_ADMINISTRATOR]
    rest = (role for role in builtin.values() if role is not first)
    chosen = [first, *islice(rest, max(0, count - 1))]
    for number in range(len(chosen), count):
        role_id = random_id(rng)
        name = f"Custom role {number}"
        chosen.append(RoleDefinition(role_id, role_id, name, name, is_built_in=False, version=None))
    directory.role_definitions = {role.id: role for role in chosen}


def _through_groups(directory: Directory, definitions: list[str]) -> None:
    assignable = (
        group.id
        for group in directory.objects[Kind.GROUP].values()
        if group.props.get("isAssignableToRole")
    )
    for number, group_id in enumerate(assignable):
        role_id = definitions[number % len(definitions)]
        if number % 2:
            directory.make_eligible(group_id, role_id)
        else:
            directory.assign_role(group_id, role_id)


def _activate_some(directory: Directory) -> None:
    for eligible in list(directory.eligibility_instances.values())[::10]:
        if directory.get(eligible.principal_id).kind is Kind.USER:
            directory.activate_role(
                eligible.principal_id,
                eligible.role_definition_id,
                eligible.directory_scope_id,
                end=days(1 / 6),
            )
