"""`/apps/{app_id}/feed`: what was granted and revoked, when and by what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from fastapi import APIRouter
from starlette.responses import Response

from ostiary.server.access.api.permissions import Viewer
from ostiary.server.access.pages import reading
from ostiary.server.access.pages.reading import Grants
from ostiary.server.access.store import feed
from ostiary.server.access.store.feed import FeedFilter
from ostiary.server.access.store.listed_grants import GrantFilter
from ostiary.server.access.views import feed as views
from ostiary.server.access.views.feed import Event
from ostiary.server.catalog.pages import APPS, found_app
from ostiary.server.catalog.store import listed_entitlements
from ostiary.server.catalog.views import app_tabs, standing
from ostiary.server.kernel.database import Connection
from ostiary.server.web.as_of import instant_of
from ostiary.server.web.components.detail import Detail
from ostiary.server.web.components.tables import Found, Wanted
from ostiary.server.web.lists import list_page
from ostiary.server.web.shell import Shell, ShellOf

router = APIRouter(include_in_schema=False)


@router.get("/apps/{app_id}/feed")
def show_feed(shell: ShellOf, access: Viewer, app_id: str) -> Response:
    since = _since(shell)
    entitlement_ids, account_ids = (shell.address.all(key) for key in ("entitlement", "account"))
    by_id = FeedFilter(app_id, entitlement_ids=entitlement_ids, account_ids=account_ids)
    with shell.kernel.read() as connection:
        app = found_app(connection, app_id, shell.as_of)
        types = listed_entitlements.types(connection, app_id)
        entitlements, accounts = feed.named(connection, by_id)
    everything = FeedFilter(app_id, since=since)

    def read(connection: Connection, wanted: Wanted) -> Found[Event]:
        narrowed = FeedFilter(
            app_id,
            kinds=wanted.filters["change"],
            types=wanted.filters["type"],
            entitlement_ids=wanted.filters.get("entitlement", ()),
            account_ids=wanted.filters.get("account", ()),
            query=wanted.query,
            since=since,
        )
        found = feed.read(
            connection, narrowed, at=shell.as_of, offset=wanted.offset, size=wanted.size
        )
        rows, matching = _listed(shell, connection, found[0]), found[1]
        if narrowed == everything:
            return Found(rows, matching, matching)
        return Found(rows, matching, feed.count(connection, everything, at=shell.as_of))

    detail = Detail(
        app.display_name,
        chips=[standing(app)],
        tabs=app_tabs(shell, app_id, "feed"),
        note=views.NOTE,
        between=replace(reading.between(shell, since), verb="Show", open_start=True),
    )
    listing = views.feed(types, entitlements, accounts)
    title = f"Grant feed of {app.display_name}"
    return list_page(shell, "web/detail.html", title, listing, read, crumbs=[APPS], detail=detail)


def _listed(shell: Shell, connection: Connection, events: Sequence[feed.FeedEvent]) -> list[Event]:
    about = Grants(GrantFilter(), shell.as_of, linked=True, people_linked=False)
    listed = about.described(connection, [each.grant for each in events])
    return [Event(event, row) for event, row in zip(events, listed, strict=True)]


def _since(shell: Shell) -> datetime | None:
    """None: since ever."""
    given = shell.address.get("since")
    return instant_of(given, shell.now) if given else None
