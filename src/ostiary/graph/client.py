"""Microsoft Graph, as the connector calls it."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import quote

import msgspec
from yarl import URL

from ostiary.graph.batch import Batcher, BatchPart
from ostiary.graph.budget import Budget
from ostiary.graph.clock import Clock
from ostiary.graph.clouds import GLOBAL_GRAPH
from ostiary.graph.credentials import Credential
from ostiary.graph.domains import own_link, parse_domain
from ostiary.graph.faults import GraphError, MalformedReply
from ostiary.graph.observer import Observer
from ostiary.graph.pages import Page, ahead, decoder, page_decoder
from ostiary.graph.retry import RetryPolicy
from ostiary.graph.scopes import scopes_of
from ostiary.graph.sender import Request, Sender
from ostiary.graph.transport import AiohttpTransport, Timeouts, Transport

T = TypeVar("T")
Params = Mapping[str, str]
Headers = Mapping[str, str]

_PLAIN_IN_PATH = "/$()',=@:%!*;+&"
_PLAIN_IN_QUERY = "$(),':/@="


class GraphClient:
    """Reads from one Graph host with one credential, inside `async with`.

    Paths are like `/users`; the version is put before them. They are sent as they stand where
    they are already percent-encoded. Every method raises the errors of `ostiary.graph.faults`;
    throttling and passing faults are waited out before that.
    """

    def __init__(
        self,
        credential: Credential,
        *,
        domain: str = GLOBAL_GRAPH,
        budget: Budget | None = None,
        observer: Observer | None = None,
        ca_file: str | None = None,
        timeouts: Timeouts | None = None,
        retry: RetryPolicy | None = None,
        clock: Clock | None = None,
        transport: Transport | None = None,
    ) -> None:
        self.domain = parse_domain(domain)
        self.credential = credential
        self._budget = budget or Budget(clock=clock)
        self._observer = observer or Observer()
        self._ca_file = ca_file
        self._timeouts = timeouts or Timeouts()
        self._retry = retry or RetryPolicy()
        self._transport = transport
        self._sender: Sender | None = None
        self._pending: set[asyncio.Task[Any]] = set()

    async def __aenter__(self) -> Self:
        if self._transport is None:
            self._transport = AiohttpTransport(
                self.domain, timeouts=self._timeouts, ca_file=self._ca_file
            )
        self._sender = Sender(
            credential=self.credential,
            transport=self._transport,
            budget=self._budget,
            retry=self._retry,
            observer=self._observer,
            domain=self.domain,
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Ends what is still in flight, and closes the connections and the credential's."""
        pending = list(self._pending)
        for task in pending:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)
        transport, self._transport, self._sender = self._transport, None, None
        if transport is not None:
            await transport.aclose()
        await self.credential.aclose()

    async def get(
        self,
        path: str,
        into: type[T],
        *,
        params: Params | None = None,
        headers: Headers | None = None,
        stream: str = "",
        low_priority: bool = True,
        beta: bool = False,
    ) -> T:
        """One GET, decoded as `into`."""
        link = self._link(path, params, beta)
        request = self._request(link, path, params, headers, stream, low_priority)
        return await self._open().send(request, decoder(into).decode)

    def pages(
        self,
        path: str,
        item: type[T],
        *,
        params: Params | None = None,
        headers: Headers | None = None,
        stream: str,
        resume: str | None = None,
        low_priority: bool = True,
        beta: bool = False,
    ) -> AsyncGenerator[Page[T], None]:
        """The pages of a collection; the next one is fetched while one is being handled.

        `resume` is a nextLink or deltaLink to begin from instead of `path` and `params`. `headers`
        go with every page: Graph forgets them. A page whose links lead elsewhere is not handed out
        (ForeignLink), so links can be kept without being checked again.
        """
        decode = page_decoder(item).decode

        async def fetch(link: str) -> Page[T]:
            request = self._request(link, path, params, headers, stream, low_priority)
            page = await self._open().send(request, decode)
            for onward in filter(None, (page.next_link, page.delta_link)):
                own_link(onward, self.domain, path=path)
            return page

        return ahead(resume or self._link(path, params, beta), fetch, self._pending)

    async def batch(
        self,
        parts: Sequence[BatchPart[T]],
        *,
        stream: str,
        low_priority: bool = True,
        beta: bool = False,
    ) -> dict[str, T | GraphError]:
        """Every part's value or error, by the part's id, in the order of `parts`."""
        batcher = Batcher(
            self._open(), domain=self.domain, tries=self._retry.tries, clock=self._budget.clock
        )
        url = URL(self._link("/$batch", None, beta), encoded=True)
        return await batcher.run(parts, url, stream=stream, low_priority=low_priority)

    async def latest_delta(
        self,
        path: str,
        params: Params | None = None,
        *,
        headers: Headers | None = None,
        stream: str,
        beta: bool = False,
    ) -> str:
        """A deltaLink that stands for now, without reading what is there."""
        latest = {**(params or {}), "$deltatoken": "latest"}
        link = None
        async for page in self.pages(
            path, msgspec.Raw, params=latest, headers=headers, stream=stream, beta=beta
        ):
            link = page.delta_link
        if link is None:
            raise MalformedReply(
                f"Microsoft Graph's last page of {path} has no deltaLink.", path=path
            )
        return link

    def _open(self) -> Sender:
        if self._sender is None:
            raise RuntimeError("GraphClient works inside `async with` only")
        return self._sender

    def _link(self, path: str, params: Params | None, beta: bool) -> str:
        if not path.startswith("/"):
            raise ValueError(f"a path begins with a slash, not {path!r}")
        version = "beta" if beta else "v1.0"
        link = f"https://{self.domain}/{version}{quote(path, safe=_PLAIN_IN_PATH)}"
        query = "&".join(
            f"{quote(name, safe='$')}={quote(value, safe=_PLAIN_IN_QUERY)}"
            for name, value in (params or {}).items()
        )
        return f"{link}?{query}" if query else link

    def _request(
        self,
        link: str,
        path: str,
        params: Params | None,
        headers: Headers | None,
        stream: str,
        low_priority: bool,
    ) -> Request:
        url = own_link(link, self.domain, path=path)
        query = url.raw_query_string + "".join((params or {}).values())
        return Request(
            method="GET",
            url=url,
            path=path,
            stream=stream,
            scopes=scopes_of(path, query),
            headers=dict(headers or {}),
            low_priority=low_priority,
        )
