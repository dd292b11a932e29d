"""Following one delta-tracked collection, page by page, through interruption and resync."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from typing import Any, Protocol

from ostiary.entra.collect.query import Query
from ostiary.entra.collect.reader import Reader
from ostiary.entra.image import Image
from ostiary.graph import MalformedReply
from ostiary.graph.faults import BadRequest, DeltaExpired, PageTokenExpired

REFUSED = (400, 404, 405, 501)
"""The statuses by which Graph says that it offers no delta of a collection here."""
MAX_RESTARTS = 5
"""How often Graph may invalidate a round under way before we call the sync failed."""


TakeOver = Callable[[], Awaitable[bool]]
"""Asked after the first page of a first round that is not its last: whether it read the rest in a
way of its own, to the round's delta link.
"""


class Collection(Protocol):
    """What a delta stream reads and where its pages go.

    ``name`` is what people see; its place is kept under ``cursor``.
    """

    @property
    def name(self) -> str: ...
    @property
    def cursor(self) -> str: ...
    @property
    def query(self) -> Query: ...
    @property
    def item(self) -> type[Any]: ...

    def apply(self, image: Image, page: Sequence[Any]) -> None:
        """Bring one page into the image; pages may repeat objects and arrive in any order."""

    def reset(self, image: Image) -> None:
        """Forget what earlier rounds brought in: the next round tells everything anew."""


async def follow(reader: Reader, collection: Collection, take_over: TakeOver | None = None) -> None:
    """Bring the image up to date with a collection, and tell that its stream is complete.

    Raises:
        GraphError: the round could not be finished; what was applied so far is kept.
    """
    await catch_up(reader, collection, take_over)
    reader.finished(collection.name)


async def catch_up(
    reader: Reader, collection: Collection, take_over: TakeOver | None = None
) -> None:
    """Bring the image up to date with a collection.

    Starts where the last finished round, or an interrupted one, left off. Each page and the link
    to the next are kept in one transaction. A kept link that Graph does not understand (any more)
    is given up like an expired one.

    Raises:
        GraphError: the round could not be finished; what was applied so far is kept.
    """
    for _ in range(MAX_RESTARTS):
        kept = reader.image.cursors.get(collection.cursor, collection.query.text).resume
        try:
            return await _round(reader, collection, take_over)
        except PageTokenExpired:
            _go_back(reader.image, collection)
        except DeltaExpired:
            _start_over(reader.image, collection)
        except BadRequest:
            if kept is None:
                raise
            _start_over(reader.image, collection)
    return await _round(reader, collection, take_over)


async def read_round(reader: Reader, collection: Collection) -> None:
    """Read a round to its delta link, from wherever the cursor stands; the stream is complete then.

    Raises:
        GraphError: the round could not be finished; what was applied so far is kept.
    """
    await _round(reader, collection, None)
    reader.finished(collection.name)


async def _round(reader: Reader, collection: Collection, take_over: TakeOver | None) -> None:
    """A round that an earlier run began tells what was so then, so it is followed by another."""
    cursor = reader.image.cursors.get(collection.cursor, collection.query.text)
    await read_on(reader, collection, take_over)
    if cursor.next_link is not None:
        await read_on(reader, collection)


async def read_on(
    reader: Reader, collection: Collection, take_over: TakeOver | None = None
) -> None:
    """Read from wherever the cursor stands to the next delta link.

    Raises:
        GraphError: the round could not be finished; what was applied so far is kept.
    """
    image, query = reader.image, collection.query
    cursor = image.cursors.get(collection.cursor, query.text)
    if cursor.resume is None:
        _start_over(image, collection)
    else:
        take_over = None
    finished = False
    pages = reader.graph.pages(
        query.path,
        collection.item,
        params=query.params,
        stream=collection.name,
        resume=cursor.resume,
    )
    async with aclosing(pages):
        async for page in pages:
            with image.transaction():
                collection.apply(image, page.value)
                image.cursors.advance(
                    collection.cursor, query.text, page.next_link, page.delta_link
                )
            reader.took(collection.name, len(page.value))
            finished = page.delta_link is not None
            if take_over and not finished and await take_over():
                return
            take_over = None
    if not finished:
        raise MalformedReply(
            f"Graph ended the changes of {collection.name} without a delta link, "
            "so it cannot be known whether they were complete."
        )


def _go_back(image: Image, collection: Collection) -> None:
    """The page link went stale: replay from the last finished round, or begin again."""
    cursor = image.cursors.get(collection.cursor, collection.query.text)
    if cursor.delta_link is None:
        _start_over(image, collection)
    else:
        image.cursors.rewind(collection.cursor)


def _start_over(image: Image, collection: Collection) -> None:
    with image.transaction():
        collection.reset(image)
        image.cursors.forget(collection.cursor)
