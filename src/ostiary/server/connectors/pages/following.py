"""Server-sent events of one connector: `changed`, and the page asks for itself again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import StreamingResponse

from ostiary.server.connectors.api.permissions import Viewer, find
from ostiary.server.connectors.changes import Changes
from ostiary.server.kernel.rest import KernelOf

SIGN_OF_LIFE_SECONDS: Final = 20.0
MOST_SIGNS: Final = 15
"""Then the browser connects anew, and whether it may is asked again."""

PREAMBLE: Final = "retry: 3000\n\n"
CHANGED: Final = "event: changed\ndata:\n\n"
ALIVE: Final = ": alive\n\n"
HEADERS: Final = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
"""Proxies are told to keep nothing back."""

router = APIRouter(prefix="/apps/{app_id}/connectors/{connector_id}", include_in_schema=False)


def _key(kernel: KernelOf, app_id: str, connector_id: str) -> int:
    with kernel.read() as connection:
        return find(connection, app_id, connector_id).key


@router.get("/events")
async def follow(
    request: Request, access: Viewer, key: Annotated[int, Depends(_key)]
) -> StreamingResponse:
    """Nothing but that something changed: what it is, the page asks for with its own permission."""
    changes: Changes = request.app.state.changes
    return StreamingResponse(_events(changes, key), 200, HEADERS, "text/event-stream")


async def _events(changes: Changes, key: int) -> AsyncIterator[str]:
    yield PREAMBLE
    signs = 0
    async with changes.watching(key) as watch:
        while signs < MOST_SIGNS:
            changed = await watch.changed(SIGN_OF_LIFE_SECONDS)
            if watch.ended:
                return
            signs += not changed
            yield CHANGED if changed else ALIVE
