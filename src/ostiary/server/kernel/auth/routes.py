"""All routes of sign-in, tokens, users and roles, for the composition root."""

from __future__ import annotations

from ostiary.server.kernel.auth.api import (
    federation,
    federation_trials,
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
    federation_trials.router,
    federation.router,
    roles.router,
    users.router,
)
