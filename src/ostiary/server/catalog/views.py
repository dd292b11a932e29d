"""Apps as lists, facts and forms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ostiary.server.catalog.store.app_table import ListedApp
from ostiary.server.kernel.authz.permissions import Permission
from ostiary.server.web.components.cells import (
    NONE,
    Chip,
    Fact,
    Identifier,
    Link,
    Missing,
    Moment,
    Number,
    Several,
    Text,
    text,
)
from ostiary.server.web.components.forms import Field, Form
from ostiary.server.web.components.tables import Bulk, Column, Empty, Filter, List
from ostiary.server.web.components.tabs import Tab, Tile
from ostiary.server.web.shell import Shell

NAME = Column[ListedApp]("name", "App", lambda app: Link(app.display_name, f"/apps/{app.id}"))
PARENT = Column[ListedApp]("parent", "Discovered through", lambda app: parent(app), card=True)
CREATED = Column[ListedApp]("created", "First seen", lambda app: Moment(app.created_at))

MANAGED = List[ListedApp](
    name="apps",
    noun="app",
    searchable="name or description",
    columns=(
        NAME,
        Column("owners", "Owners", lambda app: owners(app), sortable=False, card=True),
        Column("connectors", "Connectors", lambda app: Number(app.connectors), number=True),
        Column("accounts", "Accounts", lambda app: Number(app.accounts), number=True, card=True),
        Column(
            "entitlements",
            "Entitlements",
            lambda app: Number(app.entitlements),
            number=True,
            card=True,
        ),
        replace(PARENT, shown=False, card=False),
        Column("description", "Description", lambda app: text(app.description), False, shown=False),
        replace(CREATED, shown=False),
    ),
    key=lambda app: app.id,
    href=lambda app: f"/apps/{app.id}",
    empty=Empty(
        "No app is managed yet",
        "An app comes with its first connector. Adding one takes about ten minutes.",
        icon="apps",
    ),
)


def unmanaged(parents: Sequence[tuple[str, str]], *, may_manage: bool) -> List[ListedApp]:
    """`parents`: ids and names of what the apps were discovered through."""
    return List[ListedApp](
        name="unmanaged-apps",
        noun="unmanaged app",
        searchable="name or description",
        columns=(
            NAME,
            PARENT,
            Column("description", "Description", lambda app: text(app.description), False),
            CREATED,
        ),
        key=lambda app: app.id,
        href=lambda app: f"/apps/{app.id}",
        filters=(Filter("parent", "Discovered through", parents),),
        bulk=(Bulk("Manage", "/apps/manage", "shield-check"),) if may_manage else (),
        empty=Empty(
            "No unmanaged app",
            "Apps that a connector discovers, such as the enterprise applications of an Entra "
            "tenant, wait here until somebody manages them.",
            icon="app-window",
        ),
    )


DELETED_TAB = Tab("Deleted", "/apps/deleted", current=False)

WHAT_MANAGING_DOES = (
    "They get an owner, appear under Managed, and can be reviewed and requested. Nothing changes "
    "where they come from."
)


def list_tabs(managed_apps: int, unmanaged_apps: int, *, managed: bool) -> list[Tab]:
    return [
        Tab("Managed", "/apps", managed, managed_apps),
        Tab("Unmanaged", "/apps?tab=unmanaged", not managed, unmanaged_apps),
    ]


def app_tabs(shell: Shell, app_id: str, current: str) -> list[Tab]:
    """Those that exist; each slice adds its own here by the path it serves."""
    here = f"/apps/{app_id}"
    overview = Tab("Overview", here, current == "overview")
    if not shell.allows(Permission.APPS_VIEW):
        return [overview]
    may_change = shell.allows(Permission.APPS_MANAGE) and not shell.as_of
    settings = [Tab("Settings", f"{here}/settings", current == "settings")] if may_change else []
    return [
        overview,
        Tab("Entitlements", f"{here}/entitlements", current == "entitlements"),
        Tab("Resources", f"{here}/resources", current == "resources"),
        Tab("Accounts", f"{here}/accounts", current == "accounts"),
        Tab("Linked groups", f"{here}/linked_groups", current == "linked_groups"),
        Tab("Grant feed", f"{here}/feed", current == "feed"),
        Tab("Connectors", f"{here}/connectors", current == "connectors"),
        *settings,
    ]


def list_tabs_beside(current: str) -> list[Tab]:
    """Over other lists of apps, without counting."""
    tabs = [
        Tab("Managed", "/apps", current=False),
        Tab("Unmanaged", "/apps?tab=unmanaged", current=False),
    ]
    return [*tabs, replace(DELETED_TAB, current=current == "deleted")]


def manage_form(owner: str) -> Form:
    return Form(
        action="/apps/manage",
        verb="Manage",
        cancel="/apps?tab=unmanaged",
        fields=(
            Field(
                "owner",
                "Owner",
                "person",
                owner,
                help="Owners answer for the app and may change it.",
                required=True,
            ),
        ),
    )


def with_apps(form: Form, apps: Sequence[ListedApp]) -> Form:
    return replace(
        form,
        verb=f"Manage {len(apps)} app{'s' * (len(apps) != 1)}",
        hidden=[("selected", app.id) for app in apps],
    )


def standing(app: ListedApp) -> Chip:
    if app.gone_at is not None:
        hint = "The connector that discovered it does not tell of it any more."
        return Chip("Gone", "circle-x", "danger", hint)
    if app.managed:
        return Chip("Managed", "shield-check", "accent")
    return Chip("Unmanaged", "circle-dashed")


def manage_link(shell: Shell, app: ListedApp) -> str:
    """Where to take it under management; empty for who may not, and where nothing can change."""
    offered = not app.managed and not shell.as_of and shell.allows(Permission.APPS_ADOPT)
    return f"/apps/manage?selected={app.id}" if offered else ""


def app_facts(app: ListedApp) -> list[Fact]:
    return [
        Fact("Owners", owners(app)),
        Fact("Discovered through", parent(app)),
        Fact("Description", text(app.description)),
        Fact("First seen", Moment(app.created_at)),
        Fact("Id", Identifier(app.id)),
    ]


def app_tiles(shell: Shell, app: ListedApp) -> list[Tile]:
    """They lead where the caller may go."""
    here = f"/apps/{app.id}" if shell.allows(Permission.APPS_VIEW) else ""
    return [
        Tile("Accounts", app.accounts, here and f"{here}/accounts", "Account"),
        Tile("Entitlements", app.entitlements, here and f"{here}/entitlements", "Entitlement"),
        Tile("Connectors", app.connectors, here and f"{here}/connectors", "Connector"),
    ]


def owners(app: ListedApp) -> Several:
    return Several([Text(name) for name in app.owners])


def parent(app: ListedApp) -> Link | Missing:
    if app.parent_id is None:
        return Missing(NONE)
    return Link(app.parent_name or "", f"/apps/{app.parent_id}")
