"""Who gets through to which page, on objects that are not their own."""

from __future__ import annotations

from ostiary.server.kernel.authz.roles import APPLICATION_ADMINISTRATOR, ROLES
from tests.server.catalog.route_table import READERS, SEARCHERS, SUPER
from tests.server.connectors.route_table import LISTERS, MANAGERS
from tests.server.connectors.route_table import READERS as CONNECTOR_READERS

SIGNED_IN = frozenset(role.name for role in ROLES)
ANYBODY = frozenset({"anonymous", *SIGNED_IN})

BOTH = ("GET", "POST")
DECISIONS = ("owner", "type", "reset")
DECIDERS = SUPER | {APPLICATION_ADMINISTRATOR.name}
"""Application administrators decide about accounts of the apps they own."""

TABS = ("", "/past", "/history", "/changes")
OF_PEOPLE = ("/access", "/attributes", "/reports")
_ACCOUNT = "/apps/{app_id}/accounts/{account_id}"
_ENTITLEMENT = "/apps/{app_id}/entitlements/{entitlement_id}"
_RESOURCE = "/apps/{app_id}/resources/{resource_type_id}/{resource_id}"

_CONNECTOR = "/apps/{app_id}/connectors/{connector_id}"
_ADDING = "/connectors/add/{kind_name}"
LAST_STEPS = ("/settings", "/self-hosted")

ROUTES: dict[str, frozenset[str]] = {
    "GET /static/{name}": ANYBODY,
    "GET /": SIGNED_IN,
    "GET /search": SIGNED_IN,
    "POST /preferences/columns": SIGNED_IN,
    "GET /apps": SEARCHERS,
    "GET /apps/manage": SUPER,
    "POST /apps/manage": SUPER,
    "GET /apps/{app_id}": READERS,
    "GET /apps/{app_id}/accounts": READERS,
    "GET /apps/{app_id}/entitlements": READERS,
    "GET /apps/{app_id}/resources": READERS,
    "GET /apps/{app_id}/feed": READERS,
    **{f"{method} /apps/{{app_id}}/settings/matching": SUPER for method in ("GET", "POST")},
    **{f"{method} {_ENTITLEMENT}/settings": SUPER for method in ("GET", "POST")},
    f"POST {_ENTITLEMENT}/settings/owners": SUPER,
    f"POST {_ENTITLEMENT}/settings/owners/remove": SUPER,
    "GET /apps/{app_id}/linked_groups": READERS,
    **{f"{method} /apps/{{app_id}}/linked_groups/set_up": SUPER for method in ("GET", "POST")},
    "GET /apps/deleted": SUPER,
    **{f"{method} /apps/restore": SUPER for method in ("GET", "POST")},
    **{f"{method} /apps/{{app_id}}/settings": SUPER for method in ("GET", "POST")},
    "POST /apps/{app_id}/settings/owners": SUPER,
    "POST /apps/{app_id}/settings/owners/remove": SUPER,
    "POST /apps/{app_id}/settings/delete": SUPER,
    **{f"GET {_RESOURCE}{tab}": READERS for tab in (*TABS, "/holders", "/inside", "/access")},
    **{f"GET {_ACCOUNT}{tab}": READERS for tab in TABS},
    **{f"GET {_ENTITLEMENT}{tab}": READERS for tab in TABS},
    f"GET {_ENTITLEMENT}/holders/{{principal_id}}": READERS,
    "GET /people": READERS,
    "GET /people/sources": READERS,
    "GET /people/sources/add": SUPER,
    "GET /people/sources/{app_id}": READERS,
    "POST /people/sources/{app_id}": SUPER,
    "POST /people/sources/{app_id}/preview": SUPER,
    **{f"{how} /people/sources/{{app_id}}/remove": SUPER for how in BOTH},
    "GET /people/attributes": READERS,
    "GET /people/attributes/{app_id}/{name}": READERS,
    "POST /people/attributes/{app_id}/{name}": SUPER,
    "POST /people/attributes/{app_id}/{name}/preview": SUPER,
    "GET /people/orphans": READERS,
    "GET /people/owners": READERS,
    **{f"{how} /people/accounts/{what}": DECIDERS for how in BOTH for what in DECISIONS},
    "GET /people/domains": READERS,
    "POST /people/domains": SUPER,
    "GET /explore": READERS,
    "GET /explore/map": READERS,
    "GET /explore/map/people/{person_id}": READERS,
    "GET /explore/map/accounts/{account_id}": READERS,
    "GET /explore/map/entitlements/{entitlement_id}": READERS,
    "GET /explore/{key}": READERS,
    "GET /explore/{key}/count": READERS,
    "GET /log": READERS,
    "GET /log/{sequence}": READERS,
    "POST /log/verify": READERS,
    "GET /settings": READERS,
    "GET /settings/sign_in": READERS,
    "GET /settings/encryption": READERS,
    "GET /settings/users": READERS,
    **{f"{how} /settings/users/roles": SUPER for how in BOTH},
    "GET /settings/users/{user_id}": READERS,
    "POST /settings/users/{user_id}/roles": SUPER,
    "POST /settings/users/{user_id}/end_sessions": SUPER,
    "GET /settings/keys": READERS,
    "POST /settings/keys": SUPER,
    "GET /settings/keys/{service_id}": READERS,
    "POST /settings/keys/{service_id}/roles": SUPER,
    "POST /settings/keys/{service_id}/delete": SUPER,
    "POST /settings/keys/{service_id}/credentials": SUPER,
    "POST /settings/keys/{service_id}/credentials/{credential_id}/revoke": SUPER,
    "POST /settings/keys/personal/{key_id}/revoke": SUPER,
    "GET /keys": SIGNED_IN,
    "POST /keys": SIGNED_IN,
    "POST /keys/{key_id}/revoke": SIGNED_IN,
    "GET /settings/mail": READERS,
    "POST /settings/mail/test": SUPER,
    **{f"GET /people/{{person_id}}{tab}": READERS for tab in (*TABS, *OF_PEOPLE)},
    "GET /connectors/add": MANAGERS,
    **{f"{how} {_ADDING}{step}": MANAGERS for how in BOTH for step in ("", *LAST_STEPS)},
    **{f"{how} {_CONNECTOR}/{page}": MANAGERS for how in BOTH for page in ("settings", "sign-in")},
    f"POST {_CONNECTOR}/settings/check": MANAGERS,
    f"POST {_CONNECTOR}/sign-in/consent": MANAGERS,
    "GET /connectors": LISTERS,
    "GET /apps/{app_id}/connectors": LISTERS,
    **{
        f"GET {_CONNECTOR}{tab}": CONNECTOR_READERS
        for tab in (
            "",
            "/changes",
            "/events",
            "/syncs",
            "/syncs/{sync_id}",
            "/held",
            "/schedule",
            "/credentials",
        )
    },
    **{f"GET {_CONNECTOR}{form}": MANAGERS for form in ("/edit", "/delete")},
    **{
        f"POST {_CONNECTOR}{act}": MANAGERS
        for act in (
            "/sync",
            "/stop",
            "/pause",
            "/resume",
            "/edit",
            "/delete",
            "/schedule",
            "/held/confirm",
            "/held/refuse",
            "/credentials/rotate",
            "/credentials/{credential_id}/revoke",
        )
    },
}
