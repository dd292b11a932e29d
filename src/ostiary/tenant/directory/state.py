"""The collections of a tenant, and what every verb needs: look-up and journaling."""

from dataclasses import dataclass, field

from ostiary.tenant.clock import Clock
from ostiary.tenant.directory.journal import Journal
from ostiary.tenant.directory.objects import (
    AppRoleAssignment,
    DirectoryObject,
    Kind,
    Properties,
    RoleAssignment,
    RoleDefinition,
    RoleScheduleInstance,
    Sku,
)
from ostiary.tenant.directory.rules import Rule


class ObjectNotFoundError(KeyError):
    """No live object (or no deleted one, for restore and purge) has this id."""


class AlreadyExistsError(ValueError):
    """The object or link to be made is there already."""


@dataclass(slots=True)
class SeveredLinks:
    """What a soft-deleted object was tied to, so that restoring it ties it again."""

    member_of: list[str] = field(default_factory=list)
    owner_of: list[str] = field(default_factory=list)
    members: list[str] = field(default_factory=list)
    owners: list[str] = field(default_factory=list)
    manager: str | None = None
    reports: list[str] = field(default_factory=list)
    app_roles: list[AppRoleAssignment] = field(default_factory=list)
    role_assignments: list[RoleAssignment] = field(default_factory=list)
    role_instances: list[RoleScheduleInstance] = field(default_factory=list)


class State:
    def __init__(self, organization: Properties, clock: Clock | None = None) -> None:
        self.organization = organization
        self.clock = clock or Clock()
        self.journal = Journal(self.clock)
        self.objects: dict[Kind, dict[str, DirectoryObject]] = {kind: {} for kind in Kind}
        self.index: dict[str, DirectoryObject] = {}
        self.deleted: dict[str, DirectoryObject] = {}
        self.severed: dict[str, SeveredLinks] = {}
        self.members: dict[str, dict[str, None]] = {}
        self.owners: dict[str, dict[str, None]] = {}
        self.managers: dict[str, str] = {}
        self.app_role_assignments: dict[str, dict[str, AppRoleAssignment]] = {}
        self.role_definitions: dict[str, RoleDefinition] = {}
        self.role_assignments: dict[str, RoleAssignment] = {}
        self.eligibility_instances: dict[str, RoleScheduleInstance] = {}
        self.assignment_instances: dict[str, RoleScheduleInstance] = {}
        self.skus: dict[str, Sku] = {}
        self.sign_ins: dict[str, Properties] = {}
        self.sync_jobs: dict[str, list[Properties]] = {}
        self.rules: dict[str, Rule] = {}

    @property
    def tenant_id(self) -> str:
        return str(self.organization["id"])

    def find(self, object_id: str) -> DirectoryObject | None:
        """A live object of any kind."""
        return self.index.get(object_id)

    def get(self, object_id: str) -> DirectoryObject:
        """A live object of any kind; raises ObjectNotFoundError."""
        found = self.index.get(object_id)
        if found is None:
            raise ObjectNotFoundError(object_id)
        return found

    def record(self, holder: DirectoryObject, what: str, target: str | None = None) -> None:
        self.journal.record(holder.kind, holder.id, what, target)

    def replace_props(self, holder: DirectoryObject, props: Properties) -> list[str]:
        """Set what differs, journal it, and return the names of what changed."""
        changed = [name for name, value in props.items() if holder.props.get(name) != value]
        for name in changed:
            holder.props[name] = props[name]
            self.record(holder, f"property:{name}")
        return changed
