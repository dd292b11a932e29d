"""Entries of the log as lists and facts, and the state of its proof as a chip and words."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ostiary.server.systemlog.rules import Verification
from ostiary.server.systemlog.store import LogEntry
from ostiary.server.web.address import Address
from ostiary.server.web.components.cells import (
    NONE,
    Cell,
    Chip,
    Fact,
    Identifier,
    Link,
    Missing,
    Moment,
    Number,
    Text,
    text,
)
from ostiary.server.web.components.tables import Column, Empty, Filter, List
from ostiary.server.web.moments import counted

OBJECT, SINCE, UNTIL = "object_id", "since", "until"
"""Parameters of the page's own, in the form above the list."""
_PAGES: Final = {
    "app": "/apps/{}",
    "user": "/people/{}",
    "service_principal": "/settings/keys/{}",
}
"""Of what stands under its id alone."""
_UNPROVEN: Final = Chip("Not verified", "circle-dashed", "person")


def path(sequence: int) -> str:
    return f"/log/{sequence}"


def entries(
    actions: Sequence[str], types: Sequence[str], actors: Sequence[tuple[str, str]]
) -> List[LogEntry]:
    return List[LogEntry](
        name="log",
        noun="entry",
        plural="entries",
        columns=(
            Column("action", "Event", lambda each: Link(each.action, path(each.sequence)), False),
            Column("at", "When", lambda each: Moment(each.at), card=True),
            Column("actor", "By", lambda each: text(who(each)), False, card=True),
            Column("type", "Object", lambda each: text(each.object_type), False, card=True),
            Column("object", "Object id", lambda each: text(each.object_id), False, shown=False),
            Column("sequence", "Number", lambda each: Number(each.sequence), False, number=True),
            Column("request", "Request", lambda each: text(each.request_id), False, shown=False),
            Column("before", "Before", lambda each: _state(each.before), False, shown=False),
            Column("after", "After", lambda each: _state(each.after), False, shown=False),
        ),
        key=lambda each: str(each.sequence),
        href=lambda each: path(each.sequence),
        filters=(
            Filter("action", "Event", [(name, name) for name in actions]),
            Filter("actor", "By", actors),
            Filter("type", "Object", [(name, name) for name in types]),
        ),
        sort="-at",
        empty=Empty("Nothing yet", "Everything that is done here is written down.", icon="history"),
    )


@dataclass(frozen=True)
class About:
    """The form above the list; `everything` is the address without it."""

    object_id: str
    since: str
    until: str
    others: Sequence[tuple[str, str]]
    everything: str

    @property
    def narrowed(self) -> bool:
        return bool(self.object_id or self.since or self.until)


def about(address: Address) -> About:
    rest = address.besides(OBJECT, SINCE, UNTIL)
    return About(address.get(OBJECT), address.get(SINCE), address.get(UNTIL), rest.items, str(rest))


def who(entry: LogEntry) -> str:
    return entry.actor_name or entry.actor_id


def lead(entry: LogEntry) -> str:
    return f"{who(entry)}, {entry.object_type} {entry.object_id}"


def facts(entry: LogEntry) -> list[Fact]:
    return [
        Fact("When", Moment(entry.at)),
        Fact("By", text(who(entry))),
        Fact("As", Text(entry.actor_kind.replace("_", " "))),
        Fact("Object", _object(entry)),
        Fact("Object id", _id(entry.object_id)),
        Fact("Request", _id(entry.request_id)),
        Fact("Number", Number(entry.sequence)),
        Fact("Hash", Identifier(entry.hash.hex()), "Of this entry and all before it (SHA-256)."),
    ]


@dataclass(frozen=True)
class Proof:
    """What the page says about the chain."""

    chip: Chip
    words: str
    by: str
    moment: Moment
    problems: Sequence[str]


def proof(known: Verification | None, total: int, *, running: bool) -> Proof:
    """`known`: the last verification that ended."""
    if known is None or known.head is None:
        chip = Chip("Being verified", "loader", "accent") if running else _UNPROVEN
        return Proof(chip, "It was never verified.", "", Moment(None, NONE), ())
    at = Moment(known.finished_at)
    if known.problems:
        chip = Chip("Broken", "alert-triangle", "danger")
        words = f"The first place: {known.problems[0]}."
    else:
        chip = Chip("Whole", "circle-check", "proven")
        since = total - known.head.sequence
        words = f"Up to entry {known.head.sequence:,}; {counted(since, 'entry', 'entries')} since."
    chip = Chip("Being verified", "loader", "accent") if running else chip
    return Proof(chip, words, known.asked_by, at, known.problems[1:])


def _object(entry: LogEntry) -> Cell:
    page = _PAGES.get(entry.object_type)
    return (
        Link(entry.object_type, page.format(entry.object_id)) if page else Text(entry.object_type)
    )


def _id(value: str) -> Identifier | Missing:
    return Identifier(value) if value else Missing(NONE)


def _state(state: Mapping[str, Any] | None) -> Text | Missing:
    return Missing(NONE) if state is None else Text(json.dumps(state, ensure_ascii=False))
