"""`…/entitlements/{id}/holders/{id}`: why somebody has something."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from ostiary.server.access import store
from ostiary.server.access.api.permissions import Viewer
from ostiary.server.access.facts import EntitlementRef, Explanation, Grant, ResourceRef
from ostiary.server.access.pages import reading
from ostiary.server.access.store import accounts as account_store
from ostiary.server.access.store import principals
from ostiary.server.access.store.principals import AppName
from ostiary.server.access.views import grants, paths
from ostiary.server.access.views.paths import Asked
from ostiary.server.catalog.pages import APPS
from ostiary.server.kernel.database import Connection
from ostiary.server.kernel.errors import not_found
from ostiary.server.web.components.detail import Detail
from ostiary.server.web.navigation import Crumb
from ostiary.server.web.shell import Shell, ShellOf

router = APIRouter(include_in_schema=False)


@router.get("/apps/{app_id}/entitlements/{entitlement_id}/holders/{principal_id}")
def explain(
    shell: ShellOf, access: Viewer, app_id: str, entitlement_id: str, principal_id: str
) -> Response:
    """Every path, as a picture and in words; and since when."""
    with shell.kernel.read() as connection:
        account_store.check_in_app(connection, app_id, entitlement_id)
        told, stretches = store.explain_with_history(
            connection, entitlement_id, principal_id, at=shell.as_of
        )
        history = [
            grant for grant in stretches if shell.as_of is None or grant.since <= shell.as_of
        ]
        passed = {step.entitlement.id for path in told.paths for step in path}
        apps = principals.apps(connection, {entitlement_id, *passed})
        asked = _asked(shell, connection, told.grant, history, apps[entitlement_id])
    reachable = {key: app for key, app in apps.items() if access.everything or app.id == app_id}
    what = paths.full_name(asked.entitlement)
    title = f"Why {asked.person} has {what}"
    if told.grant is None:
        title = f"{asked.person} and {what}"
    of = f"/apps/{app_id}"
    crumbs = [
        APPS,
        Crumb(asked.app.display_name, of),
        Crumb("Entitlements", f"{of}/entitlements"),
        Crumb(asked.entitlement.display_name, grants.entitlement_path(app_id, entitlement_id)),
    ]
    detail = Detail(
        title,
        chips=paths.chips(told.grant, past=shell.as_of is not None),
        paths=paths.pictured(asked, told.paths, reachable) if told.paths else None,
        facts=paths.holding_facts(asked, told.grant, reachable),
        heading="What happened",
        note=_note(told),
        events=paths.stretches(history),
    )
    return shell.page("web/detail.html", title, crumbs=crumbs, detail=detail)


def _asked(
    shell: Shell,
    connection: Connection,
    grant: Grant | None,
    history: list[Grant],
    app: AppName,
) -> Asked:
    """`AppError` NotFound where it was never held, so that there is nothing to tell."""
    known = grant or next(iter(history[-1:]), None)
    if known is None:
        raise not_found("This was never held, as far as the syncs tell.")
    entitlement: EntitlementRef = known.entitlement
    principal: ResourceRef = known.principal
    holders = principals.principals(connection, [principal.id], shell.as_of)
    return Asked(
        principal,
        holders[principal.id],
        entitlement,
        app,
        reading.sees_people(shell),
    )


def _note(told: Explanation) -> str:
    if told.grant is None:
        return "There is no path, because it is not held."
    if not told.complete:
        return "There are more paths than can be told here; these are the shortest ones."
    if not told.paths:
        return "The source says that this is inherited, and does not tell from where."
    return ""
