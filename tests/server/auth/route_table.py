"""Who gets through to which route, on objects that are not their own.

Every route of the server has a line here; what a role may do with its own objects is tested where
the objects are.
"""

from __future__ import annotations

from ostiary.server.kernel.authz.roles import (
    READ_ONLY_ADMINISTRATOR,
    ROLES,
    SUPER_ADMINISTRATOR,
)
from tests.server.access import route_table as access
from tests.server.catalog import route_table as catalog
from tests.server.connectors import route_table as connectors
from tests.server.directory import route_table as directory
from tests.server.notify import route_table as notify
from tests.web import route_table as web

ANYBODY = frozenset({"anonymous", *(role.name for role in ROLES)})
SIGNED_IN = frozenset(role.name for role in ROLES)
SUPER = frozenset({SUPER_ADMINISTRATOR.name})
SUPER_AND_READERS = SUPER | {READ_ONLY_ADMINISTRATOR.name}

TRUSTS = "/api/v1/service_principals/{service_principal_id}/trusts"
ROUTES: dict[str, frozenset[str]] = {
    "POST /auth/v1/token": ANYBODY,
    "POST /auth/v1/device_authorization": ANYBODY,
    "GET /auth/sign_in": ANYBODY,
    "POST /auth/sign_in": ANYBODY,
    "GET /auth/start": ANYBODY,
    "POST /auth/start": ANYBODY,
    "GET /auth/password": ANYBODY,
    "POST /auth/password": ANYBODY,
    "POST /auth/oidc": ANYBODY,
    "GET /auth/oidc/callback": ANYBODY,
    "GET /auth/device": ANYBODY,
    "POST /auth/device": SIGNED_IN,
    "POST /auth/sign_out": SIGNED_IN,
    "GET /auth/session": SIGNED_IN,
    "GET /api/v1/auth/introspect": SIGNED_IN,
    "POST /api/v1/iam/personal_clients": SIGNED_IN,
    "GET /api/v1/iam/personal_clients": SIGNED_IN,
    "GET /api/v1/iam/personal_clients/{id}": SIGNED_IN,
    "POST /api/v1/iam/personal_clients/{id}": SIGNED_IN,
    "DELETE /api/v1/iam/personal_clients/{id}": SIGNED_IN,
    "POST /api/v1/search/iam/personal_clients": SUPER_AND_READERS,
    "GET /api/v1/iam/roles": SUPER_AND_READERS,
    "GET /api/v1/iam/roles/{role_id}": SUPER_AND_READERS,
    "POST /api/v1/iam/roles/{role_id}": SUPER,
    "GET /api/v1/users/{id}": SUPER_AND_READERS,
    "POST /api/v1/users": SUPER,
    "POST /api/v1/users/bulk/roles": SUPER,
    "POST /api/v1/users/{id}/password_link": SUPER,
    "PUT /api/v1/users/{id}/roles": SUPER,
    "PUT /api/v1/users/{id}/status": SUPER,
    "POST /api/v1/systemlog/events": SUPER_AND_READERS,
    "GET /api/v1/service_principals": SUPER_AND_READERS,
    "POST /api/v1/service_principals": SUPER,
    "GET /api/v1/service_principals/{id}": SUPER_AND_READERS,
    "PATCH /api/v1/service_principals/{id}": SUPER,
    "DELETE /api/v1/service_principals/{id}": SUPER,
    "GET /api/v1/service_principals/{service_principal_id}/credentials": SUPER_AND_READERS,
    "POST /api/v1/service_principals/{service_principal_id}/credentials": SUPER,
    "GET /api/v1/service_principals/{service_principal_id}/credentials/{id}": SUPER_AND_READERS,
    "PATCH /api/v1/service_principals/{service_principal_id}/credentials/{id}": SUPER,
    "DELETE /api/v1/service_principals/{service_principal_id}/credentials/{id}": SUPER,
    "GET /api/v1/workload_federation/providers": SUPER_AND_READERS,
    "POST /api/v1/workload_federation/providers": SUPER,
    "GET /api/v1/workload_federation/providers/{id}": SUPER_AND_READERS,
    "PATCH /api/v1/workload_federation/providers/{id}": SUPER,
    "DELETE /api/v1/workload_federation/providers/{id}": SUPER,
    "POST /api/v1/workload_federation/test-cel": SUPER,
    "POST /api/v1/search/workload_federation_trusts": SUPER_AND_READERS,
    f"GET {TRUSTS}": SUPER_AND_READERS,
    f"POST {TRUSTS}": SUPER,
    f"GET {TRUSTS}/{{client_id:path}}": SUPER_AND_READERS,
    f"PATCH {TRUSTS}/{{client_id:path}}": SUPER,
    f"DELETE {TRUSTS}/{{client_id:path}}": SUPER,
    f"POST {TRUSTS}/{{client_id:path}}/test": SUPER,
    **catalog.ROUTES,
    **access.ROUTES,
    **connectors.ROUTES,
    **directory.ROUTES,
    **notify.ROUTES,
    **web.ROUTES,
}
"""By "METHOD path": the names of the roles that are let through."""
