"""`/settings`, what is set and where, who may sign in, API keys, mail, encryption; and `/keys`."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter

from ostiary.server.settings.pages import facts, keys, mail, own_keys, users

ROUTERS: Final[tuple[APIRouter, ...]] = (
    facts.router,
    users.router,
    keys.router,
    own_keys.router,
    mail.router,
)
COMMANDS: Final = own_keys.COMMANDS
