"""Sends one request until it is answered: token, gate, retries."""

import logging
import math
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from yarl import URL

from ostiary.graph import faults
from ostiary.graph.budget import Budget
from ostiary.graph.credentials import Credential
from ostiary.graph.observer import Observer
from ostiary.graph.reading import read
from ostiary.graph.retry import RetryPolicy, retry_after
from ostiary.graph.scopes import throttled_scope
from ostiary.graph.tokens import AccessToken
from ostiary.graph.transport import Departure, Outgoing, Reply, Transport

T = TypeVar("T")
log = logging.getLogger("ostiary.graph")


def charged(reply: Reply) -> float:
    """Resource units Graph says the reply cost."""
    return as_number(reply.headers.get("x-ms-resource-unit", ""))


def as_number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        return 0.0
    return number if math.isfinite(number) else 0.0


@dataclass(frozen=True)
class Request:
    """`scopes`: throttle buckets, its own first. `path`: for people, without query.

    An `envelope`'s own 200 says nothing about whether what is inside it got through.
    """

    method: str
    url: URL
    path: str
    stream: str
    scopes: tuple[str, ...]
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    low_priority: bool = True
    envelope: bool = False
    weigh: Callable[[Reply], float] = charged


@dataclass
class _Trial:
    """What happened to a request so far."""

    failures: int = 0
    token: AccessToken | None = None
    refused: AccessToken | None = None
    asked_to_wait: float = 0.0


class Sender:
    def __init__(
        self,
        *,
        credential: Credential,
        transport: Transport,
        budget: Budget,
        retry: RetryPolicy,
        observer: Observer,
        domain: str,
    ) -> None:
        self._credential = credential
        self._transport = transport
        self._budget = budget
        self._retry = retry
        self._observer = observer
        self._domain = domain
        self._answered_once = False

    async def send(self, request: Request, decode: Callable[[bytes], T]) -> T:
        """Errors: those of faults.py; passing ones only after the policy's tries are spent."""
        trial = _Trial()
        while True:
            try:
                return await self._attempt(request, decode, trial)
            except Departure:
                continue
            except faults.TokenRefused:
                if trial.refused is not None:
                    raise
                trial.refused = trial.token
            except faults.Throttled:
                if self._budget.hopeless(request.scopes):
                    raise
            except faults.GraphError as error:
                await self._pause_or_raise(request, error, trial)

    async def _attempt(self, request: Request, decode: Callable[[bytes], T], trial: _Trial) -> T:
        async with self._budget.slot(request.scopes):
            trial.token = await self._credential.token(refused=trial.refused)
            reply = await self._exchange(request, trial.token)
            self._heed(request, reply, trial)
        return read(reply, request.path, self._domain, decode)

    async def _exchange(self, request: Request, token: AccessToken) -> Reply:
        clock, started, status, units = self._budget.clock, 0.0, 0, 0.0

        def may_depart() -> None:
            nonlocal started
            if not self._budget.is_open(request.scopes):
                raise Departure
            started = clock.monotonic()

        try:
            reply = await self._transport.exchange(_outgoing(request, token), may_depart)
            status, units = reply.status, request.weigh(reply)
            return reply
        except faults.GraphError as error:
            error.path = request.path
            raise
        finally:
            if started:
                seconds = clock.monotonic() - started
                self._observer.request(request.stream, units, seconds)
                log.debug("%s %s: %d in %.3f s", request.method, request.path, status, seconds)

    def _heed(self, request: Request, reply: Reply, trial: _Trial) -> None:
        """Takes what the reply says about load, before anyone else can send."""
        self._answered_once = True
        wait = retry_after(reply.headers, self._budget.clock.wall())
        if reply.status == 429:
            scope = throttled_scope(request.scopes, reply.headers)
            self.shut(scope, wait, request.stream)
        else:
            trial.asked_to_wait = wait or 0.0
        if reply.status < 400 and not request.envelope:
            self.passed(request.scopes[0], reply.headers)

    def passed(self, scope: str, headers: Mapping[str, str]) -> None:
        """Something of this throttle scope got through."""
        self._budget.passed(scope, as_number(headers.get("x-ms-throttle-limit-percentage", "")))

    def shut(self, scope: str, wait: float | None, stream: str) -> bool:
        """Closes a throttle scope for `wait` seconds, or for as long as seems wise where Graph
        did not say; tells whether waiting for it is worth the time.
        """
        if wait is None:
            wait = self._retry.backoff(self._budget.refusals(scope) + 1)
        self._observer.throttled(stream, wait)
        log.debug("throttled: %s waits %.3f s", scope, wait)
        self._budget.close(scope, wait)
        return not self._budget.hopeless([scope])

    async def _pause_or_raise(
        self, request: Request, error: faults.GraphError, trial: _Trial
    ) -> None:
        if not error.transient:
            raise error
        trial.failures += 1
        unknown_host = isinstance(error, faults.Unreachable) and not self._answered_once
        tries = self._retry.first_contact_tries if unknown_host else self._retry.tries
        if trial.failures >= tries:
            raise error
        self.repeated(request.stream, error)
        await self.pause(trial.failures, at_least=trial.asked_to_wait)
        trial.asked_to_wait = 0.0

    def repeated(self, stream: str, error: faults.GraphError) -> None:
        """Something is going to be sent again because of a passing error."""
        self._observer.retried(stream, error.message)
        log.debug("repeating after: %s %s", error.message, error.technical)

    async def pause(self, failures: int, *, at_least: float = 0.0) -> None:
        asked = min(at_least, self._retry.longest_wait)
        await self._budget.clock.sleep(max(self._retry.backoff(failures), asked))


def _outgoing(request: Request, token: AccessToken) -> Outgoing:
    headers = {
        "Accept": "application/json",
        "x-ms-throttle-priority": "low" if request.low_priority else "high",
        **request.headers,
        "Authorization": f"Bearer {token.value}",
        "client-request-id": str(uuid.uuid4()),
    }
    return Outgoing(request.method, request.url, headers, request.body)
