"""`/apps/{app_id}/resources`: what an app consists of, besides accounts."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from fastapi import APIRouter
from starlette.responses import Response

from ostiary.server.catalog import resource_views
from ostiary.server.catalog.api.permissions import Viewer
from ostiary.server.catalog.pages import APPS, found_app
from ostiary.server.catalog.store import listed_resources
from ostiary.server.catalog.store.asked import Asked
from ostiary.server.catalog.store.listed_resources import ListedResource
from ostiary.server.catalog.views import app_tabs, standing
from ostiary.server.kernel.database import Connection
from ostiary.server.web.components.detail import Detail
from ostiary.server.web.components.tables import Found, Read, Wanted
from ostiary.server.web.lists import found_of, list_page
from ostiary.server.web.shell import ShellOf

router = APIRouter(include_in_schema=False)


@router.get("/apps/{app_id}/resources")
def list_resources(shell: ShellOf, access: Viewer, app_id: str) -> Response:
    with shell.kernel.read() as connection:
        app = found_app(connection, app_id, shell.as_of)
        types = listed_resources.types(connection, app_id, shell.as_of)
    detail = Detail(
        app.display_name,
        chips=[standing(app)],
        tabs=app_tabs(shell, app_id, "resources"),
        tiles=resource_views.tiles(app_id, types),
    )
    listing = resource_views.of_app(types)
    read = among(lambda: listed_resources.of_app(app_id, shell.as_of))
    title = f"Resources of {app.display_name}"
    return list_page(shell, "web/detail.html", title, listing, read, crumbs=[APPS], detail=detail)


def among(of: Callable[[], Asked]) -> Read[ListedResource]:
    """Reads a list of the resources that `of` asks for, whatever is filtered."""

    def read(connection: Connection, wanted: Wanted) -> Found[ListedResource]:
        asked = listed_resources.matching(of(), wanted.query, wanted.filters["type"])
        read_store = partial(listed_resources.read, connection)
        count = partial(listed_resources.count, connection)
        return found_of(wanted, asked, of(), read_store, count)

    return read
