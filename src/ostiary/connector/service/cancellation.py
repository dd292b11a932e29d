"""Cancellations that must not get lost."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def heeded_cancellation() -> Iterator[None]:
    """Raises at the end what the body swallowed.

    A call of grpc.aio that is answered in the moment in which its task is cancelled returns the
    answer, and the task would go on as if nobody had asked it to stop.
    """
    task = asyncio.current_task()
    assert task is not None
    before = task.cancelling()
    try:
        yield
    finally:
        if task.cancelling() > before:
            raise asyncio.CancelledError
