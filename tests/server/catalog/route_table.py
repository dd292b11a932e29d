"""Who gets through to which route of the catalogue, on apps that are not their own."""

from __future__ import annotations

from ostiary.server.kernel.authz.roles import (
    APPLICATION_ADMINISTRATOR,
    READ_ONLY_ADMINISTRATOR,
    SUPER_ADMINISTRATOR,
)

SUPER = frozenset({SUPER_ADMINISTRATOR.name})
READERS = SUPER | {READ_ONLY_ADMINISTRATOR.name}
SEARCHERS = READERS | {APPLICATION_ADMINISTRATOR.name}
"""Application administrators find the apps they own."""

_RESOURCES = "/api/v1/apps/{app_id}/resource_types/{app_resource_type_id}/resources"

_ENTITLEMENT = "/api/v1/apps/{app_id}/entitlements/{entitlement_id}"
_RESOURCE = "/api/v1/apps/{app_id}/resource_types/{resource_type_id}/resource/{resource_id}"

ROUTES: dict[str, frozenset[str]] = {
    "GET /api/v1/apps": SEARCHERS,
    "POST /api/v1/apps": SUPER | {APPLICATION_ADMINISTRATOR.name},
    "POST /api/v1/search/apps": SEARCHERS,
    "POST /api/v1/apps/manage": SUPER,
    "GET /api/v1/apps/{app_id}": READERS,
    "POST /api/v1/apps/{app_id}": SUPER,
    "DELETE /api/v1/apps/{app_id}": SUPER,
    "GET /api/v1/apps/{app_id}/deletion_preview": SUPER,
    "POST /api/v1/apps/{app_id}/manage": SUPER,
    "POST /api/v1/apps/{app_id}/restore": SUPER,
    "GET /api/v1/apps/{app_id}/ownerids": READERS,
    "GET /api/v1/apps/{app_id}/owners": READERS,
    "PUT /api/v1/apps/{app_id}/owners": SUPER,
    "DELETE /api/v1/apps/{app_id}/owners": SUPER,
    "POST /api/v1/apps/{app_id}/owners/{user_id}": SUPER,
    "DELETE /api/v1/apps/{app_id}/owners/{user_id}": SUPER,
    "GET /api/v1/apps/{app_id}/linked_groups": READERS,
    "PUT /api/v1/apps/{app_id}/linked_groups/{group_id}": SUPER,
    "DELETE /api/v1/apps/{app_id}/linked_groups/{group_id}": SUPER,
    "GET /api/v1/apps/{app_id}/resource_types": READERS,
    "GET /api/v1/apps/{app_id}/resource_types/{app_resource_type_id}": READERS,
    "POST /api/v1/search/app_resource_types": SEARCHERS,
    "POST /api/v1/search/app_resources": SEARCHERS,
    "POST /api/v1/search/entitlements": SEARCHERS,
    "GET /api/v1/apps/{app_id}/entitlements": READERS,
    "GET /api/v1/apps/{app_id}/entitlements/users/{app_user_id}": READERS,
    "GET /api/v1/apps/{app_id}/entitlements/{entitlement_id}": READERS,
    "POST /api/v1/apps/{app_id}/entitlements/{entitlement_id}": SUPER,
    f"GET {_ENTITLEMENT}/ownerids": READERS,
    f"GET {_ENTITLEMENT}/owners": READERS,
    f"PUT {_ENTITLEMENT}/owners": SUPER,
    f"POST {_ENTITLEMENT}/owners": SUPER,
    f"DELETE {_ENTITLEMENT}/owners": SUPER,
    f"DELETE {_ENTITLEMENT}/owners/{{user_id}}": SUPER,
    f"GET {_RESOURCE}/ownerids": READERS,
    f"DELETE {_RESOURCE}/ownerids": SUPER,
    f"GET {_RESOURCE}/owners": READERS,
    f"PUT {_RESOURCE}/owners": SUPER,
    f"POST {_RESOURCE}/owners": SUPER,
    f"DELETE {_RESOURCE}/owners": SUPER,
    f"GET {_RESOURCES}": READERS,
    f"GET {_RESOURCES}/{{resource_id}}": READERS,
    "GET /api/v1/apps/{app_id}/entitlements/resource_types/{app_resource_type_id}"
    "/resources/{app_resource_id}": READERS,
}
