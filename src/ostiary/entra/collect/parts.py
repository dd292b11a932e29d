"""The first reading of a long delta stream in parts, side by side.

Pages of one stream come one after another, each with the link to the next: for tens of thousands of
memberships that is most of what a first sync takes. Delta also takes fifty objects by their ids in
``$filter``. So the link from which changes will be followed is taken first, then the parts are
read; a change made meanwhile is told twice and not lost.
Source: Graph, "group: delta", section "OData query parameters".
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Protocol

from ostiary.connector.batches import batches
from ostiary.entra.collect.delta import REFUSED, Collection, catch_up
from ostiary.entra.collect.reader import Reader
from ostiary.entra.image import Image
from ostiary.graph import GraphError, MalformedReply, side_by_side

MOST_IDS = 50
SIDE_BY_SIDE = 5


class FilterIgnored(MalformedReply):
    """What came is not what was asked for by ids."""


class Part(Collection, Protocol):
    """Some objects of a collection; ``missing`` are those that no page has shown yet."""

    @property
    def missing(self) -> set[str]: ...


class Divisible(Collection, Protocol):
    def part(self, number: int, ids: Sequence[str]) -> Part:
        """The objects of at most ``MOST_IDS`` ids."""


def worth_dividing(image: Image, whole: Divisible, ids: Sequence[str]) -> bool:
    """Whether there are several parts, and Graph did not refuse them before."""
    return len(ids) > MOST_IDS and image.remembered(_refusal(whole)) is None


def is_under_way(image: Image, whole: Divisible) -> bool:
    """Whether an earlier run has begun the parts and not finished them."""
    return image.cursors.get(_start(whole), whole.query.text).delta_link is not None


async def read_in_parts(reader: Reader, whole: Divisible, ids: Sequence[str]) -> bool:
    """Bring the links of all ``ids`` into the image, and the cursor to where changes follow on.

    ``ids`` in an order that stays, or what an earlier run has read is of no use. False when Graph
    does not filter here: the image knows nothing of the collection then.

    Raises:
        GraphError: a part could not be finished; those that were are kept.
    """
    image = reader.image
    try:
        start = await _begin(reader, whole)
        await _read_all(reader, whole, ids)
    except GraphError as error:
        if not isinstance(error, FilterIgnored) and error.status not in REFUSED:
            raise
        with image.transaction():
            _forget(image, whole)
            whole.reset(image)
            image.remember(_refusal(whole), str(error))
        return False
    with image.transaction():
        _forget(image, whole)
        image.cursors.advance(whole.cursor, whole.query.text, None, start)
    return True


async def _begin(reader: Reader, whole: Divisible) -> str:
    image, query = reader.image, whole.query
    kept = image.cursors.get(_start(whole), query.text).delta_link
    if kept is not None:
        return kept
    link = await reader.graph.latest_delta(query.path, query.params, stream=whole.name)
    with image.transaction():
        _forget(image, whole)
        whole.reset(image)
        image.cursors.advance(_start(whole), query.text, None, link)
    return link


async def _read_all(reader: Reader, whole: Divisible, ids: Sequence[str]) -> None:
    places = asyncio.Semaphore(SIDE_BY_SIDE)
    await side_by_side(
        _read(reader, whole.part(number, some), places)
        for number, some in enumerate(batches(ids, MOST_IDS))
    )


async def _read(reader: Reader, part: Part, places: asyncio.Semaphore) -> None:
    """One that an earlier run finished is not read again, nor checked when it is only read on."""
    cursor = reader.image.cursors.get(part.cursor, part.query.text)
    if cursor.delta_link is not None:
        return
    async with places:
        await catch_up(reader, part)
    if cursor.next_link is None and part.missing:
        raise FilterIgnored(f"Microsoft Graph leaves out {len(part.missing)} of {part.cursor}.")


def _forget(image: Image, whole: Divisible) -> None:
    """The cursors of the whole and of all its parts, whatever they were read for."""
    image.cursors.forget(whole.cursor)
    image.cursors.forget_all(f"{whole.cursor}, ")


def _start(whole: Divisible) -> str:
    return f"{whole.cursor}, start"


def _refusal(whole: Divisible) -> str:
    return f"{whole.name} not in parts"
