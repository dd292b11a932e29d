"""Who gets through to which page, on objects that are not their own."""

from __future__ import annotations

from ostiary.server.kernel.authz.roles import ROLES
from tests.server.catalog.route_table import READERS, SEARCHERS, SUPER

SIGNED_IN = frozenset(role.name for role in ROLES)
ANYBODY = frozenset({"anonymous", *SIGNED_IN})

ROUTES: dict[str, frozenset[str]] = {
    "GET /static/{name}": ANYBODY,
    "GET /": SIGNED_IN,
    "GET /search": SIGNED_IN,
    "POST /preferences/columns": SIGNED_IN,
    "GET /apps": SEARCHERS,
    "GET /apps/manage": SUPER,
    "POST /apps/manage": SUPER,
    "GET /apps/{app_id}": READERS,
}
