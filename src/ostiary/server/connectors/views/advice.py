"""What is the matter with a connector, why, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ostiary.server.connectors.expiring import ADVICE, EXPIRED, CredentialKind, Ending, when
from ostiary.server.connectors.rules import FAILURES_BEFORE_ALERT, Status, SyncState
from ostiary.server.connectors.store.registry import Connector
from ostiary.server.connectors.store.syncs import Sync
from ostiary.server.connectors.views.states import SIGNING_IN, state_of
from ostiary.server.web.components.cells import Tone
from ostiary.server.web.moments import counted

SUMMARY = 240
"""Characters of an error that stand in the open; the whole of a longer one is folded."""


@dataclass(frozen=True)
class Note:
    """`action` leads to `href`; `changing`: for those only who may change the connector.
    `technical` is folded below."""

    title: str
    text: str
    icon: str
    tone: Tone
    action: str = ""
    href: str = ""
    technical: str = ""
    changing: bool = False


@dataclass(frozen=True)
class Situation:
    """`path` is the connector's. `hosted`: this server runs it, or would but for what is
    `unfinished`. `changes`: who looks may change it. `credentials` still work, `agents` were
    seen."""

    connector: Connector
    path: str
    hosted: bool
    unfinished: str
    changes: bool
    credentials: int
    agents: int
    endings: Sequence[Ending]
    now: datetime


def notes(situation: Situation) -> list[Note]:
    """What matters most comes first; none when all is well."""
    found = [*_state(situation), *_endings(situation)]
    return [
        replace(note, action="", href="") if note.changing and not situation.changes else note
        for note in found
    ]


def whom_to_ask(owners: Sequence[str]) -> str:
    """Of the one thing that everybody needs to know who may not change a connector."""
    if not owners:
        who = "an owner of the app or a Connector Administrator"
    else:
        own = "its owner" if len(owners) == 1 else "one of its owners,"
        who = f"{own} {', '.join(owners)}, or a Connector Administrator"
    return f"You may look at this connector, but not change it. For that, ask {who}."


def _state(situation: Situation) -> Iterator[Note]:
    connector, path = situation.connector, situation.path
    match state_of(connector):
        case "deleted":
            text = "It does nothing any more. What it brought stays in the app."
            yield Note("This connector was deleted", text, "trash", "neutral")
        case "held":
            yield Note(
                "A sync is held",
                f"{connector.paused_reason} Nothing was changed. Look at what would be lost, then "
                "confirm or refuse it.",
                "hand-stop",
                "person",
                "See what would be lost",
                f"{path}/held",
            )
        case Status.PAUSED:
            text = f"{_sentence(connector.paused_reason)}Nothing new comes in until it is resumed."
            yield Note("Paused", text, "player-pause", "person")
        case Status.ERROR:
            yield _failing(situation)
        case Status.NOT_CONNECTED:
            yield _unconnected(situation)


def _failing(situation: Situation) -> Note:
    connector, path = situation.connector, situation.path
    error = connector.last_error or "The agent gave no reason."
    expired = error.startswith(EXPIRED)
    cure = ("Rotate", f"{path}/credentials") if expired else ("See the log", f"{path}/syncs")
    times = connector.failures.count
    again = f"{counted(times, 'sync', 'syncs')} in a row failed. " if times > 1 else ""
    told = "The owners were told. " if times >= FAILURES_BEFORE_ALERT else ""
    short = error if len(error) <= SUMMARY else f"{error[:SUMMARY].rstrip()}\u2026"
    title = "It cannot work now" if times == 0 else "The last sync failed"
    text = f"{short} {again}{told}".rstrip()
    return Note(
        title,
        text,
        "circle-x",
        "danger",
        *cure,
        technical=error if short != error else "",
        changing=expired,
    )


def _unconnected(situation: Situation) -> Note:
    path = situation.path
    if situation.unfinished == SIGNING_IN:
        return Note(
            f"Not connected: {SIGNING_IN}",
            "Go on where it was left, or enter settings instead. What nobody needs can be deleted.",
            "login",
            "person",
            "Go on signing in",
            f"{path}/sign-in",
            changing=True,
        )
    if situation.unfinished:
        return Note(
            "It has no settings yet",
            "Give it what it signs in with. It is tried out before it is kept.",
            "adjustments-horizontal",
            "person",
            "Enter settings",
            f"{path}/settings",
            changing=True,
        )
    if situation.hosted:
        text = "This server runs it; the first sync begins by itself, within a minute."
        return Note("No sync has finished yet", text, "clock", "accent")
    if not situation.credentials:
        return Note(
            "Its agent needs a client id and a secret",
            "Rotate makes them and shows how to start the agent with them.",
            "key",
            "person",
            "Rotate",
            f"{path}/credentials",
            changing=True,
        )
    if not situation.agents:
        text = (
            "No agent has asked for work yet. Start it with the client id and the secret; this "
            "page follows by itself."
        )
        return Note("Waiting for its agent", text, "plug", "person")
    return Note("No sync has finished yet", "An agent is there.", "clock", "accent")


def of_sync(sync: Sync, path: str) -> list[Note]:
    """Why nothing of it was applied; `path` is the connector's."""
    if not sync.error:
        return []
    if sync.state is SyncState.HELD:
        action = "See what would be lost"
        return [
            Note("It is held", sync.error, "hand-stop", "person", action, f"{path}/held"),
        ]
    return [Note("It was not applied", sync.error, "circle-x", "danger")]


def _endings(situation: Situation) -> Iterator[Note]:
    for ending in situation.endings:
        own = ending.kind is CredentialKind.AGENT
        action = ("Rotate", f"{situation.path}/credentials") if own else ("", "")
        verb = "has expired" if ending.expired else f"ends {when(ending.ends_at, situation.now)}"
        yield Note(
            f"{ending.name} {verb}",
            ADVICE[ending.kind],
            "key",
            "danger" if ending.expired else "person",
            *action,
            changing=True,
        )


def _sentence(text: str) -> str:
    """Before another one; nothing for nothing."""
    ended = not text or text.endswith((".", "!", "?"))
    return f"{text}{'' if ended else '.'} ".lstrip()
