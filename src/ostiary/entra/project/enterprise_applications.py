"""Enterprise applications: their app roles, who holds them, and who owns the application."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from google.protobuf.message import Message

from ostiary.baton.c1z import GrantSheet
from ostiary.baton.pb import connector_v2 as pb
from ostiary.connector.entitlements import (
    assignment_entitlement,
    immutable_entitlement,
    permission_entitlement,
)
from ostiary.connector.resources import app_resource
from ostiary.entra.image import Image, Kind, Relation
from ostiary.entra.project.grants import Grants, grant, owners_id, stub, through_members
from ostiary.entra.project.links import portal_application
from ostiary.entra.project.principals import Principals
from ostiary.entra.project.tally import UNASSIGNED, Tally
from ostiary.entra.records import ALL_ZERO, AppRole, ServicePrincipal
from ostiary.entra.types import ENTERPRISE_APPLICATION, GROUP, MANAGED_IDENTITY, USER, grantable_to

INTEGRATED = "WindowsAzureActiveDirectoryIntegratedApp"
HIDDEN = "HideApp"
_PEOPLE = (USER, GROUP)
_APPLICATIONS = (ENTERPRISE_APPLICATION, MANAGED_IDENTITY)


class EnterpriseApplications:
    """The service principals of the image that stand for applications and that the options show."""

    def __init__(self, image: Image, principals: Principals, tally: Tally) -> None:
        self._image = image
        self._principals = principals
        self._tally = tally

    def _shown(self) -> Iterator[tuple[int, ServicePrincipal]]:
        types = self._principals.service_principals
        for ix, principal in self._image.objects.all(Kind.SERVICE_PRINCIPAL, ServicePrincipal):
            if types.get(principal.id) == ENTERPRISE_APPLICATION:
                yield ix, principal

    def resources(self) -> Iterator[pb.Resource]:
        hidden = self._image.objects.count(Kind.SERVICE_PRINCIPAL) - len(
            self._principals.service_principals
        )
        self._tally.add("enterprise applications", UNASSIGNED, hidden)
        for _, principal in self._shown():
            yield _resource(principal)

    def entitlements(self) -> Iterator[pb.Entitlement]:
        for _, principal in self._shown():
            resource = _reference(principal)
            for role in self._roles(principal):
                yield _role_entitlement(principal, resource, role)
            yield permission_entitlement(
                resource,
                "owners",
                display_name=f"{resource.display_name} owner",
                description=f"Owner of the application {resource.display_name}",
                grantable_to=grantable_to(USER, *_APPLICATIONS),
            )

    def grants(self) -> Grants:
        for ix, principal in self._shown():
            yield from self._assignments(principal.id)
            yield from self._owners(ix, principal.id)

    def _roles(self, principal: ServicePrincipal) -> list[AppRole]:
        """Default access, the declared roles, and roles that are held though no longer declared."""
        declared = {ALL_ZERO: _default_access(principal)}
        declared.update((role.id, role) for role in principal.appRoles or ())
        for assignment in self._image.assignments.of(principal.id):
            declared.setdefault(assignment.role, AppRole(assignment.role, isEnabled=False))
        return list(declared.values())

    def _assignments(self, application: str) -> Grants:
        holders: dict[tuple[str, str], list[str]] = defaultdict(list)
        for _, _, principal, role in self._image.assignments.of(application):
            type_id = self._principals.type_of(principal)
            if type_id is not None:
                holders[role, type_id].append(principal)
        for (role, type_id), ids in holders.items():
            entitlement = stub(ENTERPRISE_APPLICATION, application, role_id(application, role))
            distinct = list(dict.fromkeys(ids))
            if type_id != GROUP:
                yield GrantSheet(entitlement, type_id, distinct)
                continue
            for group in distinct:
                reach = through_members(group, shallow=True, reaching=[USER])
                yield grant(entitlement, GROUP, group, reach)

    def _owners(self, ix: int, application: str) -> Grants:
        entitlement = stub(
            ENTERPRISE_APPLICATION, application, owners_id(ENTERPRISE_APPLICATION, application)
        )
        for object_id, kind, live in self._image.links.targets(ix, Relation.OWNER):
            type_id = self._principals.resolve(object_id, kind, live=live)
            if type_id is not None:
                yield grant(entitlement, type_id, object_id)


def role_id(application: str, role: str) -> str:
    return f"{ENTERPRISE_APPLICATION}:{application}:assignment:{role}"


def _default_access(principal: ServicePrincipal) -> AppRole:
    return AppRole(
        ALL_ZERO, "Default access", allowedMemberTypes=["User", "Application"]
    )  # fmt: skip


def _reference(principal: ServicePrincipal) -> pb.Resource:
    return pb.Resource(
        id=pb.ResourceId(resource_type=ENTERPRISE_APPLICATION, resource=principal.id),
        display_name=principal.displayName or principal.id,
    )


def _resource(principal: ServicePrincipal) -> pb.Resource:
    tags = principal.tags or []
    profile = {
        "id": principal.id,
        "app_id": principal.appId,
        "service_principal_type": principal.servicePrincipalType,
        "account_enabled": principal.accountEnabled,
        "owner_organization_id": principal.appOwnerOrganizationId,
        "assignment_required": principal.appRoleAssignmentRequired,
        "single_sign_on_mode": principal.preferredSingleSignOnMode,
        "is_integrated": INTEGRATED in tags,
        "hidden_app": HIDDEN in tags,
        "logo_url": principal.info.logoUrl if principal.info else None,
    }
    return app_resource(
        ENTERPRISE_APPLICATION,
        principal.id,
        principal.displayName or principal.id,
        description=principal.description or "",
        help_url=principal.homepage or "",
        flags=_flags(principal),
        profile={name: value for name, value in profile.items() if value is not None},
        external_url=portal_application(principal.id, principal.appId or ""),
    )


def _flags(principal: ServicePrincipal) -> list[pb.AppTrait.AppFlag]:
    flags = []
    if HIDDEN in (principal.tags or ()):
        flags.append(pb.AppTrait.APP_FLAG_HIDDEN)
    if principal.accountEnabled is False:
        flags.append(pb.AppTrait.APP_FLAG_INACTIVE)
    match principal.preferredSingleSignOnMode:
        case "saml":
            flags.append(pb.AppTrait.APP_FLAG_SAML)
        case "oidc":
            flags.append(pb.AppTrait.APP_FLAG_OIDC)
    return flags


def _role_entitlement(
    principal: ServicePrincipal, resource: pb.Resource, role: AppRole
) -> pb.Entitlement:
    name = role.displayName or role.value or role.id
    return assignment_entitlement(
        resource,
        "assigned" if role.id == ALL_ZERO else role.value or name,
        id=role_id(principal.id, role.id),
        display_name=f"{resource.display_name} {name}",
        description=role.description or f"{name} of the application {resource.display_name}",
        grantable_to=_grantable_to(role),
        annotations=_why_fixed(principal, role),
    )


def _grantable_to(role: AppRole) -> list[pb.ResourceType]:
    holders: tuple[str, ...] = _PEOPLE if "User" in role.allowedMemberTypes else ()
    if "Application" in role.allowedMemberTypes:
        holders += _APPLICATIONS
    return grantable_to(*holders)


def _why_fixed(principal: ServicePrincipal, role: AppRole) -> list[Message]:
    """Why Graph refuses assignments of a role; a role that is declared and enabled is free."""
    if role.id == ALL_ZERO:
        if not any(
            "User" in r.allowedMemberTypes and r.isEnabled for r in principal.appRoles or ()
        ):
            return []
        return [
            immutable_entitlement(
                "This application declares roles of its own, so Entra refuses default access; "
                "choose one of its roles"
            )
        ]
    if role.id not in {declared.id for declared in principal.appRoles or ()}:
        return [
            immutable_entitlement("The application no longer declares this role", "role_inactive")
        ]
    if not role.isEnabled:
        return [immutable_entitlement("This role is disabled in the application", "role_inactive")]
    return []
