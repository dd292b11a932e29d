"""Documents that tell clients where everything is."""

from __future__ import annotations

from typing import Any

from ostiary.tenant.login.clients import SHARED_AUTHORITIES
from ostiary.tenant.login.tenant_view import TenantView


def openid_configuration(
    tenant: TenantView, realm: str, authority: str, graph_host: str
) -> dict[str, Any]:
    """`/{realm}/v2.0/.well-known/openid-configuration`."""
    shared = realm.lower() in SHARED_AUTHORITIES
    base = f"{authority}/{realm.lower() if shared else tenant.tenant_id}"
    issuer = f"{authority}/{'{tenantid}' if shared else tenant.tenant_id}/v2.0"
    return {
        "token_endpoint": f"{base}/oauth2/v2.0/token",
        "token_endpoint_auth_methods_supported": [
            "client_secret_post",
            "private_key_jwt",
            "client_secret_basic",
        ],
        "jwks_uri": f"{base}/discovery/v2.0/keys",
        "response_modes_supported": ["query"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "response_types_supported": ["code"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "issuer": issuer,
        "request_uri_parameter_supported": False,
        "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
        "http_logout_supported": False,
        "frontchannel_logout_supported": False,
        "claims_supported": _CLAIMS,
        "tenant_region_scope": None if shared else tenant.region_scope,
        "cloud_instance_name": "microsoftonline.com",
        "cloud_graph_host_name": "graph.windows.net",
        "msgraph_host": graph_host,
    }


_CLAIMS = [
    "sub",
    "iss",
    "aud",
    "exp",
    "iat",
    "nonce",
    "tid",
    "ver",
    "name",
    "oid",
    "preferred_username",
]


def instance_discovery(authority_host: str, realm: str) -> dict[str, Any]:
    """`/common/discovery/instance`: this host stands for itself alone."""
    return {
        "tenant_discovery_endpoint": (
            f"https://{authority_host}/{realm}/v2.0/.well-known/openid-configuration"
        ),
        "api-version": "1.1",
        "metadata": [
            {
                "preferred_network": authority_host,
                "preferred_cache": authority_host,
                "aliases": [authority_host],
            }
        ],
    }
