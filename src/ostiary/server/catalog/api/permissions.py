"""Who may ask: everybody who sees all apps, and owners about the apps they own."""

from __future__ import annotations

from typing import Annotated

from ostiary.server.catalog.owning import owns_app, uses_app
from ostiary.server.kernel.authz.enforcement import Access, requires
from ostiary.server.kernel.authz.permissions import Permission

Viewer = Annotated[Access, requires(Permission.APPS_VIEW, own=owns_app)]
"""Of one app, by its `app_id` in the path."""

Reader = Annotated[Access, requires(Permission.APPS_VIEW, own=uses_app, owner_with=Permission.SELF)]
"""Also for who has an account there, such as to ask whether they hold something."""

Searcher = Annotated[Access, requires(Permission.APPS_VIEW, filtered=True)]
"""Of many apps; `own_only` says how far it reaches."""

Manager = Annotated[Access, requires(Permission.APPS_MANAGE, own=owns_app)]
Creator = Annotated[Access, requires(Permission.APPS_CREATE)]
Adopter = Annotated[Access, requires(Permission.APPS_ADOPT)]


def own_only(access: Access) -> str | None:
    """The owner whose apps are meant; None for all apps."""
    return None if access.everything else access.caller.user.public_id
