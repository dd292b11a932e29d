"""What people and connectors do to the catalogue."""

from __future__ import annotations

from collections.abc import Sequence

from ostiary.server.catalog import rules
from ostiary.server.catalog.store import apps, things
from ostiary.server.catalog.store.apps import App
from ostiary.server.kernel.errors import already_exists, failed_precondition, invalid, not_found
from ostiary.server.kernel.work import UnitOfWork


def create_app(work: UnitOfWork, display_name: str, *, description: str = "") -> str:
    """A managed app. Returns its public id."""
    identity = work.new_id()
    apps.add(work.connection, identity, display_name, created_at=work.now, description=description)
    work.audit("catalog.app.create", "app", identity, after={"displayName": display_name})
    return identity


def attach_connector(work: UnitOfWork, app_id: str, connector_id: str) -> None:
    """From now on syncs of the connector fill the app. An unmanaged app becomes managed by it."""
    app = _locked(work, app_id)
    apps.add_feed(work.connection, connector_id, app.key)
    if not app.managed:
        apps.manage(work.connection, app.key)
    work.audit("catalog.app.attach_connector", "app", app_id, after={"connector": connector_id})


def set_hold_large_drops(work: UnitOfWork, connector_id: str, *, hold: bool) -> None:
    """Whether syncs that would remove much wait for somebody to confirm them."""
    if not apps.set_hold(work.connection, connector_id, hold=hold):
        raise not_found(f"There is no connector {connector_id}.")
    work.audit("catalog.connector.hold", "connector", connector_id, after={"hold": hold})


def manage_apps(work: UnitOfWork, app_ids: Sequence[str]) -> None:
    """Takes discovered apps under management, all or none; nothing changes where they come from.

    `AppError` FailedPrecondition when one of them is managed already.
    """
    for app_id in sorted(set(app_ids)):
        app = _locked(work, app_id)
        if app.managed:
            raise failed_precondition(f"The app {app.display_name} is managed already.")
        apps.manage(work.connection, app.key)
        work.audit(
            "catalog.app.manage", "app", app_id, before={"managed": False}, after={"managed": True}
        )
        work.defer("ingest.refresh_access", app_id=app_id)


def edit_app(
    work: UnitOfWork, app_id: str, *, name: str | None = None, description: str | None = None
) -> None:
    """What is None stays. An empty name gives a discovered app the name of its source again."""
    app = _locked(work, app_id)
    if name == "" and app.discovered_resource_id is None:
        raise invalid("An app needs a name.")
    apps.edit(work.connection, app.key, name=name, description=description)
    work.audit(
        "catalog.app.edit",
        "app",
        app_id,
        before={"displayName": app.display_name, "description": app.description},
        after={"displayName": name, "description": description},
    )


def set_app_owners(
    work: UnitOfWork, app_id: str, user_ids: Sequence[str], entitlement_ids: Sequence[str] = ()
) -> None:
    """Replaces the owners: people, and entitlements whose holders own the app."""
    rules.check_owners(user_ids, entitlement_ids)
    app = _locked(work, app_id)
    before = apps.owners_of(work.connection, app.key)
    keys = things.entitlement_keys(work.connection, entitlement_ids)
    if missing := set(entitlement_ids) - keys.keys():
        raise not_found(f"There is no entitlement {', '.join(sorted(missing))}.")
    users = list(dict.fromkeys(user_ids))
    apps.set_owners(work.connection, app.key, users, list(keys.values()))
    work.audit(
        "catalog.app.set_owners",
        "app",
        app_id,
        before={"users": before[0], "entitlements": before[1]},
        after={"users": users, "entitlements": sorted(keys)},
    )


def edit_resource(
    work: UnitOfWork, resource_id: str, *, name: str | None = None, description: str | None = None
) -> None:
    """What is None stays; what is empty is again as the connector says."""
    key = things.resource_key(work.connection, resource_id)
    if key is None:
        raise not_found(f"There is no resource {resource_id}.")
    edits = {"display_name": name, "description": description}
    before = things.edit(work.connection, "resource", key, edits)
    work.audit("catalog.resource.edit", "resource", resource_id, before=before, after=edits)


def edit_entitlement(
    work: UnitOfWork,
    entitlement_id: str,
    *,
    name: str | None = None,
    description: str | None = None,
    slug: str | None = None,
    alias: str | None = None,
) -> None:
    """What is None stays; what is empty is again as the connector says."""
    key = things.entitlement_keys(work.connection, [entitlement_id]).get(entitlement_id)
    if key is None:
        raise not_found(f"There is no entitlement {entitlement_id}.")
    if alias and things.alias_taken(work.connection, alias, key):
        raise already_exists(f"Another entitlement has the alias {alias}.")
    edits = {"display_name": name, "description": description, "slug": slug, "alias": alias}
    before = things.edit(work.connection, "entitlement", key, edits)
    work.audit(
        "catalog.entitlement.edit", "entitlement", entitlement_id, before=before, after=edits
    )


def _locked(work: UnitOfWork, app_id: str) -> App:
    app = apps.lock(work.connection, app_id)
    if app is None:
        raise not_found(f"There is no app {app_id}.")
    return app
