"""What people and connectors do to the catalogue."""

from __future__ import annotations

from ostiary.server.catalog import store
from ostiary.server.kernel.errors import not_found
from ostiary.server.kernel.work import UnitOfWork


def create_app(work: UnitOfWork, display_name: str, *, description: str = "") -> str:
    """A managed app. Returns its public id."""
    identity = work.new_id()
    store.add_app(
        work.connection,
        identity,
        display_name,
        managed=True,
        created_at=work.now,
        description=description,
    )
    work.audit("catalog.app.create", "app", identity, after={"displayName": display_name})
    return identity


def attach_connector(work: UnitOfWork, app_id: str, connector_id: str) -> None:
    """From now on syncs of the connector fill the app. An unmanaged app becomes managed by it."""
    app = store.lock_app(work.connection, app_id)
    if app is None:
        raise not_found(f"There is no app {app_id}.")
    store.add_feed(work.connection, connector_id, app["id"])
    if not app["managed"]:
        store.manage(work.connection, app["id"])
    work.audit("catalog.app.attach_connector", "app", app_id, after={"connector": connector_id})


def set_hold_large_drops(work: UnitOfWork, connector_id: str, *, hold: bool) -> None:
    """Whether syncs that would remove much wait for somebody to confirm them."""
    if not store.set_hold(work.connection, connector_id, hold=hold):
        raise not_found(f"There is no connector {connector_id}.")
    work.audit("catalog.connector.hold", "connector", connector_id, after={"hold": hold})
