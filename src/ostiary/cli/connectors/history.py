"""`ostiary connectors syncs`, `log` and `agents`: what happened to a connector, and who runs it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

import typer

from ostiary.cli.c1z.columns import Column
from ostiary.cli.c1z.screen import Screen
from ostiary.cli.connectors.commands import Name, app
from ostiary.cli.connectors.facts import instant, sync_record
from ostiary.cli.connectors.finding import find_connector
from ostiary.cli.opening import opened_kernel
from ostiary.cli.options import AsJsonLines, Wide
from ostiary.server.connectors.progress import Progress, duration_of, progress_of
from ostiary.server.connectors.store import journal, syncs, tasks
from ostiary.server.connectors.store.journal import Agent, Line
from ostiary.server.connectors.store.syncs import Sync
from ostiary.server.kernel.database import Connection
from ostiary.server.kernel.errors import not_found

SYNCS = (
    Column("Asked for"),
    Column("State"),
    Column("Took"),
    Column("Rows"),
    Column("Changed"),
    Column("Host"),
    Column("Id", narrow=27),
    Column("Cause", detail=True),
    Column("Note"),
)
LINES = (Column("At"), Column("Level"), Column("Message"))
AGENTS = (Column("Host"), Column("First seen"), Column("Last seen"), Column("Build"))

Most = Annotated[int, typer.Option("--limit", min=1, max=1000, help="How many at most.")]


@app.command("syncs")
def list_syncs(
    connector: Name, limit: Most = 20, as_json: AsJsonLines = False, wide: Wide = False
) -> None:
    """Show the newest syncs: when, how long, what came of it, how far one is that runs."""
    with opened_kernel() as kernel, kernel.read() as connection:
        found = find_connector(connection, connector)
        newest = syncs.find_latest(connection, found.key, limit)
        seen = [(sync, _progress(connection, sync)) for sync in newest]
        now = kernel.clock.now()
    screen = Screen(wide=wide)
    if not as_json:
        screen.table(SYNCS, [_row(sync, progress, now) for sync, progress in seen])
        return
    for sync, progress in seen:
        screen.record(_record(sync, progress))


@app.command("log")
def show_log(
    connector: Name,
    sync: Annotated[str, typer.Option(help="Only what belongs to this sync, by its id.")] = "",
    limit: Most = 100,
    as_json: AsJsonLines = False,
    wide: Wide = False,
) -> None:
    """Show the newest lines of a connector's log, oldest of them first."""
    with opened_kernel() as kernel, kernel.read() as connection:
        found = find_connector(connection, connector)
        of = syncs.find(connection, sync) if sync else None
        if sync and (of is None or of.connector_key != found.key):
            raise not_found(f"{found.display_name} has no sync {sync}.")
        key = of.key if of else None
        newest = journal.read_lines(connection, found.key, limit, sync_key=key)
    screen = Screen(wide=wide)
    if not as_json:
        rows = [(instant(line.at) or "", line.level, line.message) for line in reversed(newest)]
        screen.table(LINES, rows)
        return
    for line in reversed(newest):
        screen.record(_line_record(line))


@app.command("agents")
def list_agents(connector: Name, as_json: AsJsonLines = False, wide: Wide = False) -> None:
    """Show the hosts that asked for work, with what they run."""
    with opened_kernel() as kernel, kernel.read() as connection:
        seen = journal.agents_of(connection, find_connector(connection, connector).key)
    screen = Screen(wide=wide)
    if not as_json:
        screen.table(AGENTS, [_agent_row(agent) for agent in seen])
        return
    for agent in seen:
        screen.record(_agent_record(agent))


def _progress(connection: Connection, sync: Sync) -> Progress | None:
    task = tasks.find_of_sync(connection, sync.key) if sync.ended_at is None else None
    return progress_of(sync, task.lease if task else None)


def _row(sync: Sync, progress: Progress | None, now: datetime) -> tuple[str, ...]:
    took = duration_of(sync)
    return (
        instant(sync.requested_at) or "",
        str(sync.state),
        f"{took.total_seconds():.0f} s" if took is not None else "",
        _sum(sync.counts),
        _sum(sync.deltas),
        sync.host or "",
        sync.id,
        sync.cause,
        sync.error or (_how_far(progress, now) if progress else ""),
    )


def _how_far(progress: Progress, now: datetime) -> str:
    elapsed = f"{progress.phase} for {(now - progress.since).total_seconds():.0f} s"
    heard = instant(progress.last_heard_at)
    return f"{elapsed}, last heard of {heard}" if heard else elapsed


def _record(sync: Sync, progress: Progress | None) -> dict[str, Any]:
    took = duration_of(sync)
    return {
        **sync_record(sync),
        "cause": sync.cause,
        "host": sync.host,
        "seconds": took.total_seconds() if took is not None else None,
        "counts": sync.counts or {},
        "deltas": sync.deltas or {},
        "phase": str(progress.phase) if progress else None,
        "lastHeardAt": instant(progress.last_heard_at) if progress else None,
    }


def _line_record(line: Line) -> dict[str, Any]:
    return {
        "at": instant(line.at),
        "level": line.level,
        "message": line.message,
        "syncId": line.sync_id or None,
        "details": dict(sorted(line.details.items())),
    }


def _agent_row(agent: Agent) -> tuple[str, ...]:
    build = " ".join(value for _, value in sorted((agent.build or {}).items()) if value)
    return (
        agent.host,
        instant(agent.first_seen_at) or "",
        instant(agent.last_seen_at) or "",
        build,
    )


def _agent_record(agent: Agent) -> dict[str, Any]:
    return {
        "host": agent.host,
        "firstSeenAt": instant(agent.first_seen_at),
        "lastSeenAt": instant(agent.last_seen_at),
        "build": agent.build or {},
        "system": agent.system or {},
    }


def _sum(numbers: Mapping[str, Any] | None) -> str:
    """All the numbers in it, however deep; empty where nothing is known."""
    return "" if numbers is None else str(_total(numbers))


def _total(value: Any) -> int:
    if isinstance(value, Mapping):
        return sum(_total(inner) for inner in value.values())
    return int(value)
