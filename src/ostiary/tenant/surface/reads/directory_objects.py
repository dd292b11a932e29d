"""/directoryObjects, /directory/deletedItems, and synchronization jobs of a service principal."""

from typing import Any

import msgspec

from ostiary.tenant.directory import DirectoryObject, Kind, Properties
from ostiary.tenant.surface.backend import Backend, Call
from ostiary.tenant.surface.entity import Entity
from ostiary.tenant.surface.errors import bad_request, not_found, unsupported_query
from ostiary.tenant.surface.message import GraphResponse, json_response
from ostiary.tenant.surface.odata.options import PageRule
from ostiary.tenant.surface.odata.projection import selected
from ostiary.tenant.surface.reads.handlers import CASTS, shown
from ostiary.tenant.surface.reads.keys import require
from ostiary.tenant.surface.reads.listing import list_page
from ostiary.tenant.surface.reads.sets import BY_KIND
from ostiary.tenant.surface.reads.sources import entity_of
from ostiary.tenant.surface.schema.types import DIRECTORY_OBJECT, TYPES, EntityType

MOST_IDS = 1000


class ObjectIds(msgspec.Struct):
    ids: list[str]
    types: list[str] | None = None


def read_object(call: Call) -> GraphResponse:
    held = call.directory.find(call.args[0].lower())
    if held is None:
        raise not_found(call.args[0])
    body = shown(call, entity_of(call.backend, held), "$metadata#directoryObjects")
    return json_response({"@odata.type": TYPES[held.kind].odata_type, **body})


def get_by_ids(call: Call) -> GraphResponse:
    """Ids that are not there are left out; nothing says so."""
    wanted = _body(call.request.body)
    if len(wanted.ids) > MOST_IDS:
        raise bad_request(f"Too many ids: {len(wanted.ids)}. At most {MOST_IDS} are allowed.")
    kinds = _kinds(wanted.types)
    found = [held for each in dict.fromkeys(wanted.ids) if (held := call.directory.find(each))]
    render = selected(call.request.options.get("$select"), DIRECTORY_OBJECT).renderer()
    rows = [
        {"@odata.type": TYPES[held.kind].odata_type, **render(entity_of(call.backend, held))}
        for held in found
        if kinds is None or held.kind in kinds
    ]
    context = f"{call.request.service_root}/$metadata#directoryObjects"
    return json_response({"@odata.context": context, "value": rows})


def list_deleted(call: Call) -> GraphResponse:
    """`/directory/deletedItems/microsoft.graph.user`; without a cast Graph refuses."""
    kind = CASTS.get(call.args[0])
    if kind is None:
        raise unsupported_query(f"The specified cast to '{call.args[0]}' is not supported.")
    page = PageRule()
    return list_page(
        call, _Deleted(call.backend, kind), page, context=BY_KIND[kind].path, advanced=True
    )


def read_deleted(call: Call) -> GraphResponse:
    held = deleted_object(call)
    body = shown(call, entity_of(call.backend, held), "$metadata#directoryObjects")
    return json_response({"@odata.type": TYPES[held.kind].odata_type, **body})


def deleted_object(call: Call) -> DirectoryObject:
    held = call.directory.deleted.get(call.args[0].lower())
    if held is None:
        raise not_found(call.args[0])
    return held


def list_jobs(call: Call) -> GraphResponse:
    jobs = [{name: job[name] for name in job if name != "schema"} for job in jobs_of(call)]
    context = f"{call.request.service_root}/$metadata#servicePrincipals/synchronization/jobs"
    return json_response({"@odata.context": context, "value": jobs})


def read_job_schema(call: Call) -> GraphResponse:
    job = job_of(call)
    context = f"{call.request.service_root}/$metadata#servicePrincipals/synchronization/schema"
    return json_response({"@odata.context": context, **(job.get("schema") or {})})


def jobs_of(call: Call) -> list[Properties]:
    entity = require(call.backend, BY_KIND[Kind.SERVICE_PRINCIPAL], call.args[0])
    return call.directory.sync_jobs.get(entity.id, [])


def job_of(call: Call) -> Properties:
    for job in jobs_of(call):
        if job["id"] == call.args[1]:
            return job
    raise not_found(call.args[1])


class _Deleted:
    def __init__(self, backend: Backend, kind: Kind) -> None:
        self._backend, self._kind = backend, kind
        self.type: EntityType = TYPES[kind.value]

    def keys(self) -> list[str]:
        deleted = self._backend.directory.deleted.values()
        return [held.id for held in deleted if held.kind is self._kind]

    def entity(self, key: str) -> Entity | None:
        held = self._backend.directory.deleted.get(key)
        return entity_of(self._backend, held) if held else None


def _body(body: bytes) -> ObjectIds:
    try:
        return msgspec.json.decode(body, type=ObjectIds)
    except msgspec.DecodeError as error:
        raise bad_request(f"Invalid request body: {error}") from None


def _kinds(types: list[str] | None) -> set[Any] | None:
    if not types or "directoryObject" in types:
        return None
    return {CASTS[name] for name in types if name in CASTS}
