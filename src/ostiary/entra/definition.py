"""What the connector declares: its settings, its resource types and what can be done with them."""

from __future__ import annotations

from importlib.metadata import version

from ostiary.connector.definition import ConnectorDefinition, ResourceTypeDefinition
from ostiary.connector.fields import Constraint, ConstraintKind, Field, FieldGroup
from ostiary.entra.permissions import NEEDED
from ostiary.entra.session import open_connector
from ostiary.entra.types import RESOURCE_TYPES

NAME = "baton-microsoft-entra"
_PEM = (".pem", ".crt", ".cer")

FIELDS = (
    Field(
        "entra-tenant-id",
        "Tenant ID",
        "Directory (tenant) ID of the app registration, or a verified domain of the tenant",
        required=True,
        placeholder="00000000-0000-0000-0000-000000000000",
    ),
    Field(
        "entra-client-id",
        "Client ID",
        "Application (client) ID of the app registration",
        placeholder="00000000-0000-0000-0000-000000000000",
    ),
    Field(
        "entra-client-secret",
        "Client secret",
        "The secret's Value, not its Secret ID (Certificates & secrets shows it once)",
        secret=True,
    ),
    Field(
        "entra-certificate",
        "Certificate",
        "PEM file with the certificate that was uploaded to the app registration",
        kind="file",
        allowed_extensions=_PEM,
    ),
    Field(
        "entra-certificate-key",
        "Private key",
        "PEM file with the certificate's private key, unless the certificate file holds both",
        kind="file",
        secret=True,
        allowed_extensions=(".pem", ".key"),
    ),
    Field(
        "entra-certificate-password",
        "Private key password",
        "Password of the private key, when it is encrypted",
        secret=True,
    ),
    Field(
        "entra-federated-token-file",
        "Federated token file",
        "File with the token of the external identity provider (workload identity federation)",
        ops=True,
    ),
    Field(
        "graph-domain",
        "Graph domain",
        "Host of Microsoft Graph, for national clouds: host or host:port, always https",
        default="graph.microsoft.com",
    ),
    Field(
        "entra-login-domain",
        "Login domain",
        "Host that issues tokens; known national clouds need none",
        placeholder="login.microsoftonline.com",
    ),
    Field(
        "skip-ad-groups",
        "Skip Active Directory groups",
        "Leave out groups that are synced from Active Directory",
        kind="bool",
    ),
    Field(
        "include-on-prem-group-members",
        "Include on-premises members",
        "With the option above: still show on-premises users as members of cloud groups",
        kind="bool",
    ),
    Field(
        "sign-in-activity",
        "Sign-in activity",
        "Read when accounts last signed in (needs Entra ID P1 or P2 and AuditLog.Read.All)",
        kind="bool",
    ),
    Field(
        "on-premises-extension-attributes",
        "On-premises extension attributes",
        "Add extensionAttribute1 to 15 to the profiles of accounts",
        kind="bool",
    ),
    Field(
        "skip-unassigned-apps",
        "Skip unassigned applications",
        "Leave out enterprise applications that nobody is assigned to",
        kind="bool",
    ),
    Field(
        "schedule-scim-provisioning",
        "Schedule SCIM provisioning",
        "After granting access to an application, start its SCIM provisioning job; "
        "a sync is not affected",
        kind="bool",
    ),
    Field(
        "disable-audit-log-feed",
        "Disable the change feed",
        "Do not read directory audit events, where that API is unavailable; a sync is not affected",
        kind="bool",
    ),
)

_SHARED = (
    "graph-domain",
    "entra-login-domain",
    "skip-ad-groups",
    "include-on-prem-group-members",
    "sign-in-activity",
    "on-premises-extension-attributes",
    "skip-unassigned-apps",
    "schedule-scim-provisioning",
    "disable-audit-log-feed",
)

GROUPS = (
    FieldGroup(
        "client-secret",
        "Client secret",
        "Sign in with a secret of the app registration",
        (*_SHARED, "entra-tenant-id", "entra-client-id", "entra-client-secret"),
        required=("entra-client-id", "entra-client-secret"),
        default=True,
    ),
    FieldGroup(
        "certificate",
        "Certificate",
        "Sign in with a certificate of the app registration",
        (
            *_SHARED,
            "entra-tenant-id",
            "entra-client-id",
            "entra-certificate",
            "entra-certificate-key",
            "entra-certificate-password",
        ),
        required=("entra-client-id", "entra-certificate"),
    ),
    FieldGroup(
        "workload-identity",
        "Workload identity",
        "Sign in with a token of Kubernetes or another identity provider",
        (*_SHARED, "entra-tenant-id", "entra-client-id", "entra-federated-token-file"),
        required=("entra-client-id",),
    ),
    FieldGroup(
        "managed-identity",
        "Managed identity",
        "Sign in as the managed identity of the Azure resource this runs on",
        (*_SHARED, "entra-client-id"),
    ),
)

DEFINITION = ConnectorDefinition(
    name=NAME,
    display_name="Microsoft Entra ID",
    description="Accounts, groups, enterprise applications, directory roles and licences of a "
    "Microsoft Entra tenant",
    version=version("ostiary"),
    is_directory=True,
    resource_types=tuple(
        ResourceTypeDefinition(
            message,
            permissions=tuple(feature.least for feature in NEEDED[type_id]),
        )
        for type_id, message in RESOURCE_TYPES.items()
    ),
    fields=FIELDS,
    groups=GROUPS,
    constraints=(
        Constraint(ConstraintKind.DEPENDENT_ON, ("entra-certificate-key",), ("entra-certificate",)),
        Constraint(
            ConstraintKind.DEPENDENT_ON, ("entra-certificate-password",), ("entra-certificate",)
        ),
    ),
    open=open_connector,
)
