"""All routes of sign-in, tokens, users and roles, for the composition root."""

from __future__ import annotations

from ostiary.server.kernel.auth.api import (
    introspection,
    personal_clients,
    roles,
    service_principals,
    tokens,
    users,
    web,
)

ROUTERS = (
    tokens.router,
    web.router,
    introspection.router,
    personal_clients.router,
    service_principals.router,
    roles.router,
    users.router,
)
