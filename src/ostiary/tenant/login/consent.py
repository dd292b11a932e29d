"""Who may agree to what, and what agreeing changes."""

from __future__ import annotations

from ostiary.tenant.directory.directory import Directory
from ostiary.tenant.directory.objects import DirectoryObject, Kind
from ostiary.tenant.login.registrations import AppRegistration
from ostiary.tenant.login.tenant_view import GRAPH_APP_ID, TenantView

_HARMLESS = frozenset({"User.ReadBasic.All"})
_PRIVILEGED = ("Directory.", "AuditLog.", "RoleManagement.", "Application.", "Policy.")


def needs_administrator(permission: str) -> bool:
    """Whether this delegated permission is beyond what people may agree to for themselves.

    Graph marks each permission; those reaching beyond the signed-in person end in `.All` or
    concern the directory itself.
    """
    if permission in _HARMLESS:
        return False
    return permission.endswith((".All", ".Directory")) or permission.startswith(_PRIVILEGED)


def agree(app: AppRegistration, user_id: str, permissions: set[str], *, everyone: bool) -> None:
    """Delegated consent by one person, for themselves or for everyone."""
    app.consented_scopes.setdefault("*" if everyone else user_id, set()).update(permissions)


def admin_consent(directory: Directory, app: AppRegistration) -> None:
    """Grant all the app asks for: its roles, its delegated permissions, its service principal."""
    app.roles |= app.requested_roles
    agree(app, "*", set(app.delegated_scopes), everyone=True)
    install(directory, app)
    tenant = TenantView(directory)
    principal = tenant.service_principal(app.app_id)
    resource = tenant.service_principal(GRAPH_APP_ID)
    if principal is not None and resource is not None:
        _assign(directory, principal, resource, app.requested_roles)


def install(directory: Directory, app: AppRegistration) -> None:
    """The first consent brings an app of another tenant in, as a service principal."""
    if app.installed:
        return
    app.installed = True
    if TenantView(directory).service_principal(app.app_id) is not None:
        return
    directory.create(
        Kind.SERVICE_PRINCIPAL,
        {
            "appId": app.app_id,
            "displayName": app.display_name,
            "appDisplayName": app.display_name,
            "servicePrincipalType": "Application",
            "servicePrincipalNames": [app.app_id],
            "accountEnabled": True,
            "appRoles": [],
            "tags": ["WindowsAzureActiveDirectoryIntegratedApp"],
        },
        id=TenantView(directory).service_principal_id(app.app_id),
    )


def _assign(
    directory: Directory, principal: DirectoryObject, resource: DirectoryObject, roles: set[str]
) -> None:
    held = {
        assignment.app_role_id
        for assignment in directory.app_role_assignments.get(resource.id, {}).values()
        if assignment.principal_id == principal.id
    }
    for role in resource.props.get("appRoles") or []:
        if role["value"] in roles and role["id"] not in held:
            directory.assign_app_role(principal.id, resource.id, role["id"])
