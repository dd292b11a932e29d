"""The state of a simulated Entra tenant and the verbs that change it."""

from ostiary.tenant.directory.directory import Directory
from ostiary.tenant.directory.journal import Change, Journal
from ostiary.tenant.directory.objects import (
    DEFAULT_ACCESS,
    ROOT_SCOPE,
    AppRoleAssignment,
    DirectoryObject,
    Kind,
    Properties,
    RoleAssignment,
    RoleDefinition,
    RoleScheduleInstance,
    ServicePlan,
    Sku,
)
from ostiary.tenant.directory.state import AlreadyExistsError, ObjectNotFoundError

__all__ = [
    "DEFAULT_ACCESS",
    "ROOT_SCOPE",
    "AlreadyExistsError",
    "AppRoleAssignment",
    "Change",
    "Directory",
    "DirectoryObject",
    "Journal",
    "Kind",
    "ObjectNotFoundError",
    "Properties",
    "RoleAssignment",
    "RoleDefinition",
    "RoleScheduleInstance",
    "ServicePlan",
    "Sku",
]
