"""Reading a whole collection with a list, where Graph has no usable change feed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from ostiary.entra.collect.query import Query
from ostiary.entra.collect.reader import Reader
from ostiary.entra.image import Kind
from ostiary.graph.faults import PageTokenExpired

ItemT = TypeVar("ItemT")

MAX_RESTARTS = 5
"""How often a listing may lose its page token before we call the sync failed."""


async def read_whole(
    reader: Reader,
    query: Query,
    item: type[ItemT],
    *,
    stream: str,
    apply: Callable[[Sequence[ItemT]], None],
) -> None:
    """Hand every page of a listing to ``apply``, from the first page again if Graph lost track.

    ``apply`` therefore sees some objects twice and must not count.

    Raises:
        GraphError: the listing could not be finished.
    """
    for attempt in range(MAX_RESTARTS + 1):
        try:
            async for page in reader.graph.pages(
                query.path, item, params=query.params, stream=stream
            ):
                apply(page.value)
                reader.took(stream, len(page.value))
            reader.finished(stream)
            return
        except PageTokenExpired:
            if attempt == MAX_RESTARTS:
                raise


async def replace_objects(
    reader: Reader,
    kind: Kind,
    query: Query,
    item: type[Any],
    *,
    stream: str,
    encode: Callable[[Any], str],
    also: Callable[[Sequence[Any]], None] = lambda page: None,
) -> list[str]:
    """Make the image's objects of a kind what a listing shows, and return the ids that are gone.

    ``also`` is called with each page inside its transaction.
    """
    image = reader.image
    with image.transaction():
        seen = image.next_generation()

    def apply(page: Sequence[Any]) -> None:
        with image.transaction():
            image.objects.replace(kind, [(o.id, encode(o)) for o in page], seen=seen)
            also(page)

    await read_whole(reader, query, item, stream=stream, apply=apply)
    with image.transaction():
        return image.objects.remove_unseen(kind, seen=seen)
