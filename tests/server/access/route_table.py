"""Who gets through to which route about access, in apps and on people that are not their own."""

from __future__ import annotations

from tests.server.catalog.route_table import READERS, SEARCHERS

_ENTITLEMENT = "/api/v1/apps/{app_id}/entitlements/{entitlement_id}"
_HOLDER = f"{_ENTITLEMENT}/holders/{{principal_id}}"

ROUTES: dict[str, frozenset[str]] = {
    "GET /api/v1/apps/{app_id}/app_users": READERS,
    "GET /api/v1/apps/{app_id}/users/{user_id}/app_users": READERS,
    "POST /api/v1/search/app_users": SEARCHERS,
    "POST /api/v1/search/grants": SEARCHERS,
    f"GET {_ENTITLEMENT}/grants": READERS,
    f"GET {_ENTITLEMENT}/users/{{user_id}}/grants": READERS,
    f"GET {_ENTITLEMENT}/holders": READERS,
    f"GET {_HOLDER}/explanation": READERS,
    f"GET {_HOLDER}/history": READERS,
    "GET /api/v1/apps/{app_id}/grant_differences": READERS,
    "GET /api/v1/access/differences": READERS,
    "GET /api/v1/access/principals/{principal_id}/grants": READERS,
}
