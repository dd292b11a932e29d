"""Reading many small collections with $batch, twenty to a request."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any, NamedTuple, TypeVar

from ostiary.entra.collect.reader import Reader
from ostiary.graph import BatchPart, GraphError, Page
from ostiary.graph.faults import NotFound, PageTokenExpired

KeyT = TypeVar("KeyT", bound=str)


class Listing(NamedTuple):
    """A collection by its path (with query options) and the type of its items."""

    path: str
    item: type[Any]


async def read_collections(
    reader: Reader, listings: Mapping[KeyT, Listing], *, stream: str, beta: bool = False
) -> AsyncIterator[tuple[KeyT, list[Any] | GraphError]]:
    """(key, all items or why not) of each collection, in the order given.

    Pages beyond the first are followed outside the batch.
    """
    if not listings:
        return
    parts = [
        BatchPart(key, listing.path, Page[listing.item])  # type: ignore[name-defined]
        for key, listing in listings.items()
    ]
    replies = await reader.graph.batch(parts, stream=stream, beta=beta)
    for key, listing in listings.items():
        reply = replies[key]
        if isinstance(reply, GraphError):
            yield key, reply
        else:
            yield key, await _rest(reader, listing, reply, stream, beta)
        await asyncio.sleep(0)  # many at once came: other streams take turns with their reader


async def read_each(
    reader: Reader,
    paths: Mapping[str, str],
    item: type[Any],
    *,
    stream: str,
    beta: bool = False,
) -> AsyncIterator[tuple[str, list[Any]]]:
    """(id, all items) of one collection of each of many objects; one that vanished has none.

    Raises:
        GraphError: a collection could not be read to its end.
    """
    listings = {id_: Listing(path, item) for id_, path in paths.items()}
    async for id_, items in read_collections(reader, listings, stream=stream, beta=beta):
        if isinstance(items, GraphError) and not isinstance(items, NotFound):
            raise items
        yield id_, [] if isinstance(items, GraphError) else items


async def _rest(
    reader: Reader, listing: Listing, first: Page[Any], stream: str, beta: bool
) -> list[Any] | GraphError:
    items = list(first.value)
    if first.next_link is None:
        return items
    try:
        async for page in reader.graph.pages(
            listing.path, listing.item, stream=stream, resume=first.next_link
        ):
            items.extend(page.value)
    except PageTokenExpired:
        items.clear()
        async for page in reader.graph.pages(listing.path, listing.item, stream=stream, beta=beta):
            items.extend(page.value)
    except NotFound as gone:
        return gone
    return items
