"""All GET routes (and the two POSTs that only read)."""

from collections.abc import Iterator

from ostiary.tenant.surface.reads import directory_objects
from ostiary.tenant.surface.reads.handlers import (
    count_relation,
    count_set,
    list_cast,
    list_relation,
    list_set,
    read_entity,
    read_single,
)
from ostiary.tenant.surface.reads.relations import RELATIONS
from ostiary.tenant.surface.reads.sets import SETS, EntitySet
from ostiary.tenant.surface.routing import Route


def read_routes() -> Iterator[Route]:
    for entity_set in SETS:
        yield from _set_routes(entity_set)
    jobs = "/servicePrincipals/{}/synchronization/jobs"
    yield Route("GET", jobs, directory_objects.list_jobs)
    yield Route("GET", f"{jobs}/{{}}/schema", directory_objects.read_job_schema)
    yield Route("GET", "/directoryObjects/{}", directory_objects.read_object)
    yield Route("POST", "/directoryObjects/getByIds", directory_objects.get_by_ids)
    yield Route("GET", "/directory/deletedItems/{cast}", directory_objects.list_deleted)
    yield Route("GET", "/directory/deletedItems/{}", directory_objects.read_deleted)


def _set_routes(entity_set: EntitySet) -> Iterator[Route]:
    path = f"/{entity_set.path}"
    yield Route("GET", path, list_set(entity_set))
    yield Route("GET", f"{path}/{{}}", read_entity(entity_set))
    if entity_set.advanced:
        yield Route("GET", f"{path}/$count", count_set(entity_set))
    for relation in RELATIONS.get(entity_set.type.name, {}).values():
        template = f"{path}/{{}}/{relation.name}"
        if relation.single:
            yield Route("GET", template, read_single(entity_set, relation))
            continue
        yield Route("GET", template, list_relation(entity_set, relation))
        yield Route("GET", f"{template}/$count", count_relation(entity_set, relation))
        if relation.advanced:
            yield Route("GET", f"{template}/{{cast}}", list_cast(entity_set, relation))
