"""People of directories as those who sign in: one public id for both.

Whoever directories say is there can sign in by the address they say, as a Basic User, and cannot
any more once directories say that they are disabled or gone. Sign-ins that were not made by a
directory are left alone.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
import structlog

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
UPDATE platform_users u
SET email = c.email, display_name = coalesce(nullif(c.display_name, ''), c.email), updated_at = :now
FROM person_changes c JOIN people p ON p.id = c.person_id
WHERE u.id = p.user_id AND u.origin = 'directory' AND c.email LIKE '%@%'
    AND (u.email, u.display_name) IS DISTINCT FROM
        (c.email, coalesce(nullif(c.display_name, ''), c.email))
    AND NOT EXISTS (
        SELECT FROM platform_users o
        WHERE o.id <> u.id AND lower(o.email) = lower(c.email) AND o.status <> 'deleted')
    AND NOT EXISTS (
        SELECT FROM person_changes d
        WHERE d.person_id < c.person_id AND lower(d.email) = lower(c.email))
"""

_SET_STATUS: Final = """
UPDATE platform_users u SET status = :status, updated_at = :now
FROM person_changes c JOIN people p ON p.id = c.person_id
WHERE u.id = p.user_id AND u.origin = 'directory' AND u.status = :from
    AND (c.status IN ('disabled', 'deleted')) = (:status = 'disabled')
    AND coalesce(c.old_status, '') <> c.status
RETURNING u.id
"""

_KEEP: Final = """
UPDATE platform_users u SET status = 'enabled' FROM user_roles r
WHERE r.user_id = u.id AND r.role_id = :role AND u.id = ANY (:ids)
"""


def follow(unit: UnitOfWork) -> None:
    """After `people.save`, whose `person_changes` it reads."""
    connection, at = unit.connection, {"now": unit.now}
    connection.execute(sa.text(_ADOPT))
    connection.execute(sa.text(_FOLLOW), at)
    _disable(unit)
    connection.execute(sa.text(_SET_STATUS), {**at, "status": "enabled", "from": "disabled"})
    connection.execute(sa.text(_PROVISION), {**at, "role": BASIC_USER.id})


def _disable(unit: UnitOfWork) -> None:
    """Never the last Super Administrator: nobody could undo a directory's mistake."""
    connection, role = unit.connection, SUPER_ADMINISTRATOR.id
    guarded = somebody_has_role(connection, role)
    disabled = connection.scalars(
        sa.text(_SET_STATUS), {"now": unit.now, "status": "disabled", "from": "enabled"}
    ).all()
    if guarded and not somebody_has_role(connection, role):
        log.warning("directory.last_administrator_kept")
        connection.execute(sa.text(_KEEP), {"role": role, "ids": list(disabled)})
