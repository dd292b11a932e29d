"""`/`: what needs attention now, what a newcomer does next, how much there is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter
from starlette.responses import Response

from ostiary.server.catalog.pages import Shown
from ostiary.server.connectors.api.permissions import owns
from ostiary.server.connectors.store import registry
from ostiary.server.directory.store import counting
from ostiary.server.home.rules import Notice, Seen, Step, next_steps, notice
from ostiary.server.ingest.store import estate
from ostiary.server.kernel.authz.enforcement import Access, requires
from ostiary.server.kernel.authz.permissions import Permission, Reach
from ostiary.server.kernel.database import Connection
from ostiary.server.notify import store as mails
from ostiary.server.notify.rules import MailState
from ostiary.server.web.components.pictures import Chart, Series
from ostiary.server.web.components.tabs import Tile
from ostiary.server.web.moments import counted
from ostiary.server.web.shell import Shell, ShellOf

DAYS = 30

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class Estate:
    tiles: list[Tile]
    chart: Chart | None


@router.get("/")
def home(shell: ShellOf, access: Annotated[Access, requires(Permission.SELF)]) -> Response:
    with shell.kernel.read() as connection:
        connectors = _connectors(shell, connection)
        notices = [*_connector_notices(shell, connectors), *_mail_notices(shell, connection)]
        everything = Reach.ALL in access.caller.reach(Permission.APPS_VIEW)
        steps = _steps(connection, connectors) if everything else ()
        seen = _estate(shell, connection) if everything else None
    return shell.page(
        "home/home.html",
        "Home",
        notices=notices,
        watches=bool(connectors) or bool(notices),
        quiet=not connectors and not notices and not steps and seen is None,
        steps=steps,
        estate=seen,
    )


def _connectors(shell: Shell, connection: Connection) -> list[Seen]:
    everything = Reach.ALL in shell.caller.reach(Permission.CONNECTORS_VIEW)
    return [
        Seen(
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
        for each in registry.find_all(connection)
        if everything or owns(connection, shell.caller, each)
    ]


def _connector_notices(shell: Shell, connectors: Iterable[Seen]) -> list[Notice]:
    found = [
        notice(
            each,
            shell.now,
            f"/apps/{each.app_id}/connectors/{each.id}",
        )
        for each in connectors
    ]
    return sorted(filter(None, found), key=lambda one: one.tone != "danger")


def _mail_notices(shell: Shell, connection: Connection) -> list[Notice]:
    if not shell.allows(Permission.SETTINGS_VIEW):
        return []
    numbers = mails.counts(connection, [MailState.FAILED, MailState.SUPPRESSED])
    untold = sum(numbers.values())
    if not untold:
        return []
    title = f"{counted(untold, 'message')} could not be told"
    text = "Mail is off or was refused, so that nobody was warned of them."
    return [Notice(title, text, "alert-triangle", "person", shell.served("/settings"))]


def _steps(connection: Connection, connectors: list[Seen]) -> Iterable[Step]:
    return next_steps(
        connectors=len(connectors),
        connected=sum(each.last_sync_at is not None for each in connectors),
        managed=Shown(True, None).count(connection),
        people=counting.people(connection),
    )


def _estate(shell: Shell, connection: Connection) -> Estate:
    at = shell.as_of or shell.now
    totals = estate.totals(connection, at)
    last = at.date()
    grants = estate.daily(connection, "grants", last - timedelta(days=DAYS - 1), last)
    tiles = [
        Tile("Managed apps", Shown(True, None, shell.as_of).count(connection), "/apps"),
        Tile(
            "Unmanaged apps",
            Shown(False, None, shell.as_of).count(connection),
            "/apps?tab=unmanaged",
        ),
        Tile("People", counting.people(connection)),
        Tile("Accounts", totals.get("accounts")),
        Tile("Entitlements", totals.get("entitlements")),
        Tile("Grants", totals.get("grants")),
    ]
    return Estate(tiles, _chart(list(grants.items())) if any(grants.values()) else None)


def _chart(numbers: list[tuple[date, int]]) -> Chart:
    change = numbers[-1][1] - numbers[0][1]
    word = "more" if change > 0 else "fewer"
    compared = f"{abs(change):,} {word} grants than" if change else "As many grants as"
    return Chart(
        f"{compared} {DAYS - 1} days before",
        [f"{day:%d %b}" for day, _ in numbers],
        [Series("Grants", [number for _, number in numbers])],
    )
