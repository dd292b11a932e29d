"""One connector: how it is, what to do about it, and the buttons that steer it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from ostiary.server.connectors.actions import registry as actions
from ostiary.server.connectors.actions import syncs as sync_actions
from ostiary.server.connectors.actions.endings import endings_of
from ostiary.server.connectors.api.permissions import Manager, Viewer, find
from ostiary.server.connectors.pages.reading import Shown, is_ours, names_of_types, path_of, shown
from ostiary.server.connectors.progress import progress_of
from ostiary.server.connectors.store import credentials, journal, listed, syncs, tasks
from ostiary.server.connectors.store.listed import Person
from ostiary.server.connectors.store.syncs import Sync
from ostiary.server.connectors.views import advice, changing, counts, facts
from ostiary.server.connectors.views.advice import Note, Situation
from ostiary.server.connectors.views.facts import SeenAgent
from ostiary.server.connectors.views.running import Running, running
from ostiary.server.kernel.database import Connection
from ostiary.server.web.shell import ShellOf

SYNCING = "syncing"
"""What our connectors log with every heartbeat of a sync, beside how much they have read."""

router = APIRouter(prefix="/apps/{app_id}/connectors/{connector_id}", include_in_schema=False)


@dataclass(frozen=True)
class Overview:
    notes: list[Note]
    owners: list[Person]
    agents: list[SeenAgent]
    applied: Sync | None
    running: Running | None


@router.get("")
def show_connector(shell: ShellOf, access: Viewer, app_id: str, connector_id: str) -> Response:
    page = shown(shell, app_id, connector_id)
    with shell.kernel.read() as connection:
        seen = _overview(connection, page)
    connector = page.connector
    ready = page.changes and seen.running is None and connector.paused_at is None
    return page.page(
        "overview",
        "connectors/connector.html",
        notes=seen.notes,
        running=seen.running,
        stoppable=page.changes and seen.running is not None,
        startable=ready and not page.unfinished,
        pausable=page.changes and connector.paused_at is None,
        resumable=page.changes and connector.paused_at is not None and page.held is None,
        facts=facts.facts(connector, page.app, page.kind_name, _runs(page), seen.owners),
        tiles=counts.tiles(seen.applied.counts if seen.applied else None, page.app_path),
        agents=seen.agents,
        pausing=changing.pausing(page.path) if page.changes else None,
        live=f"{page.path}/events" if page.follows else "",
    )


@router.post("/sync")
def sync_now(shell: ShellOf, access: Manager, app_id: str, connector_id: str) -> Response:
    with shell.kernel.work(access.caller.actor) as unit:
        connector = find(unit.connection, app_id, connector_id)
        sync_actions.request_sync(unit, connector.id)
    return shell.go(path_of(connector), "A sync was asked for")


@router.post("/stop")
def stop_sync(shell: ShellOf, access: Manager, app_id: str, connector_id: str) -> Response:
    with shell.kernel.work(access.caller.actor) as unit:
        connector = find(unit.connection, app_id, connector_id)
        sync_actions.stop_sync(unit, connector.id)
    return shell.go(path_of(connector), "The sync was told to stop")


@router.post("/pause")
def pause(
    shell: ShellOf,
    access: Manager,
    app_id: str,
    connector_id: str,
    reason: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    with shell.kernel.work(access.caller.actor) as unit:
        connector = find(unit.connection, app_id, connector_id)
        actions.pause_connector(unit, connector.id, reason.strip())
    return shell.go(path_of(connector), "Paused: nothing new comes in until it is resumed")


@router.post("/resume")
def resume(shell: ShellOf, access: Manager, app_id: str, connector_id: str) -> Response:
    with shell.kernel.work(access.caller.actor) as unit:
        connector = find(unit.connection, app_id, connector_id)
        actions.resume_connector(unit, connector.id)
    return shell.go(path_of(connector), "Resumed")


def _overview(connection: Connection, page: Shown) -> Overview:
    connector, now = page.connector, page.shell.now
    latest = next(iter(syncs.find_latest(connection, connector.key, 1)), None)
    applied = syncs.find_applied(connection, connector.key)
    agents = journal.agents_of(connection, connector.key)
    mine = credentials.find_of(connection, connector.key)
    deleted = connector.deleted_at is not None
    situation = Situation(
        connector=connector,
        path=page.path,
        hosted=page.hosted,
        unfinished=page.unfinished,
        changes=page.changes,
        credentials=sum(each.works(now) and not is_ours(each) for each in mine),
        agents=len(agents),
        endings=()
        if deleted
        else endings_of(connection, connector, now, page.shell.kernel.secrets),
        now=now,
    )
    return Overview(
        notes=advice.notes(situation),
        owners=listed.people(connection, page.beside.owner_ids),
        agents=facts.seen_agents(agents),
        applied=applied,
        running=None if page.unfinished else _running(connection, connector.id, latest, applied),
    )


def _runs(page: Shown) -> str:
    if not page.hosted:
        return "with agents elsewhere"
    return "on this server" if page.configured else "on this server, once it is set up"


def _running(
    connection: Connection, connector_id: str, sync: Sync | None, applied: Sync | None
) -> Running | None:
    if sync is None or not sync.state.open:
        return None
    task = tasks.find_of_sync(connection, sync.key)
    progress = progress_of(sync, task.lease if task else None)
    if progress is None:
        return None
    details = journal.newest_said(connection, sync.connector_key, SYNCING, progress.since)
    said = details.get("fields") if details else None
    names = names_of_types(connection, connector_id)
    return running(progress, said, applied.counts if applied else None, names)
