"""Who gets through to which route of the connectors, on connectors that are not their own."""

from __future__ import annotations

from ostiary.server.kernel.authz.roles import (
    APPLICATION_ADMINISTRATOR,
    CONNECTOR_ADMINISTRATOR,
    READ_ONLY_ADMINISTRATOR,
    SUPER_ADMINISTRATOR,
)

MANAGERS = frozenset({SUPER_ADMINISTRATOR.name, CONNECTOR_ADMINISTRATOR.name})
READERS = MANAGERS | {READ_ONLY_ADMINISTRATOR.name}
LISTERS = READERS | {APPLICATION_ADMINISTRATOR.name}
"""Application administrators are shown the connectors they own."""

_CONNECTORS = "/api/v1/apps/{app_id}/connectors"
_ONE = f"{_CONNECTORS}/{{connector_id}}"

ROUTES: dict[str, frozenset[str]] = {
    "POST /api/v1/apps/connectors/credentials": MANAGERS,
    f"GET {_ONE}/credentials/{{id}}": READERS,
    f"POST {_ONE}/credentials/{{id}}": MANAGERS,
    "GET /api/v1/connectorcatalog": LISTERS,
    "POST /api/v1/connectorcatalog": LISTERS,
    "GET /api/v1/connectorcatalog/{catalog_id}": LISTERS,
    f"GET {_ONE}/config": READERS,
    f"POST {_ONE}/config": MANAGERS,
    f"POST {_ONE}/check": MANAGERS,
    f"POST {_ONE}/stop_sync": MANAGERS,
    f"POST {_ONE}/confirm_sync_valid/{{sync_lifecycle_id}}": MANAGERS,
    f"POST {_ONE}/schedule": MANAGERS,
    f"POST {_ONE}/force_sync": MANAGERS,
    f"POST {_ONE}/pause": MANAGERS,
    f"POST {_ONE}/resume": MANAGERS,
    f"GET {_ONE}/warnings": READERS,
    f"GET {_ONE}/syncs": READERS,
    f"GET {_ONE}/syncs/{{sync_id}}": READERS,
    f"GET {_ONE}/log": READERS,
    f"GET {_ONE}/changes": READERS,
    f"GET {_ONE}/agents": READERS,
    f"GET {_ONE}/oauth": READERS,
    f"POST {_ONE}/oauth/start": MANAGERS,
    f"POST {_ONE}/oauth/consent": MANAGERS,
    "GET /oauth/connectors/callback": MANAGERS | {APPLICATION_ADMINISTRATOR.name},
    f"GET {_CONNECTORS}": LISTERS,
    f"POST {_CONNECTORS}": MANAGERS,
    f"POST {_CONNECTORS}/create": MANAGERS,
    f"GET {_ONE}": READERS,
    f"POST {_ONE}": MANAGERS,
    f"POST {_ONE}/delegated": MANAGERS,
    f"DELETE {_ONE}": MANAGERS,
}
