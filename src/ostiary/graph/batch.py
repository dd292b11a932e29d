"""Many small reads in one request.

Source: "Combine multiple HTTP requests using JSON batching". A pack saves round trips, not
resource units: each part is charged and throttled by itself.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import msgspec
from multidict import CIMultiDict
from yarl import URL

from ostiary.graph.answers import fault_of
from ostiary.graph.clock import Clock
from ostiary.graph.faults import GraphError, MalformedReply, Throttled
from ostiary.graph.pages import decoder
from ostiary.graph.reading import read
from ostiary.graph.retry import retry_after
from ostiary.graph.scopes import scopes_of, throttled_scope
from ostiary.graph.sender import Request, Sender, as_number, charged
from ostiary.graph.together import side_by_side
from ostiary.graph.transport import Reply

PACK = 20
"""The most parts Graph takes in one batch."""

T = TypeVar("T")


@dataclass(frozen=True)
class BatchPart(Generic[T]):
    """One GET. `url` is relative to the version: `/groups/…/members?$select=id`, encoded as needed.

    A nextLink in the part's result is the caller's to follow.
    """

    id: str
    url: str
    into: type[T]
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def path(self) -> str:
        return self.url.partition("?")[0]

    @property
    def scopes(self) -> tuple[str, ...]:
        return scopes_of(*self.url.partition("?")[::2])


class _PartReply(msgspec.Struct):
    id: str
    status: int
    headers: dict[str, str] = {}
    body: msgspec.Raw = msgspec.Raw(b"null")

    @property
    def content(self) -> bytes:
        """What would be the body of a reply by itself: text that is no JSON comes as a string."""
        body = bytes(self.body)
        return msgspec.json.decode(body, type=str).encode() if body[:1] == b'"' else body


class _BatchReply(msgspec.Struct):
    responses: list[_PartReply]


_batch_reply = msgspec.json.Decoder(_BatchReply)


@dataclass
class _Pack:
    """Parts of one throttle scope that are still to be answered."""

    scopes: tuple[str, ...]
    open: dict[str, BatchPart[Any]]
    results: dict[str, Any] = field(default_factory=dict)
    failures: Counter[str] = field(default_factory=Counter)
    asked_to_wait: float = 0.0
    token_renewed: bool = False

    def settle(self, part: BatchPart[Any], result: object) -> None:
        self.results[part.id] = result
        del self.open[part.id]

    def decode(self, body: bytes) -> _BatchReply:
        """A part's first 401 counts as the whole pack's: the sender gets another token then."""
        answered = _batch_reply.decode(body)
        for came in answered.responses:
            if came.status == 401 and not self.token_renewed:
                self.token_renewed = True
                raise fault_of(came.status, CIMultiDict(came.headers), came.content, "/$batch")
        return answered


class Batcher:
    def __init__(self, sender: Sender, *, domain: str, tries: int, clock: Clock) -> None:
        self._sender = sender
        self._domain = domain
        self._tries = tries
        self._clock = clock

    async def run(
        self, parts: Sequence[BatchPart[T]], url: URL, *, stream: str, low_priority: bool
    ) -> dict[str, T | GraphError]:
        """Each part's value or error, in the order of `parts`."""
        _refuse_shared_ids(parts)
        packs = _packs(parts)
        await side_by_side(self._finish(pack, url, stream, low_priority) for pack in packs)
        results = {id: result for pack in packs for id, result in pack.results.items()}
        return {part.id: results[part.id] for part in parts}

    async def _finish(self, pack: _Pack, url: URL, stream: str, low_priority: bool) -> None:
        while pack.open:
            request = _request(pack, url, stream, low_priority)
            answered = await self._sender.send(request, pack.decode)
            replies = {reply.id: reply for reply in answered.responses}
            before = pack.failures.total()
            for part in list(pack.open.values()):
                self._take(pack, part, replies.get(part.id), stream)
            if pack.failures.total() > before:
                worst = max(pack.failures.values())
                await self._sender.pause(worst, at_least=pack.asked_to_wait)
                pack.asked_to_wait = 0.0

    def _take(
        self, pack: _Pack, part: BatchPart[Any], came: _PartReply | None, stream: str
    ) -> None:
        if came is None:
            missing = "Microsoft Graph's batch reply leaves out one of its parts."
            self._failed(
                pack, part, MalformedReply(missing, path=part.path, transient=True), stream
            )
            return
        reply = Reply(came.status, CIMultiDict(came.headers), came.content)
        wait = retry_after(reply.headers, self._clock.wall())
        try:
            result = read(reply, part.path, self._domain, decoder(part.into).decode)
        except Throttled as error:
            scope = throttled_scope(part.scopes, reply.headers)
            if not self._sender.shut(scope, wait, stream):
                pack.settle(part, error)
        except GraphError as error:
            pack.asked_to_wait = max(pack.asked_to_wait, wait or 0.0)
            self._failed(pack, part, error, stream)
        else:
            self._sender.passed(part.scopes[0], reply.headers)
            pack.settle(part, result)

    def _failed(self, pack: _Pack, part: BatchPart[Any], error: GraphError, stream: str) -> None:
        if not error.transient or pack.failures[part.id] + 1 >= self._tries:
            pack.settle(part, error)
            return
        pack.failures[part.id] += 1
        self._sender.repeated(stream, error)


def _packs(parts: Sequence[BatchPart[Any]]) -> list[_Pack]:
    """Packs of one scope each, so that a throttled scope holds up nothing but its own."""
    alike: dict[tuple[str, ...], list[BatchPart[Any]]] = {}
    for part in parts:
        alike.setdefault(part.scopes, []).append(part)
    return [
        _Pack(scopes, {part.id: part for part in some[start : start + PACK]})
        for scopes, some in alike.items()
        for start in range(0, len(some), PACK)
    ]


def _refuse_shared_ids(parts: Sequence[BatchPart[Any]]) -> None:
    shared = [id for id, times in Counter(part.id for part in parts).items() if times > 1]
    if shared:
        raise ValueError(f"parts of a batch share the id {shared[0]!r}")


def _request(pack: _Pack, url: URL, stream: str, low_priority: bool) -> Request:
    parts = [
        {"id": part.id, "method": "GET", "url": part.url, "headers": dict(part.headers)}
        for part in pack.open.values()
    ]
    return Request(
        method="POST",
        url=url,
        path="/$batch",
        stream=stream,
        scopes=pack.scopes,
        headers={"Content-Type": "application/json"},
        body=msgspec.json.encode({"requests": parts}),
        low_priority=low_priority,
        envelope=True,
        weigh=_units_of_parts,
    )


def _units_of_parts(reply: Reply) -> float:
    try:
        parts = _batch_reply.decode(reply.body).responses
    except msgspec.DecodeError:
        return charged(reply)
    return sum(as_number(CIMultiDict(part.headers).get("x-ms-resource-unit", "")) for part in parts)
