"""Who gets through to which route of the directory, on apps that are not their own."""

from __future__ import annotations

from ostiary.server.kernel.authz.roles import (
    READ_ONLY_ADMINISTRATOR,
    ROLES,
    SUPER_ADMINISTRATOR,
)

SUPER = frozenset({SUPER_ADMINISTRATOR.name})
SIGNED_IN = frozenset(role.name for role in ROLES)
READERS = SUPER | {READ_ONLY_ADMINISTRATOR.name}

ROUTES: dict[str, frozenset[str]] = {
    "GET /api/v1/users": READERS,
    "GET /api/v1/users/{id}": READERS,
    "POST /api/v1/search/users": READERS,
    "POST /api/v1/users/introspect": SIGNED_IN,
    "POST /api/v1/apps/{app_id}/app_users/{id}": SUPER,
    "POST /api/v1/apps/{app_id}/app_users/{id}/reset_owner": SUPER,
    "POST /api/v1/search/orphaned_app_users": READERS,
    "GET /api/v1/directories": READERS,
    "POST /api/v1/directories": SUPER,
    "GET /api/v1/directories/{app_id}": READERS,
    "PUT /api/v1/directories/{app_id}": SUPER,
    "DELETE /api/v1/directories/{app_id}": SUPER,
    "POST /api/v1/directories/{app_id}/preview": SUPER,
    "GET /api/v1/settings/domains": READERS,
    "PUT /api/v1/settings/domains": SUPER,
    "GET /api/v1/apps/{app_id}/matching": SUPER,
    "PUT /api/v1/apps/{app_id}/matching": SUPER,
}
