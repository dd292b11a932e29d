"""Whose an app is: the one question that every slice asks before it lets an owner do something."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

OWNED: Final = """EXISTS (
    SELECT FROM owners w WHERE w.object_type = 'app' AND w.object_id = a.id
    AND (w.user_id = :viewer OR w.entitlement_id IN (
        SELECT g.entitlement_id FROM grants g
        JOIN account_owners o ON o.resource_id = g.principal_id AND o.valid_to = 'infinity'
        JOIN people p ON p.id = o.person_id
        WHERE p.public_id = :viewer AND g.valid_to = 'infinity')))"""
"""A condition on the app `a`: the user `:viewer` owns it by name, or by holding, with any of
their accounts, an entitlement whose holders own it."""

_OWNS: Final = f"""
SELECT 1 FROM apps a WHERE a.public_id = :app AND a.deleted_at IS NULL AND {OWNED}
"""  # noqa: S608


def owns(connection: sa.Connection, user_id: str, app_id: str) -> bool:
    """Both by public id."""
    values = {"app": app_id, "viewer": user_id}
    return connection.scalar(sa.text(_OWNS), values) is not None


_HAS_ACCOUNT: Final = """
SELECT EXISTS (
    SELECT FROM apps a
    JOIN connector_feeds f ON f.app_id = a.id
    JOIN resources r ON r.feed_id = f.id
    JOIN account_owners o ON o.resource_id = r.id AND o.valid_to = 'infinity'
    JOIN people p ON p.id = o.person_id
    WHERE a.public_id = :app AND a.deleted_at IS NULL AND p.public_id = :user)
"""


def has_account(connection: sa.Connection, user_id: str, app_id: str) -> bool:
    """Whether one of the app's accounts is this person's. Both by public id."""
    return bool(connection.scalar(sa.text(_HAS_ACCOUNT), {"app": app_id, "user": user_id}))
