"""All SQL about mail."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ostiary.server.kernel.auth.model import platform_users, user_roles
from ostiary.server.kernel.authz.roles import SUPER_ADMINISTRATOR
from ostiary.server.notify.model import mail_switches, mails
from ostiary.server.notify.rules import MailState, SwitchName


@dataclass(frozen=True, slots=True)
class Mail:
    """`user_id`: the recipient's public id. `address`: as it was when the mail was last looked at.

    `next_attempt_at` is set while it is queued.
    """

    key: int
    id: str
    user_id: str
    address: str
    kind: str
    context: dict[str, Any]
    once: str | None
    state: MailState
    created_at: datetime
    attempts: int
    next_attempt_at: datetime | None
    sent_at: datetime | None
    last_error: str


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who can sign in and has an address."""

    user_id: str
    address: str


@dataclass(frozen=True, slots=True)
class Switch:
    name: SwitchName
    on: bool
    since: datetime


_RECIPIENTS = sa.select(platform_users.c.public_id, platform_users.c.email).where(
    platform_users.c.kind == "human",
    platform_users.c.status == "enabled",
    sa.func.coalesce(platform_users.c.email, "") != "",
)


def reachable(connection: sa.Connection, user_ids: Iterable[str]) -> list[Recipient]:
    """Each once, in the order given, without those whom no mail reaches."""
    wanted = list(dict.fromkeys(user_ids))
    rows = connection.execute(_RECIPIENTS.where(platform_users.c.public_id.in_(wanted)))
    found = {row.public_id: Recipient(row.public_id, row.email) for row in rows}
    return [found[user] for user in wanted if user in found]


def super_administrators(connection: sa.Connection) -> list[Recipient]:
    query = _RECIPIENTS.join(user_roles, user_roles.c.user_id == platform_users.c.id)
    query = query.where(user_roles.c.role_id == SUPER_ADMINISTRATOR.id)
    rows = connection.execute(query.order_by(platform_users.c.id))
    return [Recipient(row.public_id, row.email) for row in rows]


def add(connection: sa.Connection, **values: Any) -> bool:
    """False when the recipient has, or had, one with the same `once`."""
    added = connection.execute(
        insert(mails).values(**values).on_conflict_do_nothing().returning(mails.c.id)
    )
    return added.first() is not None


def lock_due(connection: sa.Connection, mail_id: str, now: datetime) -> Mail | None:
    """None when it is not to be sent now, or somebody else is sending it."""
    query = (
        sa.select(mails)
        .where(mails.c.public_id == mail_id, mails.c.next_attempt_at <= now)
        .with_for_update(skip_locked=True)
    )
    row = connection.execute(query).one_or_none()
    return _mail(row) if row else None


def due(connection: sa.Connection, now: datetime, limit: int) -> list[str]:
    """Public ids, those that wait longest first."""
    query = sa.select(mails.c.public_id).where(mails.c.next_attempt_at <= now)
    return list(
        connection.scalars(query.order_by(mails.c.next_attempt_at, mails.c.id).limit(limit))
    )


def update(connection: sa.Connection, key: int, **values: Any) -> None:
    connection.execute(mails.update().where(mails.c.id == key).values(**values))


def page(
    connection: sa.Connection,
    state: MailState | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[Mail]:
    """Newest first, beginning below the key `before`."""
    query = sa.select(mails).order_by(mails.c.id.desc()).limit(limit)
    if state is not None:
        query = query.where(mails.c.state == state)
    if before is not None:
        query = query.where(mails.c.id < before)
    return [_mail(row) for row in connection.execute(query)]


def counts(connection: sa.Connection, states: Sequence[MailState]) -> dict[MailState, int]:
    query = sa.select(mails.c.state, sa.func.count()).where(mails.c.state.in_(states))
    found = {row[0]: row[1] for row in connection.execute(query.group_by(mails.c.state))}
    return {state: found.get(state, 0) for state in states}


def switches(connection: sa.Connection) -> list[Switch]:
    """Those that were ever touched."""
    rows = connection.execute(sa.select(mail_switches).order_by(mail_switches.c.name))
    return [Switch(SwitchName(row.name), row.on, row.since) for row in rows]


def set_switch(connection: sa.Connection, name: SwitchName, now: datetime, *, on: bool) -> bool:
    """False when it stood so already. One that was never touched stands on."""
    statement = insert(mail_switches).values(name=name, on=on, since=now)
    statement = statement.on_conflict_do_update(
        index_elements=["name"],
        set_={"on": on, "since": now},
        where=mail_switches.c.on.is_distinct_from(on),
    )
    if on:
        known = sa.exists().where(mail_switches.c.name == name)
        if not connection.scalar(sa.select(known)):
            return False
    return connection.execute(statement.returning(mail_switches.c.name)).first() is not None


def _mail(row: sa.Row[Any]) -> Mail:
    values = row._asdict()
    key, public_id = values.pop("id"), values.pop("public_id")
    return Mail(key=key, id=public_id, **{**values, "state": MailState(values["state"])})
