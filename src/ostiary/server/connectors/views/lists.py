"""The list of connectors, of all apps or of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ostiary.server.connectors.expiring import threshold, when
from ostiary.server.connectors.store.listed import Beside
from ostiary.server.connectors.store.registry import Connector
from ostiary.server.connectors.views.states import CHIPS, DELETED, chip_of, state_of
from ostiary.server.web.components.cells import NONE, Chip, Link, Moment, Several, Text, text
from ostiary.server.web.components.tables import Column, Empty, Filter, Found, List, Wanted
from ostiary.server.web.moments import counted


@dataclass(frozen=True)
class Row:
    connector: Connector
    beside: Beside
    kind: str
    """How its kind is called."""
    unfinished: str
    now: datetime
    app_path: str
    """Empty for who may not see apps."""

    @property
    def path(self) -> str:
        return f"/apps/{self.connector.app_id}/connectors/{self.connector.id}"

    @property
    def warnings(self) -> Sequence[Chip]:
        return tuple(_warnings(self))


NAME = Column[Row]("name", "Connector", lambda row: Link(row.connector.display_name, row.path))
STATUS = Column[Row]("status", "Status", lambda row: chip_of(row.connector), card=True)
APP = Column[Row]("app", "App", lambda row: app_link(row), card=True)
REST = (
    Column[Row](
        "last",
        "Last sync",
        lambda row: Moment(row.connector.last_sync_at, NONE),
        card=True,
    ),
    Column[Row]("next", "Next sync", lambda row: next_sync(row.connector), shown=False),
    Column[Row](
        "warnings", "Warnings", lambda row: Several(row.warnings), sortable=False, card=True
    ),
    Column[Row]("owners", "Owners", lambda row: owners(row.beside), sortable=False),
    Column[Row]("kind", "Type", lambda row: text(row.kind)),
    Column[Row]("updated", "Changed", lambda row: Moment(row.connector.updated_at), shown=False),
)


def listing(rows: Sequence[Row], *, empty: Empty, of_app: bool = False) -> List[Row]:
    kinds = sorted({(row.connector.catalog_id, row.kind) for row in rows}, key=lambda each: each[1])
    states = tuple((key, chip.word) for key, chip in CHIPS.items() if key != DELETED)
    people = {
        owner: name
        for row in rows
        for owner, name in zip(row.beside.owner_ids, row.beside.owner_names, strict=True)
    }
    owned_by = tuple(sorted(people.items(), key=lambda each: each[1].casefold()))
    return List[Row](
        name="app-connectors" if of_app else "connectors",
        noun="connector",
        searchable="name, app or owner",
        columns=(NAME, STATUS, *REST) if of_app else (NAME, STATUS, APP, *REST),
        key=lambda row: row.connector.id,
        href=lambda row: row.path,
        filters=(
            Filter("status", "Status", states),
            Filter("kind", "Type", kinds),
            Filter("owner", "Owner", owned_by),
        ),
        empty=empty,
    )


def found(rows: Sequence[Row], wanted: Wanted) -> Found[Row]:
    """One page of them. There are never many, so that they are sorted where they are."""
    matching = [row for row in rows if _matches(row, wanted)]
    matching.sort(key=lambda row: _key(row, wanted.sort), reverse=wanted.descending)
    shown = matching[wanted.offset : wanted.offset + wanted.size]
    return Found(shown, len(matching), len(rows))


def next_sync(connector: Connector) -> Moment | Text:
    """In words where no clock decides."""
    if connector.paused_at is not None:
        return Text("not while paused")
    if connector.schedule is None:
        return Text("only when asked")
    return Moment(connector.due_at)


def owners(beside: Beside) -> Several:
    return Several([Text(name) for name in beside.owner_names])


def app_link(row: Row) -> Link | Text:
    name = row.beside.app_name
    return Link(name, row.app_path) if row.app_path else Text(name)


def nothing(href: str) -> Empty:
    """`href`: where to add one, for those who may."""
    return Empty(
        "No connector yet",
        "A connector tells who has access to what. Adding one takes about ten minutes.",
        icon="plug-connected",
        action="Add connector" if href else "",
        href=href,
    )


def _warnings(row: Row) -> Sequence[Chip]:
    connector, ends_at = row.connector, row.beside.credential_ends_at
    found: list[Chip] = []
    if row.unfinished:
        found.append(Chip(row.unfinished, "plug", "person"))
    if connector.failures.count:
        times = counted(connector.failures.count, "failure")
        found.append(Chip(times, "alert-triangle", "danger", connector.last_error))
    if ends_at is not None and threshold(ends_at, row.now) is not None:
        ended = ends_at <= row.now
        word = "credential expired" if ended else f"credential ends {when(ends_at, row.now)}"
        found.append(Chip(word, "key", "danger" if ended else "person"))
    if not row.beside.owner_ids:
        found.append(Chip("no owner", "user-question", "person"))
    return found


def _matches(row: Row, wanted: Wanted) -> bool:
    filters, query = wanted.filters, wanted.query.casefold()
    words = (row.connector.display_name, row.beside.app_name, *row.beside.owner_names)
    return (
        (not filters.get("status") or state_of(row.connector) in filters["status"])
        and (not filters.get("kind") or row.connector.catalog_id in filters["kind"])
        and (not filters.get("owner") or bool(set(filters["owner"]) & set(row.beside.owner_ids)))
        and (not query or any(query in word.casefold() for word in words))
    )


def _key(row: Row, column: str) -> Any:
    """What is unknown comes first; equals by name."""
    connector = row.connector
    name = connector.display_name.casefold()
    by: dict[str, Any] = {
        "status": chip_of(connector).word,
        "app": row.beside.app_name.casefold(),
        "last": _instant(connector.last_sync_at),
        "next": _instant(None if connector.paused_at else connector.due_at),
        "kind": row.kind.casefold(),
        "updated": _instant(connector.updated_at),
    }
    return (by.get(column, name), name, connector.key)


def _instant(at: datetime | None) -> float:
    return at.timestamp() if at else 0.0
