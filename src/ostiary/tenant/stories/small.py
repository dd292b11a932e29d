"""The small tenant: about sixty people and every case a connector must get right."""

from ostiary.tenant.clock import Clock
from ostiary.tenant.directory import Directory
from ostiary.tenant.stories import applications, groups, licences, many_names, people
from ostiary.tenant.stories import role_assignments as roles
from ostiary.tenant.stories.builder import Builder
from ostiary.tenant.stories.foundation import Seats, found

DOMAIN = "corp.example"


def small(clock: Clock | None = None) -> Directory:
    """The same tenant, ids and all, every time; its journal is empty."""
    seats = Seats(e5=25, e3=10, p2=5, power_bi=2)
    directory = found(name="Corp Example", domain=DOMAIN, seats=seats, clock=clock)
    build = Builder(directory, DOMAIN)
    with directory.journal.paused():
        staff = people.hire(build)
        many_names.welcome(build)
        groups.form(build, staff)
        applications.deploy(build, staff)
        roles.appoint(build, staff)
        licences.license_everyone(build, staff)
    return directory
