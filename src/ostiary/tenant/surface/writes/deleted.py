"""Soft-deleted objects: back to life, or gone for good."""

from ostiary.tenant.directory import DirectoryObject, Kind
from ostiary.tenant.surface.backend import Call
from ostiary.tenant.surface.message import GraphResponse, json_response, no_content
from ostiary.tenant.surface.reads.directory_objects import deleted_object
from ostiary.tenant.surface.reads.handlers import shown
from ostiary.tenant.surface.reads.sources import entity_of
from ostiary.tenant.surface.schema.types import TYPES
from ostiary.tenant.surface.writes.bodies import conflict
from ostiary.tenant.surface.writes.guards import require_any

_RIGHTS = {
    Kind.USER: ("User.DeleteRestore.All", "User.ReadWrite.All"),
    Kind.GROUP: ("Group.ReadWrite.All",),
}
_OTHERS = ("Application.ReadWrite.All", "Directory.ReadWrite.All")


def restore(call: Call) -> GraphResponse:
    held = deleted_object(call)
    _require_right(call, held)
    name = held.props.get("userPrincipalName")
    if name and call.backend.principal_names.find(name):
        raise conflict("userPrincipalName")
    back = call.directory.restore(held.id)
    body = shown(call, entity_of(call.backend, back), "$metadata#directoryObjects")
    return json_response({"@odata.type": TYPES[back.kind].odata_type, **body})


def purge(call: Call) -> GraphResponse:
    held = deleted_object(call)
    _require_right(call, held)
    call.directory.purge(held.id)
    return no_content()


def _require_right(call: Call, held: DirectoryObject) -> None:
    require_any(call, *_RIGHTS.get(held.kind, _OTHERS), "Directory.ReadWrite.All")
