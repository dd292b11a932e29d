"""Every collection that can be listed, as data: where it is, what it holds, how it pages."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from ostiary.tenant.directory import Kind, RoleScheduleInstance
from ostiary.tenant.surface.backend import Backend
from ostiary.tenant.surface.entity import Source
from ostiary.tenant.surface.odata.options import PageRule
from ostiary.tenant.surface.reads import audits, rows
from ostiary.tenant.surface.reads.relations import DEFAULT_PAGE, SINGLE_PAGE
from ostiary.tenant.surface.reads.sources import Objects, Rows
from ostiary.tenant.surface.schema.types import TYPES, EntityType

EVERYTHING = PageRule(default=0, largest=999)


@dataclass(frozen=True, slots=True)
class EntitySet:
    """`kind` for directory objects. `alternate_keys`: unique properties usable in a path.

    `advanced`: whether the ConsistencyLevel rules hold here.
    """

    path: str
    type: EntityType
    source: Callable[[Backend], Source]
    kind: Kind | None = None
    page: PageRule = DEFAULT_PAGE
    alternate_keys: tuple[str, ...] = ()
    advanced: bool = False


def _objects(
    path: str,
    kind: Kind,
    *,
    keys: tuple[str, ...] = (),
    page: PageRule = DEFAULT_PAGE,
    advanced: bool = True,
) -> EntitySet:
    return EntitySet(
        path,
        TYPES[kind.value],
        lambda backend: Objects(backend, kind),
        kind=kind,
        page=page,
        alternate_keys=keys,
        advanced=advanced,
    )


def _organization(backend: Backend) -> Source:
    organization = backend.directory.organization
    return Rows("organization", {organization["id"]: organization}, dict)


def _domains(backend: Backend) -> Source:
    verified = backend.directory.organization.get("verifiedDomains") or []
    return Rows("domain", {domain["name"]: domain for domain in verified}, rows.domain)


def _skus(backend: Backend) -> Source:
    tenant_id = backend.directory.tenant_id
    table = {f"{tenant_id}_{sku.sku_id}": sku for sku in backend.directory.skus.values()}
    return Rows("subscribedSku", table, rows.sku)


def _role_definitions(backend: Backend) -> Source:
    table = backend.directory.role_definitions
    return Rows("unifiedRoleDefinition", table, rows.role_definition)


def _role_assignments(backend: Backend) -> Source:
    backend.directory.expire()
    table = backend.directory.role_assignments
    return Rows("unifiedRoleAssignment", table, rows.role_assignment)


def _instances(
    type_name: str, table: Callable[[Backend], dict[str, RoleScheduleInstance]], backend: Backend
) -> Source:
    backend.directory.expire()
    return Rows(type_name, table(backend), rows.schedule_instance)


def _pim(
    path: str, type_name: str, table: Callable[[Backend], dict[str, RoleScheduleInstance]]
) -> EntitySet:
    return EntitySet(
        f"roleManagement/directory/{path}",
        TYPES[type_name],
        partial(_instances, type_name, table),
    )


SETS = (
    _objects("users", Kind.USER),
    _objects("groups", Kind.GROUP, keys=("uniqueName",)),
    _objects("servicePrincipals", Kind.SERVICE_PRINCIPAL, keys=("appId",)),
    _objects("applications", Kind.APPLICATION, keys=("appId", "uniqueName")),
    _objects("devices", Kind.DEVICE, keys=("deviceId",)),
    _objects("contacts", Kind.ORG_CONTACT),
    _objects("directory/administrativeUnits", Kind.ADMINISTRATIVE_UNIT),
    _objects(
        "directoryRoles",
        Kind.DIRECTORY_ROLE,
        keys=("roleTemplateId",),
        page=SINGLE_PAGE,
        advanced=False,
    ),
    EntitySet("organization", TYPES["organization"], _organization, page=SINGLE_PAGE),
    EntitySet("domains", TYPES["domain"], _domains),
    EntitySet("subscribedSkus", TYPES["subscribedSku"], _skus, page=SINGLE_PAGE),
    EntitySet(
        "roleManagement/directory/roleDefinitions",
        TYPES["unifiedRoleDefinition"],
        _role_definitions,
        page=EVERYTHING,
    ),
    EntitySet(
        "roleManagement/directory/roleAssignments",
        TYPES["unifiedRoleAssignment"],
        _role_assignments,
    ),
    _pim(
        "roleAssignmentScheduleInstances",
        "unifiedRoleAssignmentScheduleInstance",
        lambda backend: backend.directory.assignment_instances,
    ),
    _pim(
        "roleEligibilityScheduleInstances",
        "unifiedRoleEligibilityScheduleInstance",
        lambda backend: backend.directory.eligibility_instances,
    ),
    EntitySet(
        "auditLogs/directoryAudits",
        TYPES["directoryAudit"],
        audits.source,
        page=PageRule(default=1000, largest=1000),
    ),
)

BY_KIND = {each.kind: each for each in SETS if each.kind is not None}
