"""Handlers of the read routes, made from sets and relations."""

from collections.abc import Callable
from typing import Any

from ostiary.tenant.directory import Kind
from ostiary.tenant.surface.backend import Call
from ostiary.tenant.surface.entity import Entity, Source
from ostiary.tenant.surface.errors import not_found, option_needs_advanced, unsupported_query
from ostiary.tenant.surface.message import GraphResponse, json_response
from ostiary.tenant.surface.odata.expansion import expansion
from ostiary.tenant.surface.odata.projection import selected
from ostiary.tenant.surface.reads.expanding import expander
from ostiary.tenant.surface.reads.keys import require
from ostiary.tenant.surface.reads.listing import count_text, list_page
from ostiary.tenant.surface.reads.relations import RELATIONS, Relation
from ostiary.tenant.surface.reads.sets import EntitySet
from ostiary.tenant.surface.reads.sources import Linked
from ostiary.tenant.surface.schema.types import DIRECTORY_OBJECT

Handler = Callable[[Call], GraphResponse]

CASTS = {
    "user": Kind.USER,
    "group": Kind.GROUP,
    "servicePrincipal": Kind.SERVICE_PRINCIPAL,
    "application": Kind.APPLICATION,
    "device": Kind.DEVICE,
    "orgContact": Kind.ORG_CONTACT,
    "administrativeUnit": Kind.ADMINISTRATIVE_UNIT,
    "directoryRole": Kind.DIRECTORY_ROLE,
}


def list_set(entity_set: EntitySet) -> Handler:
    def handle(call: Call) -> GraphResponse:
        source = entity_set.source(call.backend)
        return list_page(
            call,
            source,
            entity_set.page,
            context=entity_set.path,
            advanced=entity_set.advanced,
        )

    return handle


def count_set(entity_set: EntitySet) -> Handler:
    def handle(call: Call) -> GraphResponse:
        source = entity_set.source(call.backend)
        return count_text(call, source, entity_set.page, advanced=entity_set.advanced)

    return handle


def read_entity(entity_set: EntitySet) -> Handler:
    def handle(call: Call) -> GraphResponse:
        entity = require(call.backend, entity_set, call.args[0])
        context = f"$metadata#{entity_set.path}"
        return json_response(shown(call, entity, context))

    return handle


def shown(call: Call, entity: Entity, context: str) -> dict[str, Any]:
    """One entity under the request's own $select and $expand."""
    options = call.request.options
    projection = selected(options.get("$select"), entity.type, collection=False)
    relations = RELATIONS.get(entity.type.name, {})
    expanded = expansion(options.get("$expand"), entity.type, frozenset(relations))
    columns = f"({','.join(projection.names)})" if projection.names else ""
    body = {
        "@odata.context": f"{call.request.service_root}/{context}{columns}/$entity",
        **projection.renderer()(entity),
    }
    if expanded is not None:
        body.update(expander(call.backend, expanded)(entity))
    return body


def list_relation(entity_set: EntitySet, relation: Relation) -> Handler:
    def handle(call: Call) -> GraphResponse:
        source = _related(call, entity_set, relation)
        context = (
            "directoryObjects"
            if source.type is DIRECTORY_OBJECT
            else f"{entity_set.path}('{call.args[0]}')/{relation.name}"
        )
        return list_page(call, source, relation.page, context=context, advanced=relation.advanced)

    return handle


def count_relation(entity_set: EntitySet, relation: Relation) -> Handler:
    def handle(call: Call) -> GraphResponse:
        source = _related(call, entity_set, relation)
        return count_text(call, source, relation.page, advanced=relation.advanced)

    return handle


def list_cast(entity_set: EntitySet, relation: Relation) -> Handler:
    """`members/microsoft.graph.user`: an advanced query in itself."""

    def handle(call: Call) -> GraphResponse:
        owner, cast = call.args
        entity = require(call.backend, entity_set, owner)
        kind = CASTS.get(cast)
        unified = "Unified" in (entity.props.get("groupTypes") or ())
        if kind is None or (unified and kind is not Kind.USER):
            raise unsupported_query(f"The specified cast to '{cast}' is not supported.")
        if not call.request.eventual:
            raise option_needs_advanced("OData cast")
        keys = relation.source(call.backend, entity).keys()
        source = Linked(call.backend, keys, frozenset({kind}))
        return list_page(
            call, source, relation.page, context=entity_set.path, advanced=relation.advanced
        )

    return handle


def read_single(entity_set: EntitySet, relation: Relation) -> Handler:
    """`users/{id}/manager`: 404 when there is none."""

    def handle(call: Call) -> GraphResponse:
        entity = require(call.backend, entity_set, call.args[0])
        source = relation.source(call.backend, entity)
        for key in source.keys():  # noqa: SIM118
            linked = source.entity(key)
            if linked is not None:
                body = shown(call, linked, "$metadata#directoryObjects")
                return json_response({"@odata.type": linked.type.odata_type, **body})
        raise not_found(relation.name)

    return handle


def _related(call: Call, entity_set: EntitySet, relation: Relation) -> Source:
    entity = require(call.backend, entity_set, call.args[0])
    source = relation.source(call.backend, entity)
    if relation.v1_kinds is None or call.request.beta:
        return source
    return Linked(call.backend, source.keys(), relation.v1_kinds)
