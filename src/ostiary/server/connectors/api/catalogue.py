"""Kinds of connectors: `/api/v1/connectorcatalog`."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from google.protobuf.json_format import MessageToDict

from ostiary.baton.pb import connector_v2 as v2
from ostiary.server.connectors.api import config_messages as m
from ostiary.server.connectors.api.permissions import Chooser
from ostiary.server.connectors.catalogue.describing import describe
from ostiary.server.connectors.catalogue.kinds import Kind, find_kind, kinds
from ostiary.server.connectors.configuration.saving import hosted_kind
from ostiary.server.connectors.configuration.schema import Schema, is_file
from ostiary.server.connectors.store import registry
from ostiary.server.kernel.errors import not_found
from ostiary.server.kernel.rest import KernelOf

router = APIRouter(prefix="/api/v1/connectorcatalog", tags=["Connector Catalog"])


@router.post("", response_model=m.SchemaReply)
def configuration_schema(
    kernel: KernelOf, access: Chooser, request: m.SchemaRequest
) -> m.SchemaReply:
    """The form of a kind, or of a connector's kind, with names as C1's clients write them."""
    catalog_id = request.catalog_id
    if not catalog_id:
        with kernel.read() as connection:
            connector = registry.find(connection, request.connector_id)
        if connector is None:
            raise not_found("There is no such connector.")
        catalog_id = connector.catalog_id
    kind, schema = hosted_kind(kernel.settings, catalog_id)
    return m.SchemaReply(schema=MessageToDict(_form(kind, schema)))


@router.get("", response_model=m.KindList)
def list_kinds(kernel: KernelOf, access: Chooser) -> m.KindList:
    return m.KindList(list=[m.Kind(**_shown(kind)) for kind in kinds(kernel.settings)])


@router.get("/{catalog_id}", response_model=m.KindReply)
def get_kind(kernel: KernelOf, access: Chooser, catalog_id: str) -> m.KindReply:
    """By catalogue id or by name."""
    kind = find_kind(kernel.settings, catalog_id)
    if kind is None:
        raise not_found(f"There is no kind of connectors called {catalog_id}.")
    if not kind.hosted:
        return m.KindReply(**_shown(kind))
    told = describe(kernel.settings, kind)
    configuration = MessageToDict(told.configuration)
    exported = Schema.of(told.configuration).fields
    configuration["fields"] = [MessageToDict(field) for field in exported.values()]
    return m.KindReply(
        **_shown(kind),
        configuration=configuration,
        capabilities=MessageToDict(told.capabilities),
    )


def _shown(kind: Kind) -> dict[str, Any]:
    return {
        "catalog_id": kind.catalog_id,
        "name": kind.name,
        "display_name": kind.display_name,
        "hosted": kind.hosted,
    }


def _form(kind: Kind, schema: Schema) -> v2.ConfigSchema:
    fields = [
        v2.Field(
            name=field.name.replace("-", "_"),
            display_name=field.display_name,
            placeholder=field.placeholder,
            file=v2.FileField(secret=field.is_secret) if is_file(field) else None,
            str=None if is_file(field) else v2.StringField(secret=field.is_secret),
        )
        for field in schema.fields.values()
    ]
    return v2.ConfigSchema(fields=fields, display_name=kind.display_name)
