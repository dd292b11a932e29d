"""PIM: schedule requests that make eligible, assign, change or take away."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from ostiary.tenant.clock import graph_time
from ostiary.tenant.directory import (
    AlreadyExistsError,
    DirectoryObject,
    Kind,
    RoleScheduleInstance,
)
from ostiary.tenant.surface.backend import Call
from ostiary.tenant.surface.errors import RefusalError
from ostiary.tenant.surface.message import GraphResponse, json_response
from ostiary.tenant.surface.routing import Handler
from ostiary.tenant.surface.writes.bodies import typed
from ostiary.tenant.surface.writes.pim_policy import (
    RoleRequest,
    Schedule,
    check_policy,
    schedule_of,
)
from ostiary.tenant.surface.writes.role_assignments import check_scope

_KEEPING = frozenset({"adminUpdate", "adminExtend", "adminRenew"})
_ACTIONS = _KEEPING | {"adminAssign", "adminRemove"}
_RESOURCE = "The {} is not found."


@dataclass(frozen=True, slots=True)
class Wanted:
    action: str
    principal_id: str
    role_id: str
    scope: str
    asked: RoleRequest
    schedule: Schedule


@dataclass(frozen=True, slots=True)
class Side:
    """Eligibility or assignment: where instances are, and the verbs that change them."""

    type_name: str
    table: Callable[[Call], dict[str, RoleScheduleInstance]]
    give: Callable[[Call, Wanted], str]
    take: Callable[[Call, RoleScheduleInstance], object]


def request_handler(side: Side) -> Handler:
    def handle(call: Call) -> GraphResponse:
        call.directory.expire()
        wanted = _wanted(call)
        existing = _existing(side.table(call), wanted)
        _check_state(wanted, existing)
        if wanted.action != "adminRemove":
            policy = call.backend.role_policies.get(wanted.role_id)
            check_policy(policy, wanted.asked, wanted.schedule)
        target = existing.schedule_id if existing else None
        if not wanted.asked.isValidationOnly:
            target = _apply(call, side, wanted, existing) or target
        return json_response(_shown(call, side, wanted, target), 201)

    return handle


def _apply(
    call: Call, side: Side, wanted: Wanted, existing: RoleScheduleInstance | None
) -> str | None:
    if existing is not None:
        side.take(call, existing)
    return None if wanted.action == "adminRemove" else side.give(call, wanted)


def _wanted(call: Call) -> Wanted:
    asked = typed(call, RoleRequest)
    if asked.action not in _ACTIONS:
        raise _refused("InvalidAction", f"The action '{asked.action}' is not valid here.")
    principal_id, role_id = asked.principalId.lower(), asked.roleDefinitionId.lower()
    principal = call.directory.find(principal_id)
    if principal is None or not _may_hold_roles(principal):
        raise _refused("SubjectNotFound", _RESOURCE.format("subject"), 404)
    if role_id not in call.directory.role_definitions:
        raise _refused("RoleNotFound", _RESOURCE.format("role"), 404)
    check_scope(call, asked.directoryScopeId)
    schedule = schedule_of(asked.scheduleInfo, call.backend.clock.now())
    return Wanted(asked.action, principal_id, role_id, asked.directoryScopeId, asked, schedule)


def _may_hold_roles(principal: DirectoryObject) -> bool:
    if principal.kind is Kind.GROUP:
        return bool(principal.props.get("isAssignableToRole"))
    return principal.kind in (Kind.USER, Kind.SERVICE_PRINCIPAL)


def _existing(
    table: dict[str, RoleScheduleInstance], wanted: Wanted
) -> RoleScheduleInstance | None:
    for instance in table.values():
        if (
            instance.principal_id == wanted.principal_id
            and instance.role_definition_id == wanted.role_id
            and instance.directory_scope_id == wanted.scope
        ):
            return instance
    return None


def _check_state(wanted: Wanted, existing: RoleScheduleInstance | None) -> None:
    if wanted.action == "adminAssign":
        if existing is not None:
            raise _refused("RoleAssignmentExists", "The Role assignment already exists.")
    elif existing is None:
        raise _refused("RoleAssignmentDoesNotExist", "The Role assignment does not exist.")


def _shown(call: Call, side: Side, wanted: Wanted, target: str | None) -> dict[str, Any]:
    now = call.backend.clock.now()
    request_id = uuid5(UUID(wanted.principal_id), f"{call.directory.journal.version}{now}")
    path = side.type_name.removeprefix("unified")
    path = f"{path[0].lower()}{path[1:]}s"
    return {
        "@odata.context": (
            f"{call.request.service_root}/$metadata#roleManagement/directory/{path}/$entity"
        ),
        "id": str(request_id),
        "status": "Revoked" if wanted.action == "adminRemove" else "Provisioned",
        "createdDateTime": graph_time(now),
        "completedDateTime": graph_time(now),
        "approvalId": None,
        "customData": None,
        "action": wanted.action,
        "principalId": wanted.principal_id,
        "roleDefinitionId": wanted.role_id,
        "directoryScopeId": wanted.scope,
        "appScopeId": None,
        "isValidationOnly": wanted.asked.isValidationOnly,
        "targetScheduleId": target,
        "justification": wanted.asked.justification,
        "createdBy": {"application": None, "user": {"id": call.caller.sp_id}},
        "scheduleInfo": wanted.schedule.shown(),
        "ticketInfo": wanted.asked.ticketInfo,
    }


def _make_eligible(call: Call, wanted: Wanted) -> str:
    made = call.directory.make_eligible(
        wanted.principal_id,
        wanted.role_id,
        wanted.scope,
        start=wanted.schedule.start,
        end=wanted.schedule.end,
    )
    return made.schedule_id or made.id


def _make_active(call: Call, wanted: Wanted) -> str:
    begins: datetime = wanted.schedule.start
    try:
        made = call.directory.assign_role(
            wanted.principal_id, wanted.role_id, wanted.scope, start=begins, end=wanted.schedule.end
        )
    except AlreadyExistsError:
        raise _refused("RoleAssignmentExists", "The Role assignment already exists.") from None
    return made.id


def _refused(code: str, message: str, status: int = 400) -> RefusalError:
    return RefusalError(status, code, message)


ELIGIBILITY = Side(
    "unifiedRoleEligibilityScheduleRequest",
    lambda call: call.directory.eligibility_instances,
    _make_eligible,
    lambda call, instance: call.directory.remove_eligibility(instance.id),
)
ASSIGNMENT = Side(
    "unifiedRoleAssignmentScheduleRequest",
    lambda call: call.directory.assignment_instances,
    _make_active,
    lambda call, instance: call.directory.deactivate_role(instance.id),
)
