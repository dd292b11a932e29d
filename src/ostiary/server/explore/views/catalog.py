"""Entitlements and apps that a question found, as lists of all apps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from ostiary.server.catalog import entitlement_views
from ostiary.server.catalog import views as app_views
from ostiary.server.catalog.store.app_table import ListedApp
from ostiary.server.catalog.store.listed_entitlements import ListedEntitlement
from ostiary.server.web.components.cells import Chip, Link, Moment, Number
from ostiary.server.web.components.tables import Column, Empty, Filter, List

WHYS: Final = (("nobody", "Nobody has anything"), ("quiet", "No sign-in for 90 days"))
STANDINGS: Final = (("managed", "Managed"), ("unmanaged", "Unmanaged"))
_CHIPS: Final = {
    "nobody": Chip("Nobody has anything", "circle-dashed"),
    "quiet": Chip("No sign-in for 90 days", "clock-pause", "person"),
}


def ownerless() -> List[ListedEntitlement]:
    app = Column[ListedEntitlement](
        "app",
        "App",
        lambda each: Link(each.app_name, f"/apps/{each.app_id}"),
        sortable=False,
        card=True,
    )
    listing = entitlement_views.of_app(())
    return replace(
        listing,
        name="ownerless-entitlements",
        columns=(listing.columns[0], app, *listing.columns[1:]),
        filters=(),
        empty=Empty("Every entitlement has an owner", "Or its app has one.", icon="shield-check"),
    )


def unused(why: Mapping[str, str]) -> List[ListedApp]:
    """`why`: by public id."""
    return List[ListedApp](
        name="unused-apps",
        noun="app",
        searchable="name or description",
        columns=(
            Column("name", "App", lambda each: Link(each.display_name, f"/apps/{each.id}")),
            Column("why", "Why", lambda each: _CHIPS[why[each.id]], sortable=False, card=True),
            Column("standing", "State", app_views.standing, sortable=False, card=True),
            Column("owners", "Owners", app_views.owners, sortable=False),
            Column("parent", "Discovered through", app_views.parent),
            Column("accounts", "Accounts", lambda each: Number(each.accounts), number=True),
            Column("created", "First seen", lambda each: Moment(each.created_at), shown=False),
        ),
        key=lambda each: each.id,
        href=lambda each: f"/apps/{each.id}",
        filters=(Filter("why", "Why", WHYS), Filter("standing", "State", STANDINGS)),
        empty=Empty("Every app is used", "As far as sources tell.", icon="shield-check"),
    )
