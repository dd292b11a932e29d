"""Synchronization jobs of a service principal: start, and one subject on demand."""

from typing import Any

import msgspec

from ostiary.tenant.directory import Kind
from ostiary.tenant.surface.backend import Call
from ostiary.tenant.surface.errors import bad_request, not_found
from ostiary.tenant.surface.message import GraphResponse, json_response, no_content
from ostiary.tenant.surface.reads.directory_objects import job_of
from ostiary.tenant.surface.writes.bodies import typed
from ostiary.tenant.surface.writes.links import holder_at

MOST_LINKED = 5
_KINDS = {"User": Kind.USER, "Group": Kind.GROUP}


class Links(msgspec.Struct):
    members: list[dict[str, str]] = []


class Subject(msgspec.Struct):
    objectId: str  # noqa: N815
    objectTypeName: str  # noqa: N815
    links: Links | None = None


class Parameter(msgspec.Struct):
    ruleId: str  # noqa: N815
    subjects: list[Subject] = []


class Parameters(msgspec.Struct):
    parameters: list[Parameter] = []


def start(call: Call) -> GraphResponse:
    job_of(call)
    return no_content()


def provision_on_demand(call: Call) -> GraphResponse:
    """Key and value of the answer are JSON inside strings."""
    job = job_of(call)
    parameters = typed(call, Parameters).parameters
    if len(parameters) != 1 or len(parameters[0].subjects) != 1:
        raise bad_request("Exactly one rule and one subject are expected.")
    rules = (job.get("schema") or {}).get("synchronizationRules") or []
    if parameters[0].ruleId not in {rule["id"] for rule in rules}:
        raise not_found(parameters[0].ruleId)
    subject = parameters[0].subjects[0]
    result, reason = _outcome(call, subject)
    steps = [{"name": "EntryImport", "status": "Success"}, {"name": "Scoping", "status": result}]
    context = f"{call.request.service_root}/$metadata#microsoft.graph.stringKeyStringValuePair"
    return json_response(
        {
            "@odata.context": context,
            "key": _json({"result": result, "reason": reason}),
            "value": _json({"provisioningSteps": steps, "subject": subject}),
        }
    )


def _outcome(call: Call, subject: Subject) -> tuple[str, str]:
    """In scope is who has a role of the app, itself or as a member of a group that has."""
    kind = _KINDS.get(subject.objectTypeName)
    if subject.links and len(subject.links.members) > MOST_LINKED:
        raise bad_request(f"At most {MOST_LINKED} members can be provisioned on demand.")
    held = call.directory.find(subject.objectId)
    if held is None or held.kind is not kind:
        return "Failure", "The object was not found in the source system."
    resource = holder_at(call, Kind.SERVICE_PRINCIPAL)
    assigned = call.directory.app_role_assignments.get(resource.id, {}).values()
    principals = {assignment.principal_id for assignment in assigned}
    members = call.directory.members
    if held.id in principals or any(held.id in members.get(each, ()) for each in principals):
        return "Success", "The object was provisioned."
    return "Skipped", "The object is not assigned to the application."


def _json(value: dict[str, Any]) -> str:
    return msgspec.json.encode(value).decode()
