"""A listing, one page ahead of whoever reads it."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any, Generic, TypeVar

import msgspec

from ostiary.graph.faults import MalformedReply

T = TypeVar("T")


class Page(msgspec.Struct, Generic[T], frozen=True):
    """One reply of a collection. `next_link` and `delta_link` are opaque and kept verbatim.

    `count` is there only when `$count=true` was asked for, and only on the first page.
    """

    value: list[T]
    next_link: str | None = msgspec.field(default=None, name="@odata.nextLink")
    delta_link: str | None = msgspec.field(default=None, name="@odata.deltaLink")
    count: int | None = msgspec.field(default=None, name="@odata.count")


_decoders: dict[Any, msgspec.json.Decoder[Any]] = {}


def decoder(into: type[T]) -> msgspec.json.Decoder[T]:
    """The one decoder of a type: building one costs more than decoding with it."""
    try:
        return _decoders[into]
    except KeyError:
        return _decoders.setdefault(into, msgspec.json.Decoder(into))


def page_decoder(item: type[T]) -> msgspec.json.Decoder[Page[T]]:
    page: Any = Page[item]  # type: ignore[valid-type]
    return decoder(page)


async def ahead(
    first: str, fetch: Callable[[str], Awaitable[Page[T]]], pending: set[asyncio.Task[Any]]
) -> AsyncGenerator[Page[T], None]:
    """Pages from link to link; while one is being read the next is on its way, never more.

    `pending` holds the request in flight, so that its owner can end it when the reader went away
    without closing the generator.
    """
    coming = _start(first, fetch, pending)
    link = first
    try:
        while True:
            page = await coming
            following = page.next_link
            if following == link:
                raise MalformedReply("Microsoft Graph's nextLink leads back to its own page.")
            if following is not None:
                link, coming = following, _start(following, fetch, pending)
                await asyncio.sleep(0)  # lets the request leave before the reader gets to work
            yield page
            if following is None:
                return
    finally:
        coming.cancel()
        await asyncio.gather(coming, return_exceptions=True)


def _start(
    link: str, fetch: Callable[[str], Awaitable[Page[T]]], pending: set[asyncio.Task[Any]]
) -> asyncio.Task[Page[T]]:
    async def run() -> Page[T]:
        return await fetch(link)

    task = asyncio.create_task(run())
    pending.add(task)
    task.add_done_callback(pending.discard)
    return task
