"""What settings do that no other place does."""

from __future__ import annotations

from ostiary.server.kernel.auth import sessions
from ostiary.server.kernel.auth.user_store import User
from ostiary.server.kernel.work import UnitOfWork


def end_sessions(unit: UnitOfWork, user: User, number: int) -> None:
    """In all browsers. API keys go on working."""
    sessions.close_all(unit, user)
    unit.audit(
        "auth.user.end_sessions", "user", user.public_id, {"sessions": number}, {"sessions": 0}
    )
