"""OAuth as one more way to sign in of Entra connectors, which their program knows nothing of.

The program is given the operator's application and the tenant that a token named: nobody can type
in a tenant, for whoever could would read every tenant that ever let the application in.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ostiary.baton.pb import config_v1 as pb
from ostiary.server.connectors.configuration.names import AUTH_METHOD
from ostiary.server.connectors.oauth.application import EntraApplication, operator_application
from ostiary.server.kernel.errors import failed_precondition

OAUTH: Final = "oauth"
"""The name of the group of fields."""

OF_THE_APPLICATION: Final = frozenset(
    {"entra-tenant-id", "entra-client-id", "graph-domain", "entra-login-domain"}
)


def with_oauth(configuration: pb.Configuration) -> pb.Configuration:
    """Unchanged where the operator has no application."""
    if operator_application() is None:
        return configuration
    offered = pb.Configuration()
    offered.CopyFrom(configuration)
    groups = [set(group.fields) for group in configuration.field_groups]
    options = set.intersection(*groups) - OF_THE_APPLICATION if groups else set()
    offered.field_groups.append(
        pb.FieldGroup(
            name=OAUTH,
            display_name="OAuth",
            help_text="An administrator of the tenant signs in and lets this server's application "
            "in",
            fields=[field.name for field in configuration.fields if field.name in options],
        )
    )
    return offered


def for_program(values: Mapping[str, str], tenant_id: str) -> dict[str, str]:
    """What the program is started with. AppError while nobody has signed in for the connector."""
    if values.get(AUTH_METHOD) != OAUTH:
        return dict(values)
    application = offered_application()
    if not tenant_id:
        raise failed_precondition("Nobody has signed in to the tenant for this connector yet.")
    method = "certificate" if application.client_secret is None else "client-secret"
    return {
        **values,
        AUTH_METHOD: method,
        "entra-tenant-id": tenant_id,
        "entra-client-id": application.client_id,
        "graph-domain": application.graph_domain,
        "entra-login-domain": application.login_domain,
        **application.proof,
    }


def offered_application() -> EntraApplication:
    """AppError where the operator has none."""
    application = operator_application()
    if application is None:
        raise failed_precondition(
            "This server has no application of its own to sign in with; the operator names one "
            "with OSTIARY_ENTRA_CLIENT_ID."
        )
    return application
