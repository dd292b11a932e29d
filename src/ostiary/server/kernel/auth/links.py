"""One-time links: to become the first Super Administrator, and to set a password."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from ostiary.server.kernel.actor import SYSTEM
from ostiary.server.kernel.auth import user_store
from ostiary.server.kernel.auth.digests import digest, new_token
from ostiary.server.kernel.auth.model import one_time_links as links
from ostiary.server.kernel.auth.user_store import User
from ostiary.server.kernel.authz.roles import SUPER_ADMINISTRATOR
from ostiary.server.kernel.settings import Settings
from ostiary.server.kernel.work import Kernel, UnitOfWork

BOOTSTRAP_LIFE = timedelta(hours=24)
PASSWORD_LIFE = timedelta(hours=48)
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
BOOTSTRAP_PATH = "/auth/start"
PASSWORD_PATH = "/auth/password"  # noqa: S105


def web_url(settings: Settings) -> str:
    """Where browsers find us. Without TLS if only this machine knows us by name: no browser trusts
    the certificate that we made for ourselves."""
    if settings.external_host in LOOPBACK:
        return f"http://{settings.http_host}:{settings.http_port}"
    return settings.external_url


def bootstrap_link(kernel: Kernel) -> str | None:
    """For `ostiary serve` to print: whoever opens it first becomes Super Administrator.

    None once somebody is. The secret is in the fragment, which reaches no server's log.
    """
    with kernel.work(SYSTEM) as unit:
        user_store.lock_roles(unit)
        if user_store.somebody_has_role(unit.connection, SUPER_ADMINISTRATOR.id):
            return None
        token = _add(unit, "bootstrap", None, BOOTSTRAP_LIFE)
        unit.audit("auth.bootstrap_link.create", "link", "bootstrap")
    return f"{web_url(kernel.settings)}{BOOTSTRAP_PATH}#{token}"


def password_link(unit: UnitOfWork, user: User, settings: Settings) -> tuple[str, datetime]:
    """Replaces earlier ones for the same person. Also returns when it expires."""
    unit.connection.execute(links.delete().where(links.c.user_id == user.id))
    token = _add(unit, "password", user.id, PASSWORD_LIFE)
    unit.audit("auth.password_link.create", "user", user.public_id)
    return f"{web_url(settings)}{PASSWORD_PATH}#{token}", unit.now + PASSWORD_LIFE


def is_live_bootstrap(connection: sa.Connection, token: str, now: datetime) -> bool:
    return connection.execute(_live("bootstrap", token, now)).one_or_none() is not None


def use_bootstrap(unit: UnitOfWork, token: str) -> bool:
    """True for one caller ever; all such links end with it."""
    user_store.lock_roles(unit)
    if user_store.somebody_has_role(unit.connection, SUPER_ADMINISTRATOR.id):
        return False
    if not is_live_bootstrap(unit.connection, token, unit.now):
        return False
    unit.connection.execute(links.delete().where(links.c.purpose == "bootstrap"))
    return True


def find_password_link(connection: sa.Connection, token: str, now: datetime) -> User | None:
    """Whose password it sets."""
    row = connection.execute(_live("password", token, now)).one_or_none()
    user = user_store.find(connection, row.user_id) if row else None
    return user if user and user.status == "enabled" else None


def use_password_link(unit: UnitOfWork, token: str) -> bool:
    """False when it is used up, expired or never was."""
    result = unit.connection.execute(
        links.delete().where(
            links.c.digest == digest(token),
            links.c.purpose == "password",
            links.c.expires_at > unit.now,
        )
    )
    return result.rowcount == 1


def _live(purpose: str, token: str, now: datetime) -> sa.Select[int | None]:
    return sa.select(links.c.user_id).where(
        links.c.purpose == purpose, links.c.digest == digest(token), links.c.expires_at > now
    )


def _add(unit: UnitOfWork, purpose: str, user_id: int | None, life: timedelta) -> str:
    token = new_token()
    unit.connection.execute(
        links.insert().values(
            digest=digest(token),
            purpose=purpose,
            user_id=user_id,
            expires_at=unit.now + life,
        )
    )
    return token
