"""Syncs as a list, and one of them in its three parts: summary, what was dropped, log lines."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ostiary.server.connectors.progress import duration_of
from ostiary.server.connectors.store.journal import Line
from ostiary.server.connectors.store.syncs import Sync
from ostiary.server.connectors.views.counts import changes, total
from ostiary.server.connectors.views.states import SYNC_CHIPS, cause_of, sync_chip
from ostiary.server.ingest.store.history import Record
from ostiary.server.web.components.cells import (
    NONE,
    Cell,
    Fact,
    Identifier,
    Link,
    Missing,
    Moment,
    Number,
    Text,
    Tone,
    text,
)
from ostiary.server.web.components.tables import Column, Empty, Filter, List
from ostiary.server.web.moments import counted

LONGEST_ERROR = 160
_UNITS = (("hour", 3600), ("minute", 60), ("second", 1))
_TONES: dict[str, Tone] = {"warning": "person", "error": "danger"}
_ICONS = {"warning": "alert-triangle", "error": "circle-x"}


def listing(path: str) -> List[Sync]:
    """`path` is the connector's."""
    return List[Sync](
        name="connector-syncs",
        noun="sync",
        columns=(
            Column(
                "started", "Asked for", lambda sync: Link(stamp(sync), f"{path}/syncs/{sync.id}")
            ),
            Column("state", "Result", sync_chip, sortable=False, card=True),
            Column("cause", "Why", lambda sync: Text(cause_of(sync)), sortable=False),
            Column("took", "Took", took, sortable=False),
            Column("changes", "Changes", _changed, sortable=False, card=True),
            Column("resources", "Resources", _count("resources"), sortable=False, number=True),
            Column("grants", "Grants", _count("grants"), sortable=False, number=True),
            Column("error", "Problem", _problem, sortable=False, card=True),
            Column("host", "Agent", lambda sync: text(sync.host or ""), False, shown=False),
        ),
        key=lambda sync: sync.id,
        href=lambda sync: f"{path}/syncs/{sync.id}",
        filters=(
            Filter("state", "Result", [(state, chip.word) for state, chip in SYNC_CHIPS.items()]),
        ),
        sort="-started",
        empty=Empty("No sync yet", "The first one begins as soon as an agent asks for work."),
    )


def stamp(sync: Sync) -> str:
    return f"{sync.requested_at:%d %B %Y, %H:%M}".lstrip("0")


def took(sync: Sync) -> Cell:
    duration = duration_of(sync)
    return Missing(NONE) if duration is None else Text(in_words(duration))


def in_words(duration: timedelta) -> str:
    """`1 hour 5 minutes`: two units at most, `under a second`."""
    seconds, words = int(duration.total_seconds()), []
    for unit, size in _UNITS:
        number, seconds = divmod(seconds, size)
        if number:
            words.append(counted(number, unit))
    return " ".join(words[:2]) or "under a second"


def facts(sync: Sync) -> list[Fact]:
    return [
        Fact("Why", Text(cause_of(sync))),
        Fact("Asked for", Moment(sync.requested_at)),
        Fact("Begun", Moment(sync.started_at, NONE)),
        Fact("Read", Moment(sync.uploaded_at, NONE), "When its file had arrived whole."),
        Fact("Ended", Moment(sync.ended_at, NONE)),
        Fact("Took", took(sync)),
        Fact("Confirmed", Moment(sync.confirmed_at, NONE), "That a large drop was meant."),
        Fact("Agent", text(sync.host or "")),
        Fact("Changes", _changed(sync)),
        Fact("Id", Identifier(sync.id)),
    ]


@dataclass(frozen=True)
class Dropped:
    """`reason` is why these were not taken in. `number`: None where nobody counted."""

    number: int | None
    what: str
    reason: str


def dropped(lines: Iterable[Line], record: Record | None) -> list[Dropped]:
    """What the connector left out, what it was warned of, and what led nowhere in its file. What
    the server says of the sync itself has no details."""
    found = [_left_out(line) for line in lines if line.level == "warning" and line.details]
    if record is not None:
        reason = "They refer to something that the sync does not have."
        found += [Dropped(number, kind, reason) for kind, number in record.dropped.items()]
    return [each for each in found if each.number != 0]


@dataclass(frozen=True)
class Said:
    """A line of the log. `details` are names with values in words."""

    at: datetime
    time: str
    level: str
    icon: str
    tone: Tone
    message: str
    details: Sequence[tuple[str, str]]


def said(lines: Iterable[Line]) -> list[Said]:
    return [
        Said(
            line.at,
            f"{line.at:%H:%M:%S}",
            line.level,
            _ICONS.get(line.level, "info-circle"),
            _TONES.get(line.level, "neutral"),
            line.message,
            _details(line.details),
        )
        for line in lines
    ]


def _left_out(line: Line) -> Dropped:
    number, subject = line.details.get("count"), line.details.get("subject")
    if isinstance(number, int) and subject:
        return Dropped(number, str(subject), str(line.details.get("reason", "")))
    return Dropped(None, str(line.details.get("feature") or "Notice"), line.message)


def _details(details: dict[str, Any]) -> list[tuple[str, str]]:
    """Sorted by key; what a process wrote itself stands on the same level."""
    own = details.get("fields")
    flat = {**details, **own} if isinstance(own, dict) else details
    return [
        (str(key), value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
        for key, value in sorted(flat.items())
        if key not in ("fields", "source") and value not in ("", None, {}, [])
    ]


def _changed(sync: Sync) -> Cell:
    if sync.deltas is None:
        return Missing() if sync.state.open else Missing(NONE)
    return text(changes(sync.deltas))


def _count(kind: str) -> Callable[[Sync], Cell]:
    return lambda sync: Number(total(sync.counts, kind)) if sync.counts else Missing(NONE)


def _problem(sync: Sync) -> Cell:
    short = sync.error
    if len(short) > LONGEST_ERROR:
        short = f"{short[:LONGEST_ERROR].rstrip()}\u2026"
    return text(short)
