"""All routes of the catalogue, for the composition root. Where paths clash, literal ones first."""

from __future__ import annotations

from ostiary.server.catalog.api import (
    app_owners,
    apps,
    entitlements,
    linked_groups,
    resources,
    thing_owners,
)

ROUTERS = (
    apps.router,
    app_owners.router,
    linked_groups.router,
    resources.router,
    entitlements.router,
    thing_owners.router,
)
