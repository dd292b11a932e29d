"""Applications, service principals and their credentials, as Graph v1.0 shows them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ostiary.tenant.clock import START, graph_time
from ostiary.tenant.directory import Kind, Properties
from ostiary.tenant.directory.ids import stable_id
from ostiary.tenant.stories.builder import Builder, day

MICROSOFT_TENANT = "f8cdef31-a31e-4b4a-93e4-5f571e91255a"
ENTERPRISE_APP_TAG = "WindowsAzureActiveDirectoryIntegratedApp"


@dataclass
class App:
    """`application_id` is None where the registration lives in another tenant."""

    name: str
    app_id: str
    service_principal_id: str
    application_id: str | None
    roles: dict[str, str]


def app_role(app: str, value: str, *, for_apps: bool = False, enabled: bool = True) -> Properties:
    return {
        "allowedMemberTypes": ["Application"] if for_apps else ["User"],
        "description": f"{value} of {app}",
        "displayName": value,
        "id": stable_id("appRole", app, value),
        "isEnabled": enabled,
        "origin": "Application",
        "value": value,
    }


def secret(name: str, begins: float, ends: float, present: datetime = START) -> Properties:
    """Days from the story's present. Graph never shows the secret, only its first characters."""
    return {
        "customKeyIdentifier": None,
        "displayName": name,
        "endDateTime": graph_time(present + timedelta(days=ends)),
        "hint": "q~8",
        "keyId": stable_id("secret", name),
        "secretText": None,
        "startDateTime": graph_time(present + timedelta(days=begins)),
    }


def certificate(name: str, begins: float, ends: float, usage: str = "Verify") -> Properties:
    return {
        "customKeyIdentifier": stable_id("thumbprint", name).replace("-", "").upper() + "01AB23CD",
        "displayName": f"CN={name}",
        "endDateTime": day(ends),
        "key": None,
        "keyId": stable_id("certificate", name, usage),
        "startDateTime": day(begins),
        "type": "AsymmetricX509Cert",
        "usage": usage,
    }


def registered_app(
    build: Builder,
    name: str,
    *,
    roles: list[Properties] | None = None,
    registration: Properties | None = None,
    **props: Any,
) -> App:
    """An application of this tenant and its service principal."""
    app_id = stable_id(build.directory.tenant_id, "appId", name)
    application_id = build.object_id("application", name)
    application: Properties = {
        "appId": app_id,
        "appRoles": roles or [],
        "createdDateTime": day(-400),
        "displayName": name,
        "identifierUris": [f"api://{app_id}"],
        "keyCredentials": [],
        "passwordCredentials": [],
        "publisherDomain": build.domain,
        "requiredResourceAccess": [],
        "signInAudience": "AzureADMyOrg",
        "tags": [],
        "web": {"homePageUrl": None, "logoutUrl": None, "redirectUris": []},
    }
    build.directory.create(Kind.APPLICATION, application | (registration or {}), id=application_id)
    owned = {"appOwnerOrganizationId": build.directory.tenant_id}
    principal_id = service_principal(build, name, app_id, appRoles=roles or [], **(owned | props))
    return App(name, app_id, principal_id, application_id, _role_ids(roles))


def foreign_app(
    build: Builder,
    name: str,
    *,
    owner: str,
    app_id: str | None = None,
    roles: list[Properties] | None = None,
    **props: Any,
) -> App:
    """A service principal whose application lives in another tenant."""
    own_id = app_id or stable_id("foreign", name)
    tags = {"signInAudience": "AzureADMultipleOrgs", "appOwnerOrganizationId": owner}
    principal_id = service_principal(build, name, own_id, appRoles=roles or [], **(tags | props))
    return App(name, own_id, principal_id, None, _role_ids(roles))


def service_principal(build: Builder, name: str, app_id: str, **props: Any) -> str:
    defaults: Properties = {
        "accountEnabled": True,
        "alternativeNames": [],
        "appDisplayName": name,
        "appId": app_id,
        "appRoleAssignmentRequired": False,
        "appRoles": [],
        "createdDateTime": day(-400),
        "displayName": name,
        "keyCredentials": [],
        "notificationEmailAddresses": [],
        "oauth2PermissionScopes": [],
        "passwordCredentials": [],
        "replyUrls": [],
        "servicePrincipalNames": [app_id],
        "servicePrincipalType": "Application",
        "signInAudience": "AzureADMyOrg",
        "tags": [ENTERPRISE_APP_TAG],
    }
    principal_id = build.object_id("servicePrincipal", name)
    present = {key: value for key, value in (defaults | props).items() if value is not None}
    return build.directory.create(Kind.SERVICE_PRINCIPAL, present, id=principal_id).id


def managed_identity(build: Builder, name: str, azure_resource: str, *, explicit: bool) -> str:
    """`explicit` is user-assigned; otherwise the identity lives and dies with its resource."""
    app_id = stable_id("managed", name)
    resource_id = f"/subscriptions/{stable_id('subscription')}/resourcegroups/prod/{azure_resource}"
    return service_principal(
        build,
        name,
        app_id,
        alternativeNames=[f"isExplicit={explicit}", resource_id],
        keyCredentials=[certificate(name, -30, 60)],
        servicePrincipalNames=[app_id, f"https://identity.azure.net/{stable_id('mi', name)}"],
        servicePrincipalType="ManagedIdentity",
        tags=[],
    )


def _role_ids(roles: list[Properties] | None) -> dict[str, str]:
    return {role["value"]: role["id"] for role in roles or []}
