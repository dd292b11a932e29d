"""Licences held directly, through groups, both ways at once, and in error."""

from ostiary.tenant.stories.builder import Builder
from ostiary.tenant.stories.foundation import (
    E3,
    E5,
    ENTRA_P2,
    EXCHANGE,
    FLOW_FREE,
    POWER_BI_PRO,
    TEAMS,
)
from ostiary.tenant.stories.people import People


def license_everyone(build: Builder, people: People) -> None:
    directory = build.directory
    directory.assign_license(directory.id_of("SG-Finance"), E5)
    directory.assign_license(people["bob"], ENTRA_P2)
    for login in ("carol", "dana", "hugo"):
        directory.assign_license(people[login], E5)
    directory.assign_license(people["alice"], E5)
    for login in ("victor", "wanda"):
        directory.assign_license(people[login], E3, [TEAMS.id])
        directory.assign_license(people[login], FLOW_FREE)
    _in_error(build, people)


def _in_error(build: Builder, people: People) -> None:
    directory = build.directory
    abroad_or_too_many = build.group("SG-PowerBI")
    build.members(abroad_or_too_many, people["mona"], *_in_sanctioned_countries(build, people))
    build.members(abroad_or_too_many, people["uma"], people["rosa"], people["quentin"])
    directory.assign_license(abroad_or_too_many, POWER_BI_PRO)
    conflicting = build.group("SG-Office-E3")
    build.members(conflicting, people["carol"], people["sven"])
    directory.assign_license(conflicting, E3, [EXCHANGE.id])


def _in_sanctioned_countries(build: Builder, people: People) -> list[str]:
    users = (build.directory.get(user_id) for user_id in people.ids.values())
    return [user.id for user in users if user.props.get("usageLocation") in ("IR", "KP")]
