"""`/apps/{app_id}/entitlements`: what an app has to give."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from ostiary.server.catalog import entitlement_views
from ostiary.server.catalog.api.permissions import Viewer
from ostiary.server.catalog.pages import APPS
from ostiary.server.catalog.store import app_table, listed_entitlements
from ostiary.server.catalog.store.listed_entitlements import ListedEntitlement
from ostiary.server.catalog.views import app_tabs, standing
from ostiary.server.kernel.database import Connection
from ostiary.server.kernel.errors import not_found
from ostiary.server.web.components.detail import Detail
from ostiary.server.web.components.tables import Found, Wanted
from ostiary.server.web.lists import list_page
from ostiary.server.web.shell import ShellOf

router = APIRouter(include_in_schema=False)


@router.get("/apps/{app_id}/entitlements")
def list_entitlements(shell: ShellOf, access: Viewer, app_id: str) -> Response:
    with shell.kernel.read() as connection:
        app = app_table.find(connection, app_id, shell.as_of)
        types = listed_entitlements.types(connection, app_id)
    if app is None:
        raise not_found(f"There is no app {app_id}.")

    def read(connection: Connection, wanted: Wanted) -> Found[ListedEntitlement]:
        everything = listed_entitlements.of_app(app_id, shell.as_of)
        asked = listed_entitlements.of_app(app_id, shell.as_of)
        listed_entitlements.matching(asked, wanted.query, wanted.filters["type"])
        rows = listed_entitlements.read(
            connection,
            asked,
            order=wanted.sort,
            descending=wanted.descending,
            offset=wanted.offset,
            size=wanted.size,
        )
        matching = listed_entitlements.count(connection, asked)
        return Found(rows, matching, listed_entitlements.count(connection, everything))

    detail = Detail(
        app.display_name, chips=[standing(app)], tabs=app_tabs(shell, app_id, "entitlements")
    )
    listing = entitlement_views.of_app(types)
    title = f"Entitlements of {app.display_name}"
    return list_page(shell, "web/detail.html", title, listing, read, crumbs=[APPS], detail=detail)
