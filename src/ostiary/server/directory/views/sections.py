"""What the directory's section of the web has, as tabs."""

from __future__ import annotations

from typing import Final

from ostiary.server.kernel.authz.permissions import Permission
from ostiary.server.web.components.tabs import Tab
from ostiary.server.web.navigation import Crumb
from ostiary.server.web.shell import Shell

PEOPLE: Final = Crumb("People", "/people")
SOURCES: Final = Crumb("Sources", "/people/sources")
ATTRIBUTES: Final = Crumb("Attributes", "/people/attributes")
ORPHANS: Final = Crumb("Orphaned accounts", "/people/orphans")
OWNERS: Final = Crumb("Owners set by hand", "/people/owners")

_SECTIONS: Final = (
    (PEOPLE, Permission.USERS_VIEW),
    (SOURCES, Permission.USERS_VIEW),
    (ATTRIBUTES, Permission.USERS_VIEW),
    (ORPHANS, Permission.EXPLORE),
    (OWNERS, Permission.EXPLORE),
)


def tabs(shell: Shell, current: Crumb) -> list[Tab]:
    """Those that the caller may open."""
    return [
        Tab(section.title, section.path, section is current)
        for section, permission in _SECTIONS
        if shell.allows(permission)
    ]
