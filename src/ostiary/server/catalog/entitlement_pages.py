"""`/apps/{app_id}/entitlements`: what an app has to give."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from fastapi import APIRouter
from starlette.responses import Response

from ostiary.server.catalog import entitlement_views
from ostiary.server.catalog.api.permissions import Viewer
from ostiary.server.catalog.pages import APPS, found_app
from ostiary.server.catalog.store import listed_entitlements
from ostiary.server.catalog.store.asked import Asked
from ostiary.server.catalog.store.listed_entitlements import ListedEntitlement
from ostiary.server.catalog.views import app_tabs, standing
from ostiary.server.kernel.database import Connection
from ostiary.server.web.components.detail import Detail
from ostiary.server.web.components.tables import Found, Read, Wanted
from ostiary.server.web.lists import found_of, list_page
from ostiary.server.web.shell import ShellOf

router = APIRouter(include_in_schema=False)


@router.get("/apps/{app_id}/entitlements")
def list_entitlements(shell: ShellOf, access: Viewer, app_id: str) -> Response:
    with shell.kernel.read() as connection:
        app = found_app(connection, app_id, shell.as_of)
        types = listed_entitlements.types(connection, app_id)

    detail = Detail(
        app.display_name, chips=[standing(app)], tabs=app_tabs(shell, app_id, "entitlements")
    )
    listing = replace(entitlement_views.of_app(types), empty=entitlement_views.nothing_of(app))
    read = entitlements_among(lambda: listed_entitlements.of_app(app_id, shell.as_of))
    title = f"Entitlements of {app.display_name}"
    return list_page(shell, "web/detail.html", title, listing, read, crumbs=[APPS], detail=detail)


def entitlements_among(of: Callable[[], Asked]) -> Read[ListedEntitlement]:
    """Reads a list of the entitlements that `of` asks for, whatever is filtered."""

    def read(connection: Connection, wanted: Wanted) -> Found[ListedEntitlement]:
        types = wanted.filters.get("type", ())
        asked = listed_entitlements.matching(of(), wanted.query, types)
        read_store = partial(listed_entitlements.read, connection)
        count = partial(listed_entitlements.count, connection)
        return found_of(wanted, asked, of(), read_store, count)

    return read
