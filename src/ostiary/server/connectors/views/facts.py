"""What a connector is, and its schedule in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ostiary.server.connectors.actions.hosting import HOST_PREFIX
from ostiary.server.connectors.schedule import Cron, Interval, Schedule
from ostiary.server.connectors.store.journal import Agent
from ostiary.server.connectors.store.listed import Person
from ostiary.server.connectors.store.registry import Connector
from ostiary.server.connectors.views.lists import next_sync
from ostiary.server.web.components.cells import (
    NONE,
    Fact,
    Identifier,
    Link,
    Moment,
    Several,
    Text,
    text,
)
from ostiary.server.web.moments import counted

_UNITS = (("day", timedelta(days=1)), ("hour", timedelta(hours=1)), ("minute", timedelta(0, 60)))


def facts(
    connector: Connector, app: Link | Text, kind: str, runs: str, owners: Sequence[Person]
) -> list[Fact]:
    """`runs`: where, in words."""
    return [
        Fact("App", app),
        Fact("Type", Text(kind)),
        Fact("Owners", Several([Text(named(each)) for each in owners])),
        Fact("Runs", Text(runs)),
        Fact("Last sync", Moment(connector.last_sync_at, NONE), "The last one that was applied."),
        Fact("Next sync", next_sync(connector)),
        Fact("Schedule", Text(in_words(connector.schedule))),
        Fact("Description", text(connector.description)),
        Fact("Added", Moment(connector.created_at)),
        Fact("Id", Identifier(connector.id)),
    ]


@dataclass(frozen=True)
class SeenAgent:
    """`program`: what it said it is; empty when it never did."""

    host: str
    first_seen_at: datetime
    last_seen_at: datetime
    program: str


def seen_agents(agents: Iterable[Agent]) -> list[SeenAgent]:
    """Those that somebody else runs."""
    return [
        SeenAgent(each.host, each.first_seen_at, each.last_seen_at, _program(each.build or {}))
        for each in agents
        if not each.host.startswith(HOST_PREFIX)
    ]


def _program(build: Mapping[str, str]) -> str:
    """`baton-microsoft-entra v0.1.0`, of HelloRequest.BuildInfo."""
    name = str(build.get("package") or "").rpartition("/")[2]
    return f"{name} {build.get('packageVersion') or build.get('package_version') or ''}".strip()


def named(person: Person) -> str:
    return f"{person.name} ({person.email})" if person.email else person.name


def in_words(schedule: Schedule | None) -> str:
    """`every 2 hours`, `0 6 * * 1 (Europe/Berlin)`, `only when asked`."""
    match schedule:
        case Interval(every):
            return f"every {_length(every)}"
        case Cron(spec, zone):
            return f"{spec} ({zone})"
    return "only when asked"


def _length(every: timedelta) -> str:
    for unit, step in _UNITS:
        number, rest = divmod(every, step)
        if number and not rest:
            return unit if number == 1 else counted(number, unit)
    return counted(int(every.total_seconds()), "second")
