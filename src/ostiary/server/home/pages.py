"""`/`: what needs attention now, what a newcomer does next, how much there is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter
from starlette.responses import Response

from ostiary.server.catalog.pages import Shown
from ostiary.server.connectors.actions.endings import endings_of, may_end_soon
from ostiary.server.connectors.api.permissions import owned_among
from ostiary.server.connectors.store import registry
from ostiary.server.connectors.store.registry import Connector
from ostiary.server.directory.store import directories, listed_orphans, listed_people
from ostiary.server.directory.store.everybody import PersonFilter
from ostiary.server.directory.store.listed_orphans import ListFilter
from ostiary.server.home.charts import grants_chart
from ostiary.server.home.rules import (
    Notice,
    Seen,
    Step,
    apps_notice,
    ending_notice,
    more_endings_notice,
    next_steps,
    notice,
    orphans_notice,
)
from ostiary.server.ingest.store import estate
from ostiary.server.kernel.authz.enforcement import Access, requires
from ostiary.server.kernel.authz.permissions import Permission, Reach
from ostiary.server.kernel.database import Connection
from ostiary.server.notify import store as mails
from ostiary.server.notify.rules import MailState
from ostiary.server.web.components.pictures import Chart
from ostiary.server.web.components.tabs import Tile
from ostiary.server.web.moments import counted
from ostiary.server.web.shell import Shell, ShellOf

DAYS = 30
LOOKED_AT = 2
"""Connectors whose credentials are looked at: those of which one may end first."""
TONES = ("danger", "person", "accent", "neutral", "proven")

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class Numbers:
    """Of the instant that the page is about. None: hidden from the caller, or told of now only."""

    managed: int | None
    unmanaged: int | None
    people: int | None
    orphans: int | None


@dataclass(frozen=True)
class Estate:
    tiles: list[Tile]
    chart: Chart | None


@router.get("/")
def home(shell: ShellOf, access: Annotated[Access, requires(Permission.SELF)]) -> Response:
    """What needs somebody is told of now only."""
    with shell.kernel.read() as connection:
        connectors = _connectors(shell, connection) if shell.as_of is None else []
        numbers = _numbers(shell, connection)
        notices = _notices(shell, connection, connectors, numbers) if shell.as_of is None else []
        sees_apps = numbers.managed is not None
        steps = _steps(shell, connection, connectors, numbers) if sees_apps else []
        seen = _estate(shell, connection, numbers) if sees_apps else None
    return shell.page(
        "home/home.html",
        "Home",
        notices=notices,
        watches=bool(connectors) or bool(notices),
        quiet=not connectors and not notices and not steps and seen is None,
        own=f"/people/{shell.caller.user.public_id}/access",
        steps=steps,
        estate=seen,
    )


def _numbers(shell: Shell, connection: Connection) -> Numbers:
    at = shell.as_of
    apps = Reach.ALL in shell.caller.reach(Permission.APPS_VIEW)
    return Numbers(
        managed=Shown(True, None, at).count(connection) if apps else None,
        unmanaged=Shown(False, None, at).count(connection) if apps else None,
        people=listed_people.count(connection, PersonFilter(), at=at)
        if shell.allows(Permission.USERS_VIEW)
        else None,
        orphans=listed_orphans.count(connection, ListFilter(), at=None)
        if at is None and shell.allows(Permission.EXPLORE)
        else None,
    )


def _notices(
    shell: Shell, connection: Connection, connectors: Sequence[Connector], numbers: Numbers
) -> list[Notice]:
    """What is broken first, then what only waits."""
    waiting = (
        orphans_notice(numbers.orphans or 0, "/people/orphans"),
        apps_notice(numbers.unmanaged or 0, "/apps?tab=unmanaged"),
    )
    found = [
        *_connector_notices(shell, connectors),
        *_ending_notices(shell, connection, connectors),
        *_mail_notices(shell, connection),
        *filter(None, waiting),
    ]
    return sorted(found, key=lambda one: TONES.index(one.tone))


def _ending_notices(
    shell: Shell, connection: Connection, connectors: Sequence[Connector]
) -> list[Notice]:
    """Of the first few connectors: each has to be looked at by itself."""
    known = {each.id: each for each in connectors}
    soon = [known[key] for key in may_end_soon(connection, shell.now) if key in known]
    found = []
    for connector in soon[:LOOKED_AT]:
        endings = endings_of(connection, connector, shell.now, shell.kernel.secrets)
        place, name = _place(connector), connector.display_name
        found += [ending_notice(name, each, shell.now, place) for each in endings]
    more = more_endings_notice(len(soon[LOOKED_AT:]), "/connectors")
    return [*found, more] if more else found


def _place(connector: Connector) -> str:
    return f"/apps/{connector.app_id}/connectors/{connector.id}"


def _connectors(shell: Shell, connection: Connection) -> list[Connector]:
    found = registry.find_all(connection)
    if Reach.ALL in shell.caller.reach(Permission.CONNECTORS_VIEW):
        return found
    return owned_among(connection, shell.caller, found)


def _seen(each: Connector) -> Seen:
    return Seen(
        each.id,
        each.app_id,
        each.display_name,
        each.status,
        each.last_error,
        each.last_sync_at,
        each.due_at,
        each.paused_category,
        each.paused_reason,
    )


def _connector_notices(shell: Shell, connectors: Iterable[Connector]) -> list[Notice]:
    found = [notice(_seen(each), shell.now, _place(each)) for each in connectors]
    return list(filter(None, found))


def _mail_notices(shell: Shell, connection: Connection) -> list[Notice]:
    if not shell.allows(Permission.SETTINGS_VIEW):
        return []
    numbers = mails.counts(connection, [MailState.FAILED, MailState.SUPPRESSED])
    untold = sum(numbers.values())
    if not untold:
        return []
    title = f"{counted(untold, 'message')} could not be told"
    text = "Mail is off or was refused, so that nobody was warned of them."
    return [Notice(title, text, "alert-triangle", "person", "/settings/mail")]


def _steps(
    shell: Shell, connection: Connection, connectors: Sequence[Connector], numbers: Numbers
) -> list[Step]:
    """Without a link for who may not do it."""
    if shell.as_of is not None:
        return []
    steps = next_steps(
        connectors=len(connectors),
        connected=sum(each.last_sync_at is not None for each in connectors),
        managed=numbers.managed or 0,
        sources=len(directories.every(connection)),
    )
    return [step if shell.allows(step.permission) else replace(step, href="") for step in steps]


def _estate(shell: Shell, connection: Connection, numbers: Numbers) -> Estate | None:
    """As the syncs counted it: nothing here looks at grants. None before there is any app."""
    if shell.as_of is None and not numbers.managed and not numbers.unmanaged:
        return None
    at = shell.as_of or shell.now
    totals = estate.totals(connection, at)
    last = at.date()
    grants = estate.daily(connection, "grants", last - timedelta(days=DAYS - 1), last)
    tiles = [
        Tile("Managed apps", numbers.managed, "/apps", "Managed app"),
        Tile("Unmanaged apps", numbers.unmanaged, "/apps?tab=unmanaged", "Unmanaged app"),
        Tile("Accounts", totals.get("accounts"), one="Account"),
        Tile("Entitlements", totals.get("entitlements"), one="Entitlement"),
        Tile("Grants", totals.get("grants"), one="Grant"),
    ]
    if numbers.people is not None:
        tiles.insert(2, Tile("People", numbers.people, "/people", "Person"))
    if not any(grants.values()):
        return Estate(tiles, None)
    days = list(grants.items())
    begun = None if days[0][1] else estate.begun(connection, at)
    return Estate(tiles, grants_chart(days, begun, at))
