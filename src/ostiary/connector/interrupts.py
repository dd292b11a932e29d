"""SIGINT and SIGTERM stop a run between two steps, never in the middle of one."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

STOPPING = (signal.SIGINT, signal.SIGTERM)

log = structlog.stdlib.get_logger("ostiary.connector")


class Interrupts:
    """The first signal cancels the task, a second one ends the process the hard way."""

    def __init__(self) -> None:
        self._held = False
        self.received = False

    @contextmanager
    def cancelling(self, task: asyncio.Task[object]) -> Iterator[None]:
        loop = asyncio.get_running_loop()

        def stop() -> None:
            if self._held:
                log.info("almost done: the file is being put in place")
                return
            self.received = True
            log.info("stopping")
            for number in STOPPING:
                loop.remove_signal_handler(number)
            task.cancel()

        for number in STOPPING:
            loop.add_signal_handler(number, stop)
        try:
            yield
        finally:
            for number in STOPPING:
                loop.remove_signal_handler(number)

    def hold(self) -> None:
        """From here on a signal comes too late to stop anything."""
        self._held = True
