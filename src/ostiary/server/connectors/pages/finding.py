"""Connectors in the palette."""

from __future__ import annotations

from itertools import islice

from ostiary.server.connectors.api.permissions import owns
from ostiary.server.connectors.pages.reading import path_of
from ostiary.server.connectors.store import registry
from ostiary.server.connectors.views.states import chip_of
from ostiary.server.kernel.authz.permissions import Permission, Reach
from ostiary.server.kernel.database import Connection
from ostiary.server.web.search import Finder, Hit
from ostiary.server.web.shell import Shell


def _find(shell: Shell, connection: Connection, query: str, most: int) -> list[Hit]:
    """By name; owners find their own."""
    everything = Reach.ALL in shell.caller.reach(Permission.CONNECTORS_VIEW)
    wanted = query.casefold()
    found = (
        Hit(each.display_name, path_of(each), "plug-connected", chip_of(each).word)
        for each in registry.find_all(connection)
        if wanted in each.display_name.casefold()
        and (everything or owns(connection, shell.caller, each))
    )
    return list(islice(found, most))


FINDERS = (Finder("Connectors", _find),)
