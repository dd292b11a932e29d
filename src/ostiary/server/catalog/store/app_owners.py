"""Who owns an app, by name or by holding something."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

_OWNERS: Final = """
SELECT w.user_id FROM owners w JOIN apps a ON a.id = w.object_id
WHERE w.object_type = 'app' AND a.public_id = :app AND w.user_id IS NOT NULL
UNION
SELECT p.public_id FROM owners w JOIN apps a ON a.id = w.object_id
JOIN grants g ON g.entitlement_id = w.entitlement_id AND g.valid_to = 'infinity'
JOIN account_owners o ON o.resource_id = g.principal_id AND o.valid_to = 'infinity'
JOIN people p ON p.id = o.person_id
WHERE w.object_type = 'app' AND a.public_id = :app
ORDER BY 1
"""


def ids_of_owners(connection: sa.Connection, app_id: str) -> list[str]:
    """Users, also those who own the app as holders of an entitlement that owns it."""
    return list(connection.scalars(sa.text(_OWNERS), {"app": app_id}))
