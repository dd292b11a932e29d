"""A connector's syncs, and what one of them did, dropped and said."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from ostiary.server.connectors.api.permissions import Viewer
from ostiary.server.connectors.pages.reading import names_of_types, shown
from ostiary.server.connectors.store import journal
from ostiary.server.connectors.store import syncs as store
from ostiary.server.connectors.store.syncs import Sync
from ostiary.server.connectors.views import advice, counts, states
from ostiary.server.connectors.views import syncs as views
from ostiary.server.ingest.store import history
from ostiary.server.kernel.database import Connection
from ostiary.server.kernel.errors import not_found
from ostiary.server.web.components.detail import Detail
from ostiary.server.web.components.tables import Found, Wanted
from ostiary.server.web.lists import list_page
from ostiary.server.web.navigation import Crumb
from ostiary.server.web.shell import ShellOf

MOST_LINES = 500

router = APIRouter(prefix="/apps/{app_id}/connectors/{connector_id}/syncs", include_in_schema=False)


@router.get("")
def list_syncs(shell: ShellOf, access: Viewer, app_id: str, connector_id: str) -> Response:
    page = shown(shell, app_id, connector_id)
    key = page.connector.key

    def read(connection: Connection, wanted: Wanted) -> Found[Sync]:
        among = wanted.filters.get("state", ())
        rows = store.find_page(
            connection,
            key,
            among,
            oldest_first=not wanted.descending,
            size=wanted.size,
            offset=wanted.offset,
        )
        total = store.count(connection, key)
        return Found(rows, store.count(connection, key, among) if among else total, total)

    detail = Detail(
        page.connector.display_name, lead=page.lead, chips=page.chips, tabs=page.tabs("syncs")
    )
    title = f"Syncs of {page.connector.display_name}"
    listing = views.listing(page.path)
    return list_page(
        shell, "web/detail.html", title, listing, read, crumbs=page.crumbs, detail=detail
    )


@router.get("/{sync_id}")
def show_sync(
    shell: ShellOf, access: Viewer, app_id: str, connector_id: str, sync_id: str
) -> Response:
    """Its log in three parts: summary, what was dropped and why, lines."""
    page = shown(shell, app_id, connector_id)
    with shell.kernel.read() as connection:
        sync = store.find(connection, sync_id)
        if sync is None or sync.connector_key != page.connector.key:
            raise not_found(f"{page.connector.display_name} has no sync {sync_id}.")
        end = sync.ended_at or shell.now
        begun = sync.started_at or sync.requested_at
        lines = journal.read_lines_about(
            connection, sync.connector_key, sync.key, (begun, end), MOST_LINES
        )
        names = names_of_types(connection, connector_id, end)
        record = history.applied_between(connection, connector_id, sync.uploaded_at or end, end)
    title = f"Sync of {views.stamp(sync)}"
    name = page.connector.display_name
    return shell.page(
        "connectors/sync.html",
        title,
        crumbs=[*page.crumbs, Crumb(name, page.path), Crumb("Syncs", f"{page.path}/syncs")],
        shown=page,
        chips=[states.sync_chip(sync)],
        notes=advice.of_sync(sync, page.path),
        facts=views.facts(sync),
        counts=counts.counts(sync.counts, sync.deltas, names),
        dropped=views.dropped(lines, record if sync.state == "done" else None),
        lines=views.said(lines),
        most=MOST_LINES if len(lines) == MOST_LINES else 0,
    )
