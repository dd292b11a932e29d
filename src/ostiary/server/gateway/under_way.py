"""How many calls are being answered."""

from __future__ import annotations

import asyncio
from typing import Any


class UnderWay:
    """`with` it around each call."""

    def __init__(self) -> None:
        self._count = 0
        self._none = asyncio.Event()
        self._none.set()

    def __enter__(self) -> None:
        self._count += 1
        self._none.clear()

    def __exit__(self, *_error: object) -> None:
        self._count -= 1
        if not self._count:
            self._none.set()

    async def none(self, deadline: asyncio.Task[Any]) -> None:
        """Once there are none, or once `deadline` is over."""
        waiting = asyncio.create_task(self._none.wait())
        try:
            await asyncio.wait({waiting, deadline}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()
