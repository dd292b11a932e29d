"""What signing in needs to know of the directory."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ostiary.tenant.directory.ids import stable_id
from ostiary.tenant.directory.objects import ROOT_SCOPE, DirectoryObject, Kind
from ostiary.tenant.directory.state import State

GRAPH_APP_ID = "00000003-0000-0000-c000-000000000000"
GLOBAL_ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10"
PRIVILEGED_ROLE_ADMINISTRATOR = "e8611ab8-c189-46e8-94e1-60213ab1f814"
MAY_CONSENT = frozenset({GLOBAL_ADMINISTRATOR, PRIVILEGED_ROLE_ADMINISTRATOR})
"""Role templates that may grant Graph application permissions (Microsoft's consent pages)."""

GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)


class TenantView:
    """Read-only questions to a live directory, plus installing an app on consent."""

    def __init__(self, directory: State) -> None:
        self._directory = directory

    @property
    def tenant_id(self) -> str:
        return self._directory.tenant_id

    @property
    def display_name(self) -> str:
        return str(self._directory.organization.get("displayName") or self.tenant_id)

    @property
    def region_scope(self) -> str:
        return "EU"

    def is_this_tenant(self, name: str) -> bool:
        """A tenant id or one of the tenant's verified domains."""
        domains = self._directory.organization.get("verifiedDomains") or []
        known = {self.tenant_id.lower(), *(str(domain["name"]).lower() for domain in domains)}
        return name.lower() in known

    def users(self) -> Iterator[DirectoryObject]:
        return iter(self._directory.objects[Kind.USER].values())

    def user(self, user_id: str) -> DirectoryObject | None:
        return self._directory.objects[Kind.USER].get(user_id)

    def user_by_name(self, upn_or_mail: str) -> DirectoryObject | None:
        wanted = upn_or_mail.strip().lower()
        for user in self.users():
            names = (user.props.get("userPrincipalName"), user.props.get("mail"))
            if wanted and wanted in {str(name).lower() for name in names if name}:
                return user
        return None

    def service_principal(self, app_id: str) -> DirectoryObject | None:
        for candidate in self._directory.objects[Kind.SERVICE_PRINCIPAL].values():
            if str(candidate.props.get("appId", "")).lower() == app_id.lower():
                return candidate
        return None

    def service_principal_id(self, app_id: str) -> str:
        """Its object id; one derived from the app id where the directory does not list it."""
        found = self.service_principal(app_id)
        return found.id if found else stable_id("service principal of", self.tenant_id, app_id)

    def has_resource(self, identifier: str) -> bool:
        """Whether some service principal answers to this app id or identifier URI."""
        wanted = identifier.rstrip("/").lower()
        for candidate in self._directory.objects[Kind.SERVICE_PRINCIPAL].values():
            names = [
                candidate.props.get("appId"),
                *candidate.props.get("servicePrincipalNames", []),
            ]
            if wanted in {str(name).rstrip("/").lower() for name in names if name}:
                return True
        return False

    def active_roles(self, principal_id: str) -> frozenset[str]:
        """Templates of directory roles held over the whole tenant, directly or through a group."""
        members = self._directory.members
        return frozenset(
            template
            for holder, template in self._tenant_wide_roles()
            if holder == principal_id or principal_id in members.get(holder, ())
        )

    def consent_administrators(self) -> list[DirectoryObject]:
        """Enabled people who may consent for everyone, by direct assignment or through a group."""
        holders = {
            holder for holder, template in self._tenant_wide_roles() if template in MAY_CONSENT
        }
        candidates = holders.union(*(self._directory.members.get(holder, {}) for holder in holders))
        people = (self.user(candidate) for candidate in sorted(candidates))
        return [
            person
            for person in people
            if person is not None and person.props.get("accountEnabled") is not False
        ]

    def may_consent_for_everyone(self, user_id: str) -> bool:
        return bool(self.active_roles(user_id) & MAY_CONSENT)

    def _tenant_wide_roles(self) -> Iterator[tuple[str, str]]:
        """Principal and role template of every assignment whose scope is the whole tenant."""
        definitions = self._directory.role_definitions
        for assignment in self._directory.role_assignments.values():
            definition = definitions.get(assignment.role_definition_id)
            if definition and assignment.directory_scope_id == ROOT_SCOPE:
                yield assignment.principal_id, definition.template_id
