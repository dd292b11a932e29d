"""All routes about who has what, for the composition root."""

from __future__ import annotations

from ostiary.server.access.api import accounts, asking, grants

ROUTERS = (accounts.router, grants.router, asking.router)
