"""Apps and connectors by what an operator types: an id, or the exact name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from ostiary.server.catalog.actions import create_app
from ostiary.server.catalog.store import apps
from ostiary.server.catalog.store.apps import AppFilter
from ostiary.server.connectors.store import credentials, registry
from ostiary.server.connectors.store.credentials import Credential
from ostiary.server.connectors.store.registry import Connector
from ostiary.server.kernel.database import Connection
from ostiary.server.kernel.errors import already_exists, failed_precondition, not_found
from ostiary.server.kernel.work import UnitOfWork

MOST_NAMESAKES = 500

Named = TypeVar("Named")


def find_connector(connection: Connection, name: str) -> Connector:
    """`AppError` for none or several of the name; a deleted one is found by its id only."""
    if found := registry.find(connection, name):
        return found
    namesakes = [each for each in registry.find_all(connection) if each.display_name == name]
    return _only(namesakes, "connector", name, [each.id for each in namesakes])


def find_credential(connection: Connection, connector: Connector, name: str) -> Credential:
    """By its own id or by the client id."""
    for credential in credentials.find_of(connection, connector.key):
        if name in (credential.id, credential.client_id):
            return credential
    raise not_found(f"{connector.display_name} has no credential {name}.")


def app_for(unit: UnitOfWork, connector_name: str, app: str | None) -> str:
    """The public id of `app`, or of a new one with the connector's name.

    `AppError` when an app of that name is there already: it may be the one that is meant.
    """
    if app is not None:
        return _find_app(unit.connection, app)
    name = connector_name.strip()
    if namesakes := _apps_named(unit.connection, name):
        raise already_exists(
            f"There is an app {name} already; to fill it, say --app {namesakes[0]}"
        )
    return create_app(unit, name)


def _find_app(connection: Connection, name: str) -> str:
    if found := apps.find(connection, name):
        return found.id
    namesakes = _apps_named(connection, name)
    return _only(namesakes, "app", name, namesakes)


def _apps_named(connection: Connection, name: str) -> list[str]:
    alike = apps.page(connection, AppFilter(query=name), size=MOST_NAMESAKES)
    return [each.id for each in alike if each.display_name == name]


def _only(found: Sequence[Named], kind: str, name: str, ids: Sequence[str]) -> Named:
    if not found:
        raise not_found(f"There is no {kind} {name}.")
    if len(found) > 1:
        raise failed_precondition(f"Several {kind}s are called {name}; say which: {', '.join(ids)}")
    return found[0]
