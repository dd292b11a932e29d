"""How many people there are."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

_PEOPLE: Final = """
SELECT count(*) FROM person_versions WHERE valid_to = 'infinity' AND status <> 'deleted'
"""


def people(connection: sa.Connection) -> int:
    return int(connection.execute(sa.text(_PEOPLE)).scalar_one())
