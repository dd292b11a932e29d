"""What a tenant consists of, in Graph's terms.

Properties carry Graph v1.0 names and JSON values. A property that is absent is null (or, for a
collection, empty). Values are replaced, never changed in place: generated tenants share them.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

Properties = dict[str, Any]

DEFAULT_ACCESS = "00000000-0000-0000-0000-000000000000"
"""appRoleId of an assignment that names no role."""

ROOT_SCOPE = "/"


class Kind(StrEnum):
    """Values are the short names of Graph's `@odata.type`."""

    USER = "user"
    GROUP = "group"
    SERVICE_PRINCIPAL = "servicePrincipal"
    APPLICATION = "application"
    DEVICE = "device"
    ORG_CONTACT = "orgContact"
    ADMINISTRATIVE_UNIT = "administrativeUnit"
    DIRECTORY_ROLE = "directoryRole"


PRINCIPAL_TYPES = {
    Kind.USER: "User",
    Kind.GROUP: "Group",
    Kind.SERVICE_PRINCIPAL: "ServicePrincipal",
}


@dataclass(slots=True)
class DirectoryObject:
    id: str
    kind: Kind
    props: Properties
    deleted_at: datetime | None = None

    @property
    def display_name(self) -> str | None:
        name = self.props.get("displayName")
        return name if isinstance(name, str) else None


@dataclass(slots=True, frozen=True)
class AppRoleAssignment:
    """`principal_type` is User, Group or ServicePrincipal; `created` is ISO 8601."""

    id: str
    app_role_id: str
    principal_id: str
    principal_type: str
    resource_id: str
    created: str


@dataclass(slots=True, frozen=True)
class RoleDefinition:
    """A built-in role's `id` equals its `template_id`."""

    id: str
    template_id: str
    display_name: str
    description: str
    is_built_in: bool = True
    is_enabled: bool = True
    is_privileged: bool = False
    allowed_actions: tuple[str, ...] = ()
    version: str | None = "1"


@dataclass(slots=True, frozen=True)
class RoleAssignment:
    """`directory_scope_id`: `/`, `/administrativeUnits/<id>` or `/<application object id>`."""

    id: str
    principal_id: str
    role_definition_id: str
    directory_scope_id: str = ROOT_SCOPE


@dataclass(slots=True, frozen=True)
class RoleScheduleInstance:
    """A PIM instance. `assignment_type` is Assigned or Activated, None for an eligibility.

    `origin_id` is the roleAssignment behind an assignment instance. `end` None is permanent.
    """

    id: str
    principal_id: str
    role_definition_id: str
    directory_scope_id: str
    member_type: str
    assignment_type: str | None
    start: datetime
    end: datetime | None = None
    origin_id: str | None = None
    schedule_id: str | None = None


@dataclass(slots=True, frozen=True)
class ServicePlan:
    id: str
    name: str
    applies_to: str = "User"
    provisioning_status: str = "Success"


@dataclass(slots=True)
class Sku:
    """A subscription. `consumed` is kept by the licensing verbs: users with the SKU active."""

    sku_id: str
    sku_part_number: str
    enabled_units: int
    service_plans: tuple[ServicePlan, ...] = ()
    capability_status: str = "Enabled"
    applies_to: str = "User"
    consumed: int = 0
    suspended_units: int = 0
    warning_units: int = 0
    excludes: frozenset[str] = field(default_factory=frozenset)
    prohibited_locations: frozenset[str] = field(default_factory=frozenset)
