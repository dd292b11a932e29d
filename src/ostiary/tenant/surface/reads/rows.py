"""How records that are not directory objects read in Graph."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ostiary.tenant.clock import graph_time
from ostiary.tenant.directory import (
    AppRoleAssignment,
    Directory,
    RoleAssignment,
    RoleDefinition,
    RoleScheduleInstance,
    ServicePlan,
    Sku,
)


def role_definition(row: RoleDefinition) -> dict[str, Any]:
    return {
        "displayName": row.display_name,
        "description": row.description,
        "templateId": row.template_id,
        "isBuiltIn": row.is_built_in,
        "isEnabled": row.is_enabled,
        "isPrivileged": row.is_privileged,
        "version": row.version,
        "resourceScopes": ["/"],
        "rolePermissions": [
            {"allowedResourceActions": list(row.allowed_actions), "condition": None}
        ],
    }


def role_assignment(row: RoleAssignment) -> dict[str, Any]:
    return {
        "principalId": row.principal_id,
        "roleDefinitionId": row.role_definition_id,
        "directoryScopeId": row.directory_scope_id,
    }


def schedule_instance(row: RoleScheduleInstance) -> dict[str, Any]:
    """Both PIM lists; each type's own properties pick what belongs to it."""
    return {
        "principalId": row.principal_id,
        "roleDefinitionId": row.role_definition_id,
        "directoryScopeId": row.directory_scope_id,
        "memberType": row.member_type,
        "assignmentType": row.assignment_type,
        "startDateTime": graph_time(row.start),
        "endDateTime": _time_or_none(row.end),
        "roleAssignmentOriginId": row.origin_id,
        "roleAssignmentScheduleId": row.schedule_id,
        "roleEligibilityScheduleId": row.schedule_id,
    }


def sku(row: Sku) -> dict[str, Any]:
    return {
        "skuId": row.sku_id,
        "skuPartNumber": row.sku_part_number,
        "appliesTo": row.applies_to,
        "capabilityStatus": row.capability_status,
        "consumedUnits": row.consumed,
        "prepaidUnits": {
            "enabled": row.enabled_units,
            "suspended": row.suspended_units,
            "warning": row.warning_units,
            "lockedOut": 0,
        },
        "servicePlans": service_plans(row.service_plans),
    }


def license_detail(row: Sku) -> dict[str, Any]:
    return {
        "skuId": row.sku_id,
        "skuPartNumber": row.sku_part_number,
        "servicePlans": service_plans(row.service_plans),
    }


def service_plans(plans: tuple[ServicePlan, ...]) -> list[dict[str, str]]:
    return [
        {
            "servicePlanId": plan.id,
            "servicePlanName": plan.name,
            "provisioningStatus": plan.provisioning_status,
            "appliesTo": plan.applies_to,
        }
        for plan in plans
    ]


def app_role_assignment(directory: Directory, row: AppRoleAssignment) -> dict[str, Any]:
    principal = directory.find(row.principal_id)
    resource = directory.find(row.resource_id)
    return {
        "deletedDateTime": None,
        "appRoleId": row.app_role_id,
        "createdDateTime": row.created,
        "principalDisplayName": principal.display_name if principal else None,
        "principalId": row.principal_id,
        "principalType": row.principal_type,
        "resourceDisplayName": resource.display_name if resource else None,
        "resourceId": row.resource_id,
    }


def domain(row: Mapping[str, Any]) -> dict[str, Any]:
    """From an entry of the organization's verifiedDomains."""
    return {
        "authenticationType": row.get("type", "Managed"),
        "isAdminManaged": True,
        "isDefault": bool(row.get("isDefault")),
        "isInitial": bool(row.get("isInitial")),
        "isRoot": True,
        "isVerified": True,
        "supportedServices": str(row.get("capabilities") or "").split(", "),
    }


def _time_or_none(moment: datetime | None) -> str | None:
    return None if moment is None else graph_time(moment)
