"""People as owners of apps: one by one or all at once, beside the entitlements that own them."""

from __future__ import annotations

from collections.abc import Sequence

from ostiary.server.catalog.actions import create_app, set_app_owners
from ostiary.server.catalog.store import apps
from ostiary.server.kernel.auth import user_store
from ostiary.server.kernel.errors import not_found
from ostiary.server.kernel.work import UnitOfWork


def create_owned_app(
    unit: UnitOfWork, name: str, description: str, owner_ids: Sequence[str]
) -> str:
    """Returns its public id."""
    app_id = create_app(unit, name, description=description)
    set_owners(unit, app_id, owner_ids)
    return app_id


def set_owners(unit: UnitOfWork, app_id: str, user_ids: Sequence[str]) -> None:
    """These people and no others. `AppError` NotFound for one whom nobody knows."""
    people, entitlements = _locked_owners(unit, app_id)
    wanted = list(dict.fromkeys(user_ids))
    for user_id in wanted:
        if user_id not in people and user_store.find_public(unit.connection, user_id) is None:
            raise not_found(f"There is no user {user_id}.")
    if set(wanted) != set(people):
        set_app_owners(unit, app_id, wanted, entitlements)


def add_owner(unit: UnitOfWork, app_id: str, user_id: str) -> None:
    people, _ = _locked_owners(unit, app_id)
    set_owners(unit, app_id, [*people, user_id])


def remove_owner(unit: UnitOfWork, app_id: str, user_id: str) -> None:
    """Nothing happens when they do not own it."""
    people, _ = _locked_owners(unit, app_id)
    set_owners(unit, app_id, [person for person in people if person != user_id])


def _locked_owners(unit: UnitOfWork, app_id: str) -> tuple[list[str], list[str]]:
    app = apps.lock(unit.connection, app_id)
    if app is None:
        raise not_found(f"There is no app {app_id}.")
    return apps.owners_of(unit.connection, app.key)
