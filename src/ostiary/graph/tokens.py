"""Access tokens, and one place that keeps the current one."""

import asyncio
import base64
import binascii
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import msgspec

from ostiary.graph.clock import Clock

RENEW_BEFORE = 300.0
"""Seconds before its end from which a token is no longer used."""


@dataclass(frozen=True)
class AccessToken:
    """`expires_at` is in seconds since the epoch.

    `roles` (application permissions), `tenant_id` and `app_id` are read from the token without
    verification and serve diagnostics only; they are empty where the token is opaque.
    """

    value: str = field(repr=False)
    expires_at: float
    roles: frozenset[str] = frozenset()
    tenant_id: str = ""
    app_id: str = ""


class _Claims(msgspec.Struct):
    roles: list[str] = []
    tid: str = ""
    appid: str = ""
    azp: str = ""


_claims = msgspec.json.Decoder(_Claims)


def read_token(value: str, expires_at: float) -> AccessToken:
    try:
        payload = value.split(".")[1]
        claims = _claims.decode(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (IndexError, binascii.Error, msgspec.DecodeError):
        return AccessToken(value, expires_at)
    return AccessToken(
        value,
        expires_at,
        roles=frozenset(claims.roles),
        tenant_id=claims.tid,
        app_id=claims.appid or claims.azp,
    )


class TokenKeeper:
    """Fetches a token when there is none, the current one is about to end, or Graph refused it.

    However many ask at once, one request goes to the login host. It belongs to none of those who
    wait: one of them being cancelled does not fail the others.
    """

    def __init__(self, fetch: Callable[[], Awaitable[AccessToken]], clock: Clock) -> None:
        self._fetch = fetch
        self._clock = clock
        self._current: AccessToken | None = None
        self._fetching: asyncio.Task[AccessToken] | None = None

    async def token(self, *, refused: AccessToken | None = None) -> AccessToken:
        current = self._current
        if current is not None and current is not refused and self._is_fresh(current):
            return current
        if self._fetching is None:
            self._fetching = asyncio.create_task(self._renew())
            self._fetching.add_done_callback(self._forget)
        return await asyncio.shield(self._fetching)

    async def aclose(self) -> None:
        self._current = None
        if (fetching := self._fetching) is not None:
            fetching.cancel()
            await asyncio.gather(fetching, return_exceptions=True)

    async def _renew(self) -> AccessToken:
        self._current = await self._fetch()
        return self._current

    def _forget(self, done: asyncio.Task[AccessToken]) -> None:
        self._fetching = None
        if not done.cancelled():
            done.exception()

    def _is_fresh(self, token: AccessToken) -> bool:
        return token.expires_at - self._clock.wall() > RENEW_BEFORE
