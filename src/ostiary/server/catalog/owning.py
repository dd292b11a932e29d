"""Whether an app is the caller's own, for the permissions of every slice."""

from __future__ import annotations

from collections.abc import Mapping

from ostiary.server.catalog.store import owned
from ostiary.server.kernel.auth.caller import Caller
from ostiary.server.kernel.database import Connection


def owns_app(connection: Connection, caller: Caller, path: Mapping[str, str]) -> bool:
    """The app that `app_id` of the path names."""
    return owned.owns(connection, caller.user.public_id, path["app_id"])
