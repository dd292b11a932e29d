"""Deleting apps with everything discovered through them, and taking discovered ones back.

The history of what is deleted stays. An app that was discovered and is deleted here stays away,
whatever syncs of its parent say, until somebody restores it: it comes back unmanaged and empty,
and its parent's next sync fills it. An app that goes with its parent cannot come back alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Final

from ostiary.server.catalog.store import apps, deleting
from ostiary.server.catalog.store.apps import Cascade
from ostiary.server.kernel.errors import failed_precondition, not_found
from ostiary.server.kernel.work import UnitOfWork

DeleteConnectors = Callable[[UnitOfWork, Sequence[str]], None]
"""Stops and deletes the connectors of apps, by the apps' public ids. Connectors lie above the
catalogue: who puts the two together passes it in."""

REFRESH_PEOPLE: Final = "directory.refresh"


def delete_app(
    work: UnitOfWork, app_id: str, expected: Cascade, delete_connectors: DeleteConnectors
) -> list[str]:
    """With every app discovered through it, their connectors, and all that anybody holds there.

    `expected` is what the caller was told would go. `AppError` FailedPrecondition when it is
    something else by now. Returns the ids of the apps that went.
    """
    found = apps.find(work.connection, app_id)
    if found is None:
        raise not_found(f"There is no app {app_id}.")
    deleting.lock_family(work.connection, found.key)
    app = apps.lock(work.connection, app_id)
    if app is None:
        raise not_found(f"There is no app {app_id}.")
    going = apps.cascade(work.connection, app.key)
    if going != expected:
        raise failed_precondition(
            f"Meanwhile {going.managed} managed and {going.unmanaged} unmanaged apps would go "
            f"with {app.display_name}; look again."
        )
    delete_connectors(work, deleting.family_ids(work.connection, app.key))
    deleting.end_contents(work.connection, app.key, work.now)
    gone = apps.delete(work.connection, app.key, work.now)
    work.audit("catalog.app.delete", "app", app_id, before=asdict(going), after={"deleted": gone})
    work.defer(REFRESH_PEOPLE, queueing_lock=REFRESH_PEOPLE)
    return gone


def restore_app(work: UnitOfWork, app_id: str) -> None:
    """Takes the deletion of a discovered app back. `AppError` NotFound when it was not deleted,
    FailedPrecondition when it was made here or its parent is deleted too."""
    told = deleting.find_deleted(work.connection, app_id)
    if told is None:
        raise not_found(f"There is no deleted app {app_id}.")
    if not told.parent_there:
        raise failed_precondition(
            f"Only apps that were discovered come back, and only to a parent that is there: "
            f"{told.display_name} cannot."
        )
    deleting.restore(work.connection, told.key)
    work.audit("catalog.app.restore", "app", app_id, after={"managed": False})
