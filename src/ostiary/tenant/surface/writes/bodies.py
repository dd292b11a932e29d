"""Reads what a write carries: JSON objects, references, and properties of a type."""

import re
from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from ostiary.tenant.directory import DirectoryObject, Properties
from ostiary.tenant.surface.backend import Call
from ostiary.tenant.surface.errors import RefusalError, bad_request, malformed, not_found
from ostiary.tenant.surface.schema.forms import Form
from ostiary.tenant.surface.schema.types import EntityType

T = TypeVar("T")

_REFERENCE = re.compile(r"^.*/(?P<set>[A-Za-z]+)(?:/|\(')(?P<id>[0-9a-fA-F-]{36})(?:'\))?/?$")
READ_ONLY = frozenset(
    ["id", "createdDateTime", "deletedDateTime", "assignedLicenses", "licenseAssignmentStates"]
)


def json_object(call: Call) -> dict[str, Any]:
    if not call.request.body:
        raise malformed(
            "An unexpected 'EndOfInput' node was found when reading from the JSON reader. A "
            "'StartObject' node was expected."
        )
    try:
        return msgspec.json.decode(call.request.body, type=dict[str, Any])
    except msgspec.DecodeError:
        raise malformed("Unable to read JSON request payload.") from None


def typed(call: Call, into: type[T]) -> T:
    """The body as the parameters of an action."""
    try:
        return msgspec.convert(json_object(call), into)
    except msgspec.ValidationError as error:
        raise malformed(f"Invalid request payload: {error}") from None


def required(body: Mapping[str, Any], name: str, resource: str) -> Any:
    value = body.get(name)
    if value is None or value == "":
        raise bad_request(f"A value is required for property '{name}' of resource '{resource}'.")
    return value


def invalid_value(name: str, resource: str) -> RefusalError:
    return bad_request(f"Invalid value specified for property '{name}' of resource '{resource}'.")


def conflict(name: str) -> RefusalError:
    message = f"Another object with the same value for property {name} already exists."
    detail = {"code": "ObjectConflict", "target": name, "message": message}
    return RefusalError(400, "Request_BadRequest", message, details=[detail])


def reference(call: Call) -> str:
    """The id in `{"@odata.id": ".../directoryObjects/{id}"}`."""
    return reference_id(json_object(call).get("@odata.id"))


def reference_id(link: Any) -> str:
    match = _REFERENCE.match(link) if isinstance(link, str) else None
    if match is None:
        raise malformed("Write requests are only supported on contained entities")
    return match["id"].lower()


def referenced(call: Call, object_id: str) -> DirectoryObject:
    """Validation of writes does not lag. The 404 quotes the id that is missing."""
    found = call.directory.find(object_id)
    if found is None:
        raise not_found(object_id)
    return found


def properties(body: Mapping[str, Any], entity: EntityType) -> Properties:
    """The body in the properties' own spelling; annotations and binds are left out."""
    found: Properties = {}
    for given, value in body.items():
        if "@odata" in given:
            continue
        name = entity.spelled(given)
        if name is None:
            raise malformed(
                f"Property '{given}' does not exist on type 'microsoft.graph.{entity.name}'. Make "
                "sure to only use property names that are defined by the type."
            )
        if name in READ_ONLY:
            raise bad_request(f"Property '{name}' is read-only and cannot be set.")
        _check_form(value, entity.properties[name])
        found[name] = value
    return found


_EXPECTED: dict[Form, tuple[type, str]] = {
    Form.TEXT: (str, "Edm.String"),
    Form.FLAG: (bool, "Edm.Boolean"),
    Form.INSTANT: (str, "Edm.DateTimeOffset"),
    Form.GUID: (str, "Edm.Guid"),
    Form.MANY_TEXT: (list, "Collection(Edm.String)"),
    Form.MANY_COMPLEX: (list, "Collection"),
    Form.COMPLEX: (dict, "complex"),
}


def _check_form(value: Any, form: Form) -> None:
    expected = _EXPECTED.get(form)
    if value is None or expected is None:
        return
    kind, name = expected
    if not isinstance(value, kind) or (form is Form.MANY_TEXT and not _all_text(value)):
        raise malformed(f"Cannot convert a primitive value to the expected type '{name}'.")


def _all_text(values: Any) -> bool:
    return all(isinstance(value, str) for value in values)
