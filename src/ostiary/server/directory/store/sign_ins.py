"""People of directories as those who sign in: one public id for both.

Whoever directories say is there can sign in by the address they say, as a Basic User, and cannot
any more once directories say that they are disabled or gone. So it is with who signs in by an
identity provider. Local accounts are left alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
import structlog

from ostiary.server.kernel.auth.sessions import close_all_of
from ostiary.server.kernel.auth.user_store import somebody_has_role
from ostiary.server.kernel.authz.roles import BASIC_USER, SUPER_ADMINISTRATOR
from ostiary.server.kernel.work import UnitOfWork

log = structlog.get_logger("ostiary.server.directory")

_ADOPT: Final = """
UPDATE people p SET user_id = u.id FROM platform_users u
WHERE p.user_id IS NULL AND u.public_id = p.public_id
"""

_PROVISION: Final = """
WITH added AS (
    INSERT INTO platform_users
        (public_id, kind, email, display_name, status, origin, created_at, updated_at)
    SELECT p.public_id, 'human', v.email, coalesce(nullif(v.display_name, ''), v.email),
        'enabled', 'directory', :now, :now
    FROM people p JOIN person_versions v ON v.person_id = p.id AND v.valid_to = 'infinity'
    WHERE p.user_id IS NULL AND v.status IN ('enabled', 'unknown')
        AND v.email ~ '^[^@[:space:]]+@[^@[:space:]]+$'
    ORDER BY p.id
    ON CONFLICT DO NOTHING
    RETURNING id, public_id
), linked AS (
    UPDATE people p SET user_id = added.id FROM added WHERE p.public_id = added.public_id
)
INSERT INTO user_roles (user_id, role_id, assigned_at) SELECT id, :role, :now FROM added
"""

_FOLLOW: Final = """
WITH wanted AS (
    SELECT u.id, u.email AS old_email, u.display_name AS old_name, c.email,
        coalesce(nullif(c.display_name, ''), c.email) AS display_name
    FROM person_changes c JOIN people p ON p.id = c.person_id
    JOIN platform_users u ON u.id = p.user_id
    WHERE u.origin = 'directory' AND c.email LIKE '%@%'
        AND NOT EXISTS (
            SELECT FROM platform_users o
            WHERE o.id <> u.id AND lower(o.email) = lower(c.email) AND o.status <> 'deleted')
        AND NOT EXISTS (
            SELECT FROM person_changes d
            WHERE d.person_id < c.person_id AND lower(d.email) = lower(c.email))
)
UPDATE platform_users u
SET email = w.email, display_name = w.display_name, updated_at = :now
FROM wanted w
WHERE u.id = w.id AND (u.email, u.display_name) IS DISTINCT FROM (w.email, w.display_name)
RETURNING u.public_id, w.old_email, w.old_name, u.email, u.display_name
"""

_OUT: Final = """(c.status IN ('disabled', 'deleted')
    OR u.origin = 'oidc' AND c.sources -> 'directory_status' IS NULL
        AND c.old_status IN ('enabled', 'disabled'))"""
"""Whoever signed in by a provider before a directory knew them is never deleted here: they are gone
once no directory has an account of theirs any more."""

_SET_STATUS: Final = f"""
UPDATE platform_users u SET status = :status, updated_at = :now
FROM person_changes c JOIN people p ON p.id = c.person_id
WHERE u.id = p.user_id AND u.origin IN ('directory', 'oidc') AND u.status = :from
    AND {_OUT} = (:status = 'disabled')
    AND coalesce(c.old_status, '') <> c.status
RETURNING u.id, u.public_id, c.status AS person
"""  # noqa: S608

_KEEP: Final = """
UPDATE platform_users u SET status = 'enabled' FROM user_roles r
WHERE r.user_id = u.id AND r.role_id = :role AND u.id = ANY (:ids)
RETURNING u.id
"""


_RECOGNIZED: Final = """
SELECT DISTINCT u.public_id FROM directories d
JOIN apps a ON a.id = d.app_id AND a.deleted_at IS NULL
JOIN connector_feeds f ON f.app_id = d.app_id
JOIN resource_types t ON t.feed_id = f.id
JOIN resource_type_versions tv ON tv.resource_type_id = t.id
    AND tv.valid_to = 'infinity' AND 'user' = ANY (tv.traits)
JOIN resources r ON r.resource_type_id = t.id AND r.external_id = :subject
JOIN resource_versions v ON v.resource_id = r.id AND v.valid_to = 'infinity'
JOIN account_owners o ON o.resource_id = r.id AND o.valid_to = 'infinity' AND o.reason <> 'manual'
JOIN people p ON p.id = o.person_id
JOIN platform_users u ON u.id = p.user_id AND u.status <> 'deleted'
WHERE d.sign_in_issuer = :issuer
"""


def recognize(connection: sa.Connection, issuer: str, subject: str) -> str | None:
    """The sign-in (by public id) of the person whose account in the issuer's directory has this id.

    Accounts that were given to somebody by hand prove nothing: whoever owns an app may do that.
    """
    values = {"issuer": issuer, "subject": subject}
    found = connection.scalars(sa.text(_RECOGNIZED), values).all()
    return found[0] if len(found) == 1 else None


@dataclass(frozen=True)
class Switched:
    """A sign-in (by public id) that was let in or kept out because of what the `person` is now."""

    user: str
    enabled: bool
    person: str


@dataclass(frozen=True)
class Renamed:
    """A sign-in (by public id) that has another address or name than before."""

    user: str
    before: Mapping[str, str]
    after: Mapping[str, str]


@dataclass(frozen=True)
class Followed:
    switched: Sequence[Switched]
    renamed: Sequence[Renamed]


def follow(unit: UnitOfWork) -> Followed:
    """After `people.save`, whose `person_changes` it reads. Sessions of who is kept out end."""
    connection, at = unit.connection, {"now": unit.now}
    connection.execute(sa.text(_ADOPT))
    renamed = [_renamed(row) for row in connection.execute(sa.text(_FOLLOW), at)]
    disabled = _disable(unit)
    enabled = connection.execute(
        sa.text(_SET_STATUS), {**at, "status": "enabled", "from": "disabled"}
    )
    switched = [Switched(row.public_id, enabled=True, person=row.person) for row in enabled]
    connection.execute(sa.text(_PROVISION), {**at, "role": BASIC_USER.id})
    return Followed([*disabled, *switched], renamed)


def _disable(unit: UnitOfWork) -> list[Switched]:
    """Never the last Super Administrator: nobody could undo a directory's mistake."""
    connection, role = unit.connection, SUPER_ADMINISTRATOR.id
    guarded = somebody_has_role(connection, role)
    disabled = connection.execute(
        sa.text(_SET_STATUS), {"now": unit.now, "status": "disabled", "from": "enabled"}
    ).all()
    kept: set[int] = set()
    if guarded and not somebody_has_role(connection, role):
        log.warning("directory.last_administrator_kept")
        ids = [row.id for row in disabled]
        kept = set(connection.scalars(sa.text(_KEEP), {"role": role, "ids": ids}))
    out = [row for row in disabled if row.id not in kept]
    close_all_of(unit, [row.id for row in out])
    return [Switched(row.public_id, enabled=False, person=row.person) for row in out]


def _renamed(row: sa.Row[Any]) -> Renamed:
    return Renamed(
        row.public_id,
        {"email": row.old_email, "display_name": row.old_name},
        {"email": row.email, "display_name": row.display_name},
    )
