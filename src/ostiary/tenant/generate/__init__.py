"""Large tenants by the number, the same for the same seed."""

from random import Random

from ostiary.tenant.clock import Clock
from ostiary.tenant.directory import Directory
from ostiary.tenant.generate.apps import add_apps
from ostiary.tenant.generate.groups import add_groups, add_robots
from ostiary.tenant.generate.licences import add_licences
from ostiary.tenant.generate.people import add_people
from ostiary.tenant.generate.roles import add_roles
from ostiary.tenant.generate.things import add_things
from ostiary.tenant.stories.foundation import Seats, found

DOMAIN = "big.example"


def generate(
    *,
    users: int,
    groups: int,
    memberships: int,
    service_principals: int = 300,
    roles: int = 130,
    seed: int = 1,
    clock: Clock | None = None,
) -> Directory:
    """Exactly so many live users, groups, service principals and role definitions.

    `memberships` is the number of members and owners of groups together, also exact as long as
    it lies between twice the number of groups and what the users can fill. A fifth of the service
    principals have 20 or more assignments. The journal is empty.
    """
    rng = Random(seed)
    seats = Seats(e5=users, e3=users, p2=users, power_bi=max(2, users // 40), flow=users)
    directory = found(name=f"Big Example {seed}", domain=DOMAIN, seats=seats, clock=clock)
    with directory.journal.paused():
        people = add_people(directory, rng, users, DOMAIN)
        things = add_things(directory, rng, max(10, users // 20))
        add_groups(directory, rng, groups, memberships, people, things, DOMAIN)
        add_apps(directory, rng, service_principals)
        add_robots(directory, rng)
        add_roles(directory, rng, roles)
        add_licences(directory, rng)
    return directory
