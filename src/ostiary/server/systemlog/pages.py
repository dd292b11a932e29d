"""`/log`: what was done here by whom, one entry, and the proof that all of it is still there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter
from starlette.responses import Response

from ostiary.server.kernel.authz.enforcement import Access, requires
from ostiary.server.kernel.authz.permissions import Permission
from ostiary.server.kernel.database import Connection
from ostiary.server.kernel.errors import not_found
from ostiary.server.systemlog import actions, rules, store, views
from ostiary.server.systemlog.store import Asked, LogEntry
from ostiary.server.web.as_of import instant_of
from ostiary.server.web.components.tables import Found, Wanted
from ostiary.server.web.lists import list_page
from ostiary.server.web.navigation import Crumb
from ostiary.server.web.shell import Shell, ShellOf

LOG = Crumb("System log", "/log")
LONGEST_ID = 200

router = APIRouter(prefix="/log", include_in_schema=False)

Viewer = Annotated[Access, requires(Permission.SYSTEM_LOG_VIEW)]


@router.get("")
def list_entries(shell: ShellOf, access: Viewer) -> Response:
    with shell.kernel.read() as connection:
        listing = views.entries(
            store.actions(connection), store.object_types(connection), store.actors(connection)
        )
        latest, known = store.latest(connection), store.latest_finished(connection)
        total = store.total(connection, None)
    running = rules.running(latest, shell.now)
    return list_page(
        shell,
        "systemlog/log.html",
        "System log",
        listing,
        _Shown.asked_by(shell).read,
        proof=views.proof(known, total, running=running),
        running=running,
        about=views.about(shell.address),
    )


@router.get("/{sequence}")
def show_entry(shell: ShellOf, access: Viewer, sequence: str) -> Response:
    number = int(sequence) if sequence.isascii() and sequence.isdigit() else 0
    with shell.kernel.read() as connection:
        entry = store.find(connection, number) if 0 < number < 2**63 else None
    if entry is None:
        raise not_found(f"The log has no entry {sequence[:40]}.")
    found = rules.changes(entry.before, entry.after)
    return shell.page(
        "systemlog/entry.html",
        entry.action,
        crumbs=[LOG],
        lead=views.lead(entry),
        facts=views.facts(entry),
        changed=[change for change in found if change.differs],
        unchanged=[change for change in found if not change.differs],
    )


@router.post("/verify")
def verify(shell: ShellOf, access: Viewer) -> Response:
    with shell.kernel.work(access.caller.actor) as unit:
        asked = actions.ask(unit)
    return shell.go("/log", "" if asked else "The log is being verified already")


@dataclass(frozen=True)
class _Shown:
    """Which entries the page is about, besides what is filtered."""

    object_id: str
    since: datetime | None
    until: datetime | None
    as_of: datetime | None

    @classmethod
    def asked_by(cls, shell: Shell) -> _Shown:
        address, now = shell.address, shell.now
        since, until = address.get(views.SINCE), address.get(views.UNTIL)
        last = instant_of(until, now) if until else None
        first = instant_of(since, now) if since else None
        start = first or (now if since else None)
        return cls(
            address.get(views.OBJECT).strip()[:LONGEST_ID],
            start.replace(hour=0, minute=0, second=0, microsecond=0) if start else None,
            last + timedelta(microseconds=1) if last else None,
            shell.as_of,
        )

    def read(self, connection: Connection, wanted: Wanted) -> Found[LogEntry]:
        asked = Asked(
            actors=wanted.filters["actor"],
            actions=wanted.filters["action"],
            object_types=wanted.filters["type"],
            object_id=self.object_id,
            since=self.since,
            until=min(filter(None, (self.until, self.as_of)), default=None),
        )
        rows = store.read(
            connection,
            asked,
            ascending=not wanted.descending,
            offset=wanted.offset,
            size=wanted.size,
        )
        total = store.total(connection, self.as_of)
        if asked == Asked(until=self.as_of):
            return Found(rows, total, total)
        matching = store.count(connection, asked)
        capped = matching > store.MOST_COUNTED
        return Found(rows, min(matching, store.MOST_COUNTED), total, capped)
