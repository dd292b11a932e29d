"""How often somebody may fail: counted per account and per address, for all processes together."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ostiary.server.kernel.auth.model import sign_in_attempts as attempts
from ostiary.server.kernel.errors import AppError, too_many
from ostiary.server.kernel.work import UnitOfWork

WINDOW = timedelta(minutes=15)
PER_ACCOUNT = 10
PER_ADDRESS = 100


def account_key(name: str) -> str:
    """Also for accounts that do not exist, and without keeping what was typed."""
    return f"account:{hashlib.sha256(name.lower().encode()).hexdigest()}"


def address_key(address: str) -> str:
    return f"address:{address}"


def count(unit: UnitOfWork, limits: dict[str, int]) -> AppError | None:
    """Counts an attempt before it is made, as if it had failed; the refusal if there were too many.

    Counting first leaves nothing to win by trying many at once.
    """
    refusal = None
    for key in sorted(limits):
        failures, window_ends_at = _counted(unit, key)
        if failures > limits[key]:
            wait = int((window_ends_at - unit.now).total_seconds())
            refusal = too_many("Too many attempts. Try again later.", wait)
    return refusal


def forgive(unit: UnitOfWork, key: str) -> None:
    """It was the right person after all."""
    unit.connection.execute(attempts.delete().where(attempts.c.key == key))


def _counted(unit: UnitOfWork, key: str) -> tuple[int, datetime]:
    """Failures so far, this one included, and when the count starts anew."""
    over = attempts.c.window_ends_at <= unit.now
    ends = unit.now + WINDOW
    statement = (
        insert(attempts)
        .values(key=key, failures=1, window_ends_at=ends)
        .on_conflict_do_update(
            index_elements=["key"],
            set_={
                "failures": sa.case((over, 1), else_=attempts.c.failures + 1),
                "window_ends_at": sa.case((over, ends), else_=attempts.c.window_ends_at),
            },
        )
        .returning(attempts.c.failures, attempts.c.window_ends_at)
    )
    row = unit.connection.execute(statement).one()
    return row.failures, row.window_ends_at
