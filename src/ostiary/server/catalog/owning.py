"""What an app is to the caller, for the permissions of every slice."""

from __future__ import annotations

from collections.abc import Mapping

from ostiary.server.catalog.store import owned
from ostiary.server.kernel.auth.caller import Caller
from ostiary.server.kernel.authz.permissions import Permission
from ostiary.server.kernel.database import Connection


def owns_app(connection: Connection, caller: Caller, path: Mapping[str, str]) -> bool:
    """The app that `app_id` of the path names."""
    return owned.owns(connection, caller.user.public_id, path["app_id"])


def uses_app(connection: Connection, caller: Caller, path: Mapping[str, str]) -> bool:
    """The app is the caller's own, or one of its accounts is."""
    if owned.has_account(connection, caller.user.public_id, path["app_id"]):
        return True
    return bool(caller.reach(Permission.APPS_VIEW)) and owns_app(connection, caller, path)
