"""`/explore`: the questions, their answers, and the map."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter

from ostiary.server.explore.pages import index, walking

ROUTERS: Final[tuple[APIRouter, ...]] = (walking.router, index.router)
