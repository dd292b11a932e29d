"""Messages with what they point at: read from the store once for a whole page."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from ostiary.server.catalog.api import messages as m
from ostiary.server.catalog.api.app_messages import App, app_message
from ostiary.server.catalog.store import app_search, inventory
from ostiary.server.catalog.store.asked import Asked
from ostiary.server.kernel.database import Connection
from ostiary.server.kernel.expansion import Expansion


def load_apps(connection: Connection, expansion: Expansion, ids: Collection[str]) -> None:
    def read(wanted: Collection[str]) -> dict[str, App]:
        asked = Asked().among("a.public_id", "ids", list(wanted))
        found = app_search.search(connection, asked, None, len(wanted))
        return {app.id: app_message(app) for app in found}

    expansion.load("app_id", "app.v1.App", ids, read)


def load_types(
    connection: Connection,
    expansion: Expansion,
    path: str,
    ids: Collection[str],
    at: datetime | None,
) -> None:
    def read(wanted: Collection[str]) -> dict[str, m.AppResourceType]:
        asked = Asked(at).among("t.public_id", "ids", list(wanted))
        found = inventory.types(connection, asked, size=len(wanted))
        return {kind.id: m.type_message(kind) for kind in found}

    expansion.load(path, "app.v1.AppResourceType", ids, read)


def load_resources(
    connection: Connection,
    expansion: Expansion,
    path: str,
    ids: Collection[str],
    at: datetime | None,
) -> None:
    def read(wanted: Collection[str]) -> dict[str, m.AppResource]:
        asked = Asked(at).among("r.public_id", "ids", list(wanted))
        found = inventory.resources(connection, asked, size=len(wanted))
        return {resource.id: m.resource_message(resource) for resource in found}

    expansion.load(path, "app.v1.AppResource", ids, read)


def type_views(
    connection: Connection, kinds: Sequence[inventory.ResourceType], expansion: Expansion
) -> list[m.AppResourceTypeView]:
    load_apps(connection, expansion, {kind.app_id for kind in kinds})
    return [
        m.AppResourceTypeView(
            app_resource_type=m.type_message(kind),
            app_path=expansion.path("app_id", kind.app_id),
        )
        for kind in kinds
    ]


def resource_views(
    connection: Connection,
    resources: Sequence[inventory.Resource],
    expansion: Expansion,
    at: datetime | None,
) -> list[m.AppResourceView]:
    parents = {each.parent_id for each in resources if each.parent_id}
    parent_types = {each.parent_type_id for each in resources if each.parent_type_id}
    load_apps(connection, expansion, {each.app_id for each in resources})
    load_types(connection, expansion, "resource_type_id", {r.type_id for r in resources}, at)
    load_resources(connection, expansion, "parent_resource_id", parents, at)
    load_types(connection, expansion, "parent_resource_type_id", parent_types, at)
    return [
        m.AppResourceView(
            app_resource=m.resource_message(each),
            app_path=expansion.path("app_id", each.app_id),
            resource_type_path=expansion.path("resource_type_id", each.type_id),
            parent_resource_path=expansion.path("parent_resource_id", each.parent_id or ""),
            parent_resource_type_path=expansion.path(
                "parent_resource_type_id", each.parent_type_id or ""
            ),
        )
        for each in resources
    ]


def entitlement_views(
    connection: Connection,
    entitlements: Sequence[inventory.Entitlement],
    expansion: Expansion,
    at: datetime | None,
) -> list[m.AppEntitlementView]:
    counts = inventory.grant_counts(connection, [each.key for each in entitlements], at)
    load_apps(connection, expansion, {each.app_id for each in entitlements})
    types = {each.type_id for each in entitlements}
    load_types(connection, expansion, "app_resource_type_id", types, at)
    resources = {each.resource_id for each in entitlements}
    load_resources(connection, expansion, "app_resource_id", resources, at)
    return [
        m.AppEntitlementView(
            app_entitlement=m.entitlement_message(each, counts),
            app_path=expansion.path("app_id", each.app_id),
            app_resource_path=expansion.path("app_resource_id", each.resource_id),
            app_resource_type_path=expansion.path("app_resource_type_id", each.type_id),
        )
        for each in entitlements
    ]
