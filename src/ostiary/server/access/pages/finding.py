"""Accounts and entitlements for Ctrl-K."""

from __future__ import annotations

from ostiary.server.access.store import accounts, principals
from ostiary.server.access.store.accounts import AccountFilter
from ostiary.server.access.views.accounts import path
from ostiary.server.access.views.grants import entitlement_path
from ostiary.server.catalog.store import inventory
from ostiary.server.catalog.store.asked import Asked
from ostiary.server.kernel.authz.permissions import Permission, Reach
from ostiary.server.kernel.database import Connection
from ostiary.server.web.search import Finder, Hit
from ostiary.server.web.shell import Shell


def _accounts(shell: Shell, connection: Connection, query: str, most: int) -> list[Hit]:
    reach = shell.caller.reach(Permission.APPS_VIEW)
    if not reach:
        return []
    wanted = AccountFilter(query=query, viewer=_viewer(shell, reach))
    found = accounts.accounts(connection, wanted, at=shell.as_of, size=most)
    names = accounts.app_names(connection, {each.app_id for each in found})
    return [
        Hit(each.display_name or each.login, path(each.app_id, each.id), "id", names[each.app_id])
        for each in found
    ]


def _entitlements(shell: Shell, connection: Connection, query: str, most: int) -> list[Hit]:
    reach = shell.caller.reach(Permission.APPS_VIEW)
    if not reach:
        return []
    asked = Asked(shell.as_of, _viewer(shell, reach))
    asked.containing(query, inventory.ENTITLEMENT_NAME, "x.alias")
    found = inventory.entitlements(connection, asked, 0, most)
    apps = principals.apps(connection, {each.id for each in found})
    return [
        Hit(
            each.display_name,
            entitlement_path(each.app_id, each.id),
            "key",
            apps[each.id].display_name,
        )
        for each in found
    ]


def _viewer(shell: Shell, reach: frozenset[Reach]) -> str | None:
    return None if Reach.ALL in reach else shell.caller.user.public_id


FINDERS = (Finder("Accounts", _accounts), Finder("Entitlements", _entitlements))
