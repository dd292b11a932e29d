"""A child's lines on their way into the connector's log: in batches, bounded, never waited for."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Final

import structlog

from ostiary.server.connectors.actions.hosting import Line, note_lines
from ostiary.server.kernel.actor import SYSTEM
from ostiary.server.kernel.work import Kernel

MOST_WAITING: Final = 200
"""Lines; of a child that says more than the database takes, the oldest are dropped."""

GATHERED_FOR: Final = 0.5
"""Seconds that a line waits for others, so that a chatty child costs few transactions."""

log = structlog.get_logger("ostiary.server.hosting")


class Notebook:
    """`last` are the newest lines of the present child, for when it ends."""

    def __init__(self, kernel: Kernel, connector_key: int, connector_id: str) -> None:
        self._kernel = kernel
        self._key = connector_key
        self._log = log.bind(connector=connector_id)
        self._waiting: deque[Line] = deque(maxlen=MOST_WAITING)
        self._arrived = asyncio.Event()
        self.last: deque[str] = deque(maxlen=5)

    def add(self, line: Line) -> None:
        self.last.append(line.message)
        level = {"warning": self._log.warning, "error": self._log.error}
        level.get(line.level, self._log.info)("connector.says", said=line.message, **_safe(line))
        self._waiting.append(line)
        self._arrived.set()

    async def keep(self) -> None:
        """Until cancelled, with nothing left behind."""
        try:
            while True:
                await self._arrived.wait()
                await asyncio.sleep(GATHERED_FOR)
                await self.flush()
        finally:
            await asyncio.shield(self.flush())

    async def flush(self) -> None:
        self._arrived.clear()
        lines, self._waiting = list(self._waiting), deque(maxlen=MOST_WAITING)
        if lines:
            await asyncio.to_thread(self._write, lines)

    def _write(self, lines: list[Line]) -> None:
        try:
            with self._kernel.work(SYSTEM) as work:
                note_lines(work, self._key, lines)
        except Exception as error:  # a child must not stop because its words cannot be kept
            self._log.warning("connector.lines_lost", lines=len(lines), reason=str(error))


def _safe(line: Line) -> dict[str, object]:
    return {"fields": line.fields} if line.fields else {}
