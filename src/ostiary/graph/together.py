"""Several things at once that are worth nothing without each other."""

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any


async def side_by_side(works: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Returns once all are done. The first that fails stops the others; its error is raised as it
    is, for callers that tell one error of Graph from another, and not in a group."""
    try:
        async with asyncio.TaskGroup() as group:
            for work in works:
                group.create_task(work)
    except BaseExceptionGroup as several:
        raise several.exceptions[0] from None
