"""Hearing that something about a connector changed, as triggers of its tables tell it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Final

import psycopg
from psycopg.conninfo import make_conninfo

from ostiary.server.kernel.database import CONNECTION

CHANNEL: Final = "ostiary_connectors"
"""Each notification is the key of a connector."""


class HearingLostError(Exception):
    """The session that listened is gone; what happens meanwhile is missed."""


async def heard(url: str) -> AsyncGenerator[int | None, None]:
    """Keys of connectors as they change; None once, when hearing begins. In a session of its own,
    until it is closed. HearingLostError."""
    try:
        where = make_conninfo(url, **{name: str(value) for name, value in CONNECTION.items()})
        connection = await psycopg.AsyncConnection.connect(where, autocommit=True)
        try:
            await connection.execute(f"LISTEN {CHANNEL}")
            yield None
            async for told in connection.notifies():
                yield int(told.payload)
        finally:
            # as a context manager it would roll back first, and stay open if cancelled there
            await connection.close()
    except psycopg.Error as error:
        raise HearingLostError(str(error).strip()) from error
