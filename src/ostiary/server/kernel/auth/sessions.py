"""Sessions of browsers: an opaque cookie, kept as a digest."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

import sqlalchemy as sa

from ostiary.server.kernel.auth.caller import Caller, caller_in_browser
from ostiary.server.kernel.auth.digests import derived, digest, new_token
from ostiary.server.kernel.auth.model import web_sessions
from ostiary.server.kernel.auth.user_store import User, find
from ostiary.server.kernel.work import Kernel, UnitOfWork

IDLE = timedelta(hours=1)
LIFE = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)
"""How exactly idleness is measured: a page full of requests is one write."""


def open_session(
    unit: UnitOfWork, user: User, *, replacing: str, address: str, user_agent: str
) -> str:
    """Always a new cookie; the one the browser came with (`replacing`) is void from now on."""
    close_session(unit, replacing)
    cookie = new_token()
    unit.connection.execute(
        web_sessions.insert().values(
            digest=digest(cookie),
            user_id=user.id,
            address=address,
            user_agent=user_agent[:200],
            created_at=unit.now,
            seen_at=unit.now,
            expires_at=unit.now + LIFE,
        )
    )
    return cookie


def close_session(unit: UnitOfWork, cookie: str) -> bool:
    """Whether there was one."""
    result = unit.connection.execute(
        web_sessions.delete().where(web_sessions.c.digest == digest(cookie))
    )
    return result.rowcount == 1


def close_all(unit: UnitOfWork, user: User) -> None:
    close_all_of(unit, [user.id])


def close_all_of(unit: UnitOfWork, user_ids: Collection[int]) -> None:
    """Of many at once, by internal id."""
    unit.connection.execute(web_sessions.delete().where(web_sessions.c.user_id.in_(user_ids)))


def caller_in(kernel: Kernel, cookie: str) -> Caller | None:
    """None when unknown, idle for too long, too old, or its owner may not sign in any more."""
    now = kernel.clock.now()
    with kernel.read() as connection:
        row = connection.execute(
            sa.select(web_sessions).where(
                web_sessions.c.digest == digest(cookie),
                web_sessions.c.expires_at > now,
                web_sessions.c.seen_at > now - IDLE,
            )
        ).one_or_none()
        user = find(connection, row.user_id) if row else None
    if row is None or user is None or user.status != "enabled":
        return None
    caller = caller_in_browser(user, csrf_token(cookie))
    if now - row.seen_at >= SEEN_EVERY:
        _see(kernel, caller, row.id, now)
    return caller


def csrf_token(cookie: str) -> str:
    """Pages of ours can say it, other sites cannot: it follows from a cookie they cannot read."""
    return derived(cookie, "csrf")


def _see(kernel: Kernel, caller: Caller, session: int, now: datetime) -> None:
    with kernel.work(caller.actor) as unit:
        unit.connection.execute(
            web_sessions.update().where(web_sessions.c.id == session).values(seen_at=now)
        )
