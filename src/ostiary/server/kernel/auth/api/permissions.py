"""Who may ask about people and what acts for them, and who may change it."""

from __future__ import annotations

from typing import Annotated

from ostiary.server.kernel.authz.enforcement import Access, requires
from ostiary.server.kernel.authz.permissions import Permission

Viewer = Annotated[Access, requires(Permission.USERS_VIEW)]
Administrator = Annotated[Access, requires(Permission.USERS_MANAGE)]
