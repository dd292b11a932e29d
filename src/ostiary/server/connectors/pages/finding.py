"""Connectors in the palette."""

from __future__ import annotations

from ostiary.server.connectors.pages.listing import owned
from ostiary.server.connectors.pages.reading import path_of
from ostiary.server.connectors.store import listed, registry
from ostiary.server.connectors.views.states import chip_of
from ostiary.server.kernel.authz.permissions import Permission, Reach
from ostiary.server.kernel.database import Connection
from ostiary.server.web.search import Finder, Hit
from ostiary.server.web.shell import Shell


def _find(shell: Shell, connection: Connection, query: str, most: int) -> list[Hit]:
    """By name; owners find their own."""
    wanted = query.casefold()
    named = registry.find_all(connection)
    named = [each for each in named if wanted in each.display_name.casefold()]
    if Reach.ALL not in shell.caller.reach(Permission.CONNECTORS_VIEW):
        beside = listed.beside(connection, [each.key for each in named])
        named = owned(connection, shell.caller, named, beside)
    return [
        Hit(each.display_name, path_of(each), "plug-connected", chip_of(each).word)
        for each in named[:most]
    ]


FINDERS = (Finder("Connectors", _find),)
