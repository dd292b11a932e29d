"""What operators see of a connector: its syncs, its log, who changed it, who runs it.

The three parts of its log are its configuration (`/config`), the audit trail (`/changes`) and the
syncs; `/log` has what was said meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query

from ostiary.server.connectors.actions.hosting import HOST_PREFIX
from ostiary.server.connectors.api import history_messages as m
from ostiary.server.connectors.api.permissions import Viewer, find
from ostiary.server.connectors.progress import Progress, progress_of
from ostiary.server.connectors.store import journal, syncs, tasks
from ostiary.server.connectors.store.registry import Connector
from ostiary.server.connectors.store.syncs import Sync
from ostiary.server.kernel.audit_log import Filter, entries
from ostiary.server.kernel.database import Connection
from ostiary.server.kernel.errors import not_found
from ostiary.server.kernel.paging import Listing, Paging, PagingQuery
from ostiary.server.kernel.rest import KernelOf
from ostiary.server.kernel.work import Kernel

router = APIRouter(prefix="/api/v1/apps/{app_id}/connectors/{connector_id}", tags=["Connector"])


@router.get("/syncs")
def list_syncs(
    kernel: KernelOf, access: Viewer, app_id: str, connector_id: str, paging: PagingQuery
) -> m.SyncList:
    """Newest first."""
    listing, before = _listing(kernel, "connector syncs", connector_id, paging)
    now = kernel.clock.now()
    with kernel.read() as connection:
        connector = find(connection, app_id, connector_id)
        found = syncs.find_latest(connection, connector.key, paging.size + 1, before)
        page = listing.page(found, paging.size, lambda sync: [sync.key])
        shown = [m.sync_message(sync, _progress(connection, sync), now) for sync in page.rows]
    return m.SyncList(list=shown, next_page_token=page.next_page_token)


@router.get("/syncs/{sync_id}")
def get_sync(
    kernel: KernelOf, access: Viewer, app_id: str, connector_id: str, sync_id: str
) -> m.SyncReply:
    with kernel.read() as connection:
        sync = _sync(connection, find(connection, app_id, connector_id), sync_id)
        progress = _progress(connection, sync)
    return m.SyncReply(sync=m.sync_message(sync, progress, kernel.clock.now()))


@router.get("/log")
def list_lines(
    kernel: KernelOf,
    access: Viewer,
    app_id: str,
    connector_id: str,
    paging: PagingQuery,
    sync_id: Annotated[str, Query(description="only what belongs to this sync")] = "",
) -> m.LineList:
    """Newest first: what the server noted, and what the process of a hosted connector said."""
    listing, before = _listing(kernel, "connector log", connector_id, paging, sync=sync_id)
    with kernel.read() as connection:
        connector = find(connection, app_id, connector_id)
        of = _sync(connection, connector, sync_id).key if sync_id else None
        found = journal.read_lines(connection, connector.key, paging.size + 1, before, of)
    page = listing.page(found, paging.size, lambda line: [line.key])
    return m.LineList(
        list=[m.line_message(line) for line in page.rows], next_page_token=page.next_page_token
    )


@router.get("/changes")
def list_changes(
    kernel: KernelOf, access: Viewer, app_id: str, connector_id: str, paging: PagingQuery
) -> m.ChangeList:
    """Newest first. Of configurations it names the fields and no value."""
    listing, before = _listing(kernel, "connector changes", connector_id, paging)
    wanted = Filter(object_type="connector", object_id=connector_id)
    with kernel.read() as connection:
        find(connection, app_id, connector_id)
        found = entries(connection, wanted, limit=paging.size + 1, before=before)
    page = listing.page(found, paging.size, lambda entry: [entry["sequence"]])
    return m.ChangeList(
        list=[_change(dict(entry)) for entry in page.rows], next_page_token=page.next_page_token
    )


@router.get("/agents")
def list_agents(
    kernel: KernelOf, access: Viewer, app_id: str, connector_id: str, paging: PagingQuery
) -> m.AgentList:
    """Hosts that asked for work, by name."""
    listing = Listing(kernel.secrets, "connector agents", {"connector": connector_id})
    (last,) = listing.after(paging) or [""]
    with kernel.read() as connection:
        connector = find(connection, app_id, connector_id)
        found = journal.agents_of(connection, connector.key, str(last), paging.size + 1)
    page = listing.page(found, paging.size, lambda agent: [agent.host])
    shown = [
        m.agent_message(agent, hosted=agent.host.startswith(HOST_PREFIX)) for agent in page.rows
    ]
    return m.AgentList(list=shown, next_page_token=page.next_page_token)


def _listing(
    kernel: Kernel, name: str, connector_id: str, paging: Paging, **filters: str
) -> tuple[Listing, int | None]:
    """And the key of the last row that was seen."""
    listing = Listing(kernel.secrets, name, {"connector": connector_id, **filters})
    position = listing.after(paging)
    return listing, position[0] if position else None


def _sync(connection: Connection, connector: Connector, sync_id: str) -> Sync:
    sync = syncs.find(connection, sync_id)
    if sync is None or sync.connector_key != connector.key:
        raise not_found(f"{connector.display_name} has no sync {sync_id}.")
    return sync


def _progress(connection: Connection, sync: Sync) -> Progress | None:
    if sync.ended_at is not None:
        return None
    task = tasks.find_of_sync(connection, sync.key)
    return progress_of(sync, task.lease if task else None)


def _change(entry: Mapping[str, Any]) -> m.ChangeMessage:
    return m.ChangeMessage(**{name: entry[name] for name in m.ChangeMessage.model_fields})
