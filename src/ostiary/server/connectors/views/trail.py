"""Who changed a connector, as the audit log has it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from ostiary.server.web.components.pictures import Event

_TITLES: Final = {
    "connectors.connector.create": ("Added", "plus"),
    "connectors.connector.rename": ("Name or description changed", "pencil"),
    "connectors.connector.schedule": ("Schedule changed", "calendar"),
    "connectors.connector.set_owners": ("Owners changed", "users"),
    "connectors.connector.configure": ("Settings saved", "adjustments-horizontal"),
    "connectors.connector.pause": ("Paused", "player-pause"),
    "connectors.connector.resume": ("Resumed", "player-play"),
    "connectors.connector.delete": ("Deleted", "trash"),
    "connectors.credential.rotate": ("Credential made", "key"),
    "connectors.credential.revoke": ("Credential revoked", "ban"),
    "connectors.oauth.sign_in": ("Signed in to the tenant", "login"),
    "connectors.oauth.consent": ("Consent given", "shield-check"),
    "connectors.oauth.authorize": ("Connected by signing in", "plug-connected"),
    "connectors.sync.request": ("Sync asked for", "refresh"),
    "connectors.sync.stop": ("Sync told to stop", "ban"),
    "connectors.sync.confirm": ("Held sync confirmed", "check"),
    "ingest.sync.applied": ("Sync applied", "circle-check"),
    "ingest.sync.held": ("Sync held", "hand-stop"),
    "ingest.sync.refused": ("Sync refused", "circle-x"),
}
_WHOLE: Final = frozenset({"connectors.connector.create", "connectors.connector.delete"})
"""Whose title says it all, as do those of syncs: they are in a list of their own."""

_OF_SYNCS: Final = ("connectors.sync.", "ingest.")

_LONGEST: Final = 300


def events(entries: Iterable[Mapping[str, Any]]) -> list[Event]:
    """In their order. An action that has no words here is told by its name."""
    return [_event(each) for each in entries]


def _event(entry: Mapping[str, Any]) -> Event:
    action = str(entry["action"])
    title, icon = _TITLES.get(action, (action, "clock"))
    who = str(entry["actor_name"] or entry["actor_kind"])
    whole = action in _WHOLE or action.startswith(_OF_SYNCS)
    text = "" if whole else _changed(entry["before"] or {}, entry["after"] or {})
    return Event(entry["at"], title, who, text, icon)


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    parts = []
    for name in sorted({*before, *after}):
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        if name in before and name in after:
            parts.append(f"{name}: {_word(old)} \u2192 {_word(new)}")
        else:
            parts.append(f"{name}: {_word(new if name in after else old)}")
    return ", ".join(parts)[:_LONGEST]


def _word(value: Any) -> str:
    if value is None or value == "":
        return "none"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
