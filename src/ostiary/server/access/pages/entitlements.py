"""One entitlement: what it is, who has it, who had it, and what changed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from fastapi import APIRouter
from starlette.responses import Response

from ostiary.server.access.api.permissions import Viewer
from ostiary.server.access.pages import reading
from ostiary.server.access.pages.reading import Grants
from ostiary.server.access.pages.related import Related, Seen, seen
from ostiary.server.access.store.listed_grants import GrantFilter
from ostiary.server.access.views import accounts, differences, grants
from ostiary.server.catalog import entitlement_views
from ostiary.server.catalog.pages import APPS
from ostiary.server.catalog.store import listed_entitlements, things
from ostiary.server.catalog.store.listed_entitlements import ListedEntitlement
from ostiary.server.kernel.authz.permissions import Permission
from ostiary.server.kernel.errors import not_found
from ostiary.server.web.navigation import Crumb
from ostiary.server.web.shell import Shell, ShellOf

_TOLD = (
    ("Name", lambda version: version.display_name),
    ("Slug", lambda version: version.slug),
    ("Description", lambda version: version.description),
    ("Purpose", lambda version: version.purpose),
)

router = APIRouter(prefix="/apps/{app_id}/entitlements/{entitlement_id}", include_in_schema=False)


@router.get("")
def show_entitlement(shell: ShellOf, access: Viewer, app_id: str, entitlement_id: str) -> Response:
    """Facts, and who has it."""
    shown = shown_entitlement(shell, app_id, entitlement_id, counted=True)
    with shell.kernel.read() as connection:
        owners = listed_entitlements.owner_names(connection, shown.seen.thing.key)
        types = listed_entitlements.types(connection, app_id)
    facts = [*shown.seen.facts, *entitlement_views.facts(shown.seen.thing, owners)]
    listing = grants.holders(types)
    return shown.related.page(
        "now", listing, _grants(shell, entitlement_id).read, facts=facts, heading="Who has it"
    )


@router.get("/past")
def show_past(shell: ShellOf, access: Viewer, app_id: str, entitlement_id: str) -> Response:
    """Who had it and has it not any more."""
    shown = shown_entitlement(shell, app_id, entitlement_id)
    with shell.kernel.read() as connection:
        types = listed_entitlements.types(connection, app_id)
    return shown.related.page(
        "past", grants.past_holders(types), _grants(shell, entitlement_id, ended=True).read
    )


@router.get("/history")
def show_history(shell: ShellOf, access: Viewer, app_id: str, entitlement_id: str) -> Response:
    """What the source said of it over time."""
    shown = shown_entitlement(shell, app_id, entitlement_id)
    with shell.kernel.read() as connection:
        versions = things.entitlement_history(connection, entitlement_id)
    return shown.related.history(versions, _TOLD)


@router.get("/changes")
def show_changes(shell: ShellOf, access: Viewer, app_id: str, entitlement_id: str) -> Response:
    """The difference between two days."""
    shown = shown_entitlement(shell, app_id, entitlement_id)
    about = GrantFilter(entitlement_id=entitlement_id)
    return shown.related.changes(about, differences.of_entitlement())


@dataclass(frozen=True)
class ShownEntitlement:
    seen: Seen[ListedEntitlement]
    related: Related


def shown_entitlement(
    shell: Shell, app_id: str, entitlement_id: str, *, counted: bool = False
) -> ShownEntitlement:
    with shell.kernel.read() as connection:
        known = seen(
            shell,
            partial(listed_entitlements.find, connection, app_id, entitlement_id, counted=counted),
            partial(things.entitlement_history, connection, entitlement_id),
        )
    if known is None:
        then = " then" if shell.as_of else ""
        raise not_found(f"There is no entitlement {entitlement_id} in this app{then}.")
    found, of = known.thing, f"/apps/{app_id}"
    may_change = shell.allows(Permission.APPS_MANAGE) and not (shell.as_of or known.gone_at)
    related = Related(
        shell,
        found.display_name,
        entitlement_views.lead(found),
        [APPS, Crumb(found.app_name, of), Crumb("Entitlements", f"{of}/entitlements")],
        [*known.chips, *entitlement_views.chips(found)],
        partial(
            accounts.related_tabs,
            entitlement_views.path(found),
            "Who has it",
            settings=may_change,
        ),
    )
    return ShownEntitlement(known, related)


def _grants(shell: Shell, entitlement_id: str, *, ended: bool = False) -> Grants:
    asked = GrantFilter(entitlement_id=entitlement_id, ended=ended)
    return Grants(asked, shell.as_of, linked=True, people_linked=reading.sees_people(shell))
