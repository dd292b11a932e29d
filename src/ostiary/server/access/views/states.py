"""States of accounts and ways of holding, as chips."""

from __future__ import annotations

from typing import Final

from ostiary.server.web.components.cells import UNKNOWN, Chip, Missing

STATUSES: Final = (
    ("enabled", "Enabled"),
    ("disabled", "Disabled"),
    ("deleted", "Deleted"),
    ("unspecified", "Unknown"),
)
TYPES: Final = (("user", "User"), ("service", "Service account"), ("system", "System account"))
WAYS: Final = (("direct", "Direct"), ("inherited", "Inherited"))

_STATES: Final = {
    "enabled": Chip("Enabled", "circle-check"),
    "disabled": Chip("Disabled", "ban"),
    "deleted": Chip("Deleted", "circle-x"),
}
_TYPE_ICONS: Final = {"user": "user", "service": "robot", "system": "server"}


def status(word: str, details: str = "") -> Chip | Missing:
    """Of an account or a person. `details`: what the source says about it."""
    if word not in _STATES:
        return Missing(UNKNOWN)
    chip = _STATES[word]
    return Chip(chip.word, chip.icon, hint=details)


def account_type(word: str) -> Chip:
    return Chip(dict(TYPES)[word], _TYPE_ICONS[word])
