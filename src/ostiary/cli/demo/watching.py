"""A sync as the server sees it: what it waits for, and then what came."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from rich.table import Table

from ostiary.cli.demo.narrator import Narrator, StepFailedError
from ostiary.cli.demo.operator import explained_here
from ostiary.cli.demo.server import Server
from ostiary.cli.opening import opened_kernel
from ostiary.server.connectors.rules import SyncState
from ostiary.server.connectors.store import registry, syncs
from ostiary.server.connectors.store.syncs import Sync
from ostiary.server.kernel.work import Kernel

LOOKS_AGAIN_AFTER = 0.1
PATIENCE = 300
"""Seconds until a sync of so small a tenant counts as hanging."""

MEANING = {
    SyncState.QUEUED: "The server has the connector's process start, or ask for work.",
    SyncState.RUNNING: "The connector reads the tenant.",
    SyncState.INGESTING: "The upload is there; the server applies it in one transaction.",
    SyncState.DONE: "Done.",
}
KINDS = ("resources", "entitlements", "grants")


def watch(narrator: Narrator, server: Server, earlier: Sync | None = None) -> Sync:
    """Tells each state of the only connector's next sync. StepFailedError unless it succeeds."""
    seen = None
    deadline = time.monotonic() + PATIENCE
    with explained_here(), opened_kernel() as kernel, narrator.busy() as busy:
        while time.monotonic() < deadline:
            server.check()
            sync = _newest(kernel)
            if sync is not None and (earlier is None or sync.id != earlier.id):
                if sync.state is not seen:
                    seen = sync.state
                    busy(_told(sync))
                if not sync.state.open:
                    break
            time.sleep(LOOKS_AGAIN_AFTER)
        else:
            raise StepFailedError(f"The sync is not over after {PATIENCE} seconds.")
    if sync.state is not SyncState.DONE:
        raise StepFailedError(f"The sync ended as {sync.state}: {sync.error}")
    return sync


def came(narrator: Narrator, sync: Sync) -> None:
    """Everything that the server holds after it, by resource type."""
    _show(narrator, sync.counts or {}, lambda count: f"{count:,}")


def changed(narrator: Narrator, sync: Sync) -> None:
    """Only what it changed, by resource type."""
    _show(narrator, sync.deltas or {}, _difference)


def wait_until(instant: datetime) -> None:
    while (rest := (instant - datetime.now(UTC)).total_seconds()) > 0:
        time.sleep(rest)


def _newest(kernel: Kernel) -> Sync | None:
    with kernel.read() as connection:
        (connector,) = registry.find_all(connection)
        found = syncs.find_latest(connection, connector.key, 1)
    return found[0] if found else None


def _told(sync: Sync) -> str:
    now = sync.ended_at or datetime.now(UTC)
    after = (now - sync.requested_at).total_seconds()
    return f"{after:4.1f} s  {MEANING.get(sync.state, str(sync.state))}"


def _show(
    narrator: Narrator, counts: Mapping[str, Mapping[str, Any]], cell: Callable[[Any], str]
) -> None:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("Resource type")
    for kind in KINDS:
        table.add_column(kind.capitalize(), justify="right")
    types = dict.fromkeys(each for kind in KINDS for each in counts.get(kind, {}))
    for each in types:
        told = [counts.get(kind, {}).get(each) for kind in KINDS]
        cells = ["" if count is None else cell(count) for count in told]
        if any(cells):
            table.add_row(each.replace("_", " "), *cells)
    narrator.show(table)


def _difference(delta: Mapping[str, int]) -> str:
    marks = (("added", "+"), ("removed", "-"), ("changed", "~"))
    return " ".join(f"{mark}{delta[name]}" for name, mark in marks if delta.get(name))
