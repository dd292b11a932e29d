"""What people decide about groups of the identity provider that a managed app is assigned to."""

from __future__ import annotations

from typing import Any

from ostiary.server.catalog import actions, rules
from ostiary.server.catalog.rules import Choice, LinkedGroup
from ostiary.server.catalog.store import apps, linked, linked_roles
from ostiary.server.catalog.store.apps import App
from ostiary.server.kernel.errors import failed_precondition, not_found
from ostiary.server.kernel.work import UnitOfWork


def decide(
    work: UnitOfWork,
    app_id: str,
    group_id: str,
    choice: Choice,
    *,
    entitlement_id: str = "",
    role_name: str | None = None,
    trigger_scim: bool = False,
) -> LinkedGroup:
    """Makes a role of the group, provisions an entitlement through it, or leaves it aside.

    A role is held by whoever is in the group, from now on. It can be decided anew at any time; a
    role that is not wanted any more ends, and is the same one when it is made again. `role_name`
    None: the group's. `AppError` NotFound for a group that was never offered.
    """
    app, group = _found(work, app_id, group_id)
    rules.check_choice(group, choice, entitlement_id, trigger_scim=trigger_scim)
    entitlement = None
    if choice == "create_role":
        entitlement = linked_roles.identity(
            work.connection, app.key, group_id, work.now, work.new_id
        )
    elif choice == "provision":
        entitlement = linked.grantable(work.connection, app.key, entitlement_id)
        if entitlement is None:
            raise not_found(f"{app.display_name} has no entitlement {entitlement_id} to provision.")
    linked.save(
        work.connection,
        app.key,
        group,
        choice=choice,
        entitlement=entitlement,
        trigger_scim=trigger_scim,
        at=work.now,
    )
    linked_roles.refresh(work.connection, [app.key], work.now)
    after = _group(work, app, group_id)
    if choice == "create_role" and role_name is not None and after.decision:
        actions.edit_entitlement(work, after.decision.entitlement_id, name=role_name)
        after = _group(work, app, group_id)
    _audit(work, app, group, after)
    return after


def reconsider(work: UnitOfWork, app_id: str, group_id: str) -> None:
    """Takes a decision back. Nothing happens when there is none."""
    app, group = _found(work, app_id, group_id)
    if group.decision is None:
        return
    linked.forget(work.connection, app.key, group_id)
    linked_roles.refresh(work.connection, [app.key], work.now)
    _audit(work, app, group, None)


def _found(work: UnitOfWork, app_id: str, group_id: str) -> tuple[App, LinkedGroup]:
    app = apps.lock(work.connection, app_id)
    if app is None:
        raise not_found(f"There is no app {app_id}.")
    if not app.managed:
        raise failed_precondition(f"The app {app.display_name} is not managed yet.")
    return app, _group(work, app, group_id)


def _group(work: UnitOfWork, app: App, group_id: str) -> LinkedGroup:
    for group in linked.groups(work.connection, app.key):
        if group.id == group_id:
            return group
    raise not_found(f"The app {app.display_name} is not assigned to a group {group_id}.")


def _audit(work: UnitOfWork, app: App, before: LinkedGroup, after: LinkedGroup | None) -> None:
    work.audit(
        "catalog.linked_group.decide",
        "app",
        app.id,
        before=_told(before),
        after=_told(after) if after else {"group": before.id},
    )


def _told(group: LinkedGroup) -> dict[str, Any]:
    decision = group.decision
    if decision is None:
        return {"group": group.id}
    return {
        "group": group.id,
        "groupName": group.name,
        "choice": decision.choice,
        "entitlement": decision.entitlement_id,
        "triggerScim": decision.trigger_scim,
    }
