"""Forgets what has expired."""

from __future__ import annotations

from ostiary.server.kernel.actor import SYSTEM
from ostiary.server.kernel.auth.model import (
    access_tokens,
    device_authorizations,
    one_time_links,
    sign_in_attempts,
    used_assertions,
    web_sessions,
)
from ostiary.server.kernel.auth.tokens import LIFE
from ostiary.server.kernel.jobs import Jobs
from ostiary.server.kernel.work import Kernel

jobs = Jobs()


@jobs.periodic("auth.forget_expired", "23 * * * *")
def forget_expired(kernel: Kernel) -> None:
    """A device's authorization outlives its code by the token that it was redeemed for."""
    with kernel.work(SYSTEM) as unit:
        for table in (access_tokens, used_assertions, web_sessions, one_time_links):
            unit.connection.execute(table.delete().where(table.c.expires_at <= unit.now))
        unit.connection.execute(
            sign_in_attempts.delete().where(sign_in_attempts.c.window_ends_at <= unit.now)
        )
        unit.connection.execute(
            device_authorizations.delete().where(
                device_authorizations.c.expires_at <= unit.now - LIFE
            )
        )
