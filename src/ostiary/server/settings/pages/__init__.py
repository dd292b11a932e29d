"""`/settings`: what is set and where, users with their roles, API keys, mail, encryption."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter

from ostiary.server.settings.pages import facts, keys, mail, users

ROUTERS: Final[tuple[APIRouter, ...]] = (facts.router, users.router, keys.router, mail.router)
