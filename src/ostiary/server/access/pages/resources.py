"""One resource: what it is, its entitlements and who has them, and what is inside."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from fastapi import APIRouter
from starlette.responses import Response

from ostiary.server.access.api.permissions import Viewer, own_only
from ostiary.server.access.pages import reading
from ostiary.server.access.pages.reading import Grants
from ostiary.server.access.pages.related import Related, Seen, seen
from ostiary.server.access.store import listed_grants
from ostiary.server.access.store.listed_grants import GrantFilter
from ostiary.server.access.views import differences, grants
from ostiary.server.access.views import resources as views
from ostiary.server.catalog import entitlement_views, resource_views
from ostiary.server.catalog.entitlement_pages import entitlements_among
from ostiary.server.catalog.pages import APPS
from ostiary.server.catalog.resource_pages import among
from ostiary.server.catalog.resource_path import ResourceOf, ResourcePath
from ostiary.server.catalog.store import listed_entitlements, listed_resources, things
from ostiary.server.catalog.store.asked import Asked
from ostiary.server.catalog.store.listed_resources import ListedResource
from ostiary.server.kernel.errors import not_found
from ostiary.server.web.navigation import Crumb
from ostiary.server.web.shell import Shell, ShellOf

_TOLD = (
    ("Name", lambda version: version.display_name),
    ("Description", lambda version: version.description),
    ("Status", lambda version: version.status),
)

router = APIRouter(
    prefix="/apps/{app_id}/resources/{resource_type_id}/{resource_id}", include_in_schema=False
)


@router.get("")
def show_resource(shell: ShellOf, access: Viewer, path: ResourceOf) -> Response:
    """Facts, and its entitlements."""
    shown = _shown(shell, path)
    with shell.kernel.read() as connection:
        owners = listed_entitlements.owner_names(connection, shown.seen.thing.key, "resource")

    def asked() -> Asked:
        return listed_entitlements.of_resource(path.app_id, path.resource_id, shell.as_of)

    facts = [*shown.seen.facts, *resource_views.facts(shown.seen.thing, owners)]
    listing = entitlement_views.of_resource()
    read = entitlements_among(asked)
    return shown.related.page("now", listing, read, facts=facts, heading="Entitlements")


@router.get("/holders")
def show_holders(shell: ShellOf, access: Viewer, path: ResourceOf) -> Response:
    """Who has which of its entitlements."""
    return _holders(shell, path, ended=False)


@router.get("/past")
def show_past(shell: ShellOf, access: Viewer, path: ResourceOf) -> Response:
    """Who had one of them and has it not any more."""
    return _holders(shell, path, ended=True)


@router.get("/inside")
def show_inside(shell: ShellOf, access: Viewer, path: ResourceOf) -> Response:
    """The resources that name it as their parent."""
    shown = _shown(shell, path)
    with shell.kernel.read() as connection:
        types = listed_resources.types(connection, path.app_id, shell.as_of)
    listing = resource_views.inside(types)
    read = among(lambda: listed_resources.inside(path.app_id, path.resource_id, shell.as_of))
    return shown.related.page("inside", listing, read)


@router.get("/access")
def show_access(shell: ShellOf, access: Viewer, path: ResourceOf) -> Response:
    """What it holds itself, as a group or an application may."""
    shown = _shown(shell, path)
    about = GrantFilter(principal_ids=[path.resource_id], viewer=own_only(access))
    with shell.kernel.read() as connection:
        kinds = listed_grants.kinds(connection, about, at=shell.as_of)
    held = Grants(about, shell.as_of, linked=True, people_linked=False)
    return shown.related.page("access", views.holdings(kinds), held.read)


@router.get("/history")
def show_history(shell: ShellOf, access: Viewer, path: ResourceOf) -> Response:
    """What the source said of it over time."""
    shown = _shown(shell, path)
    with shell.kernel.read() as connection:
        versions = things.resource_history(connection, path.resource_id)
    return shown.related.history(versions, _TOLD)


@router.get("/changes")
def show_changes(shell: ShellOf, access: Viewer, path: ResourceOf) -> Response:
    """The difference between two days, over all its entitlements."""
    shown = _shown(shell, path)
    return shown.related.changes(
        GrantFilter(resource_id=path.resource_id), differences.of_resource()
    )


@dataclass(frozen=True)
class _Shown:
    seen: Seen[ListedResource]
    related: Related


def _shown(shell: Shell, path: ResourcePath) -> _Shown:
    with shell.kernel.read() as connection:
        known = seen(
            shell,
            partial(
                listed_resources.find,
                connection,
                path.app_id,
                path.resource_type_id,
                path.resource_id,
            ),
            partial(things.resource_history, connection, path.resource_id),
        )
    if known is None:
        then = " then" if shell.as_of else ""
        raise not_found(f"There is no resource {path.resource_id} of this type in this app{then}.")
    found, of = known.thing, f"/apps/{path.app_id}"
    related = Related(
        shell,
        found.display_name or found.external_id,
        resource_views.lead(found),
        [APPS, Crumb(found.app_name, of), Crumb("Resources", f"{of}/resources")],
        [*known.chips, *views.chips(found)],
        partial(
            views.tabs,
            resource_views.path_of(path.app_id, path.resource_type_id, path.resource_id),
        ),
    )
    return _Shown(known, related)


def _holders(shell: Shell, path: ResourcePath, *, ended: bool) -> Response:
    shown = _shown(shell, path)
    with shell.kernel.read() as connection:
        types = listed_entitlements.types(connection, path.app_id)
    about = GrantFilter(resource_id=path.resource_id, ended=ended)
    held = Grants(about, shell.as_of, linked=True, people_linked=reading.sees_people(shell))
    listing = grants.past_holders(types) if ended else grants.holders(types)
    current = "past" if ended else "holders"
    return shown.related.page(current, views.with_entitlement(listing), held.read)
