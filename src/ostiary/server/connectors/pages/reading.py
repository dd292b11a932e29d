"""What every page of one connector begins with: the connector, what the caller may do, its tabs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.responses import Response

from ostiary.server.catalog.pages import APPS
from ostiary.server.catalog.store import inventory
from ostiary.server.catalog.store.asked import Asked
from ostiary.server.connectors.actions.hosting import HOSTED
from ostiary.server.connectors.api.permissions import find, owns
from ostiary.server.connectors.catalogue.kinds import Kind, find_kind
from ostiary.server.connectors.store import listed, syncs
from ostiary.server.connectors.store.credentials import Credential
from ostiary.server.connectors.store.listed import Beside
from ostiary.server.connectors.store.registry import Connector
from ostiary.server.connectors.store.syncs import Sync
from ostiary.server.connectors.views import advice
from ostiary.server.connectors.views.states import chip_of, unfinished
from ostiary.server.kernel.authz.permissions import Permission, Reach
from ostiary.server.kernel.database import Connection
from ostiary.server.web.components.cells import Chip, Link, Text
from ostiary.server.web.components.tabs import Tab
from ostiary.server.web.navigation import Crumb
from ostiary.server.web.shell import Shell

MOST_TYPES = 1000


@dataclass(frozen=True)
class Shown:
    """`changes`: the caller may change it now."""

    shell: Shell
    connector: Connector
    beside: Beside
    kind: Kind | None
    held: Sync | None
    changes: bool

    @property
    def path(self) -> str:
        return path_of(self.connector)

    @property
    def hosted(self) -> bool:
        """This server runs it, or would as soon as it has settings."""
        return self.kind is not None and self.kind.hosted

    @property
    def configured(self) -> bool:
        return self.beside.configured

    @property
    def unfinished(self) -> str:
        return unfinished(self.connector, self.kind, configured=self.configured)

    @property
    def whom_to_ask(self) -> str:
        """For who may look at it only; empty for others, and where nobody can change it."""
        past = self.shell.as_of is not None or self.connector.deleted_at is not None
        return "" if self.changes or past else advice.whom_to_ask(self.beside.owner_names)

    @property
    def follows(self) -> bool:
        """The page stays true by itself: not in the drawer, and not where the past is shown."""
        past = self.shell.as_of is not None or self.connector.deleted_at is not None
        return not past and not self.shell.in_drawer

    @property
    def kind_name(self) -> str:
        return self.kind.display_name if self.kind else self.connector.catalog_id

    @property
    def chips(self) -> Sequence[Chip]:
        return (chip_of(self.connector),)

    @property
    def lead(self) -> str:
        return f"{self.kind_name} connector of {self.beside.app_name}"

    @property
    def crumbs(self) -> Sequence[Crumb]:
        place = "/connectors" if self.shell.allows(Permission.CONNECTORS_VIEW) else ""
        above = Crumb("Connectors", place) if place else APPS
        return [above, *([Crumb(self.beside.app_name, self.app_path)] if self.app_path else [])]

    @property
    def app_path(self) -> str:
        return app_path(self.shell, self.connector)

    @property
    def app(self) -> Link | Text:
        name = self.beside.app_name
        return Link(name, self.app_path) if self.app_path else Text(name)

    def tabs(self, current: str) -> list[Tab]:
        """Held only while something is; Settings where this server keeps them, Credentials where
        agents elsewhere sign in."""
        found = [("overview", "Overview", ""), ("syncs", "Syncs", "/syncs")]
        if self.held is not None:
            found.append(("held", "Held", "/held"))
        if self.connector.deleted_at is None:
            found.append(("schedule", "Schedule", "/schedule"))
            if self.hosted and self.changes:
                found.append(("settings", "Settings", "/settings"))
            if not (self.hosted and self.configured):
                found.append(("credentials", "Credentials", "/credentials"))
        found.append(("changes", "Changes", "/changes"))
        return [Tab(title, f"{self.path}{at}", key == current) for key, title, at in found]

    def page(self, current: str, template: str, *, status: int = 200, **values: Any) -> Response:
        """`current` is the key of a tab. The template gets this as `shown`."""
        return self.shell.page(
            template,
            self.connector.display_name,
            crumbs=self.crumbs,
            status=status,
            shown=self,
            tabs=self.tabs(current),
            **values,
        )


def app_path(shell: Shell, connector: Connector) -> str:
    """Empty for who may not see apps."""
    return f"/apps/{connector.app_id}" if shell.allows(Permission.APPS_VIEW) else ""


def path_of(connector: Connector) -> str:
    return f"/apps/{connector.app_id}/connectors/{connector.id}"


def shown(shell: Shell, app_id: str, connector_id: str) -> Shown:
    """Also one that was deleted. `AppError` NotFound."""
    with shell.kernel.read() as connection:
        connector = find(connection, app_id, connector_id)
        return Shown(
            shell=shell,
            connector=connector,
            beside=listed.beside(connection, [connector.key])[connector.key],
            kind=find_kind(shell.kernel.settings, connector.catalog_id),
            held=syncs.find_held(connection, connector.key),
            changes=_changes(shell, connection, connector),
        )


def is_ours(credential: Credential) -> bool:
    """One that a worker of this server made for the process that it runs."""
    return credential.display_name == HOSTED


def _changes(shell: Shell, connection: Connection, connector: Connector) -> bool:
    """What `Manager` lets through, asked before anybody tries."""
    if shell.as_of is not None or connector.deleted_at is not None:
        return False
    reach = shell.caller.reach(Permission.CONNECTORS_MANAGE)
    if Reach.ALL in reach:
        return True
    if not reach and not shell.allows(Permission.WORK):
        return False
    return owns(connection, shell.caller, connector)


def names_of_types(
    connection: Connection, connector_id: str, at: datetime | None = None
) -> dict[str, str]:
    """As the connector calls its resource types, by their id in the source."""
    asked = Asked(at).among("f.connector_id", "connector", [connector_id])
    found = inventory.types(connection, asked, size=MOST_TYPES)
    return {each.external_id: each.display_name for each in found}
