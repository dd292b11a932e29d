"""Who may ask: those who see all apps, owners about their apps, and everybody about themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from ostiary.server.catalog.owning import owns_app
from ostiary.server.kernel.auth.caller import Caller
from ostiary.server.kernel.authz.enforcement import Access, requires
from ostiary.server.kernel.authz.oneself import is_oneself
from ostiary.server.kernel.authz.permissions import Permission
from ostiary.server.kernel.database import Connection

ONESELF = is_oneself("user_id")


def oneself_or_owner(connection: Connection, caller: Caller, path: Mapping[str, str]) -> bool:
    return ONESELF(connection, caller, path) or (
        bool(caller.reach(Permission.APPS_VIEW)) and owns_app(connection, caller, path)
    )


Viewer = Annotated[Access, requires(Permission.APPS_VIEW, own=owns_app)]
Searcher = Annotated[Access, requires(Permission.APPS_VIEW, filtered=True)]
Oneself = Annotated[
    Access, requires(Permission.APPS_VIEW, own=oneself_or_owner, owner_with=Permission.SELF)
]
Explorer = Annotated[Access, requires(Permission.EXPLORE)]


def own_only(access: Access) -> str | None:
    """The owner whose apps are meant; None for all apps."""
    return None if access.everything else access.caller.user.public_id
