"""Of whom and what the questions are, chosen by a seed."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

SEED: Final = 7
TIMES: Final = 200
"""How many of each kind."""
NAMES: Final = ("user 4711", "group 1042", "application 17", "user", "e", "members", "zzz", "1234")
"""Of one thing, of many, of everything and of nothing; some of them a client would search for."""

_APP: Final = "SELECT public_id FROM apps WHERE parent_id IS NULL"

_TYPES: Final = "SELECT external_id, public_id FROM resource_types"

_PEOPLE: Final = """
SELECT p.public_id AS person, r.public_id AS account FROM people p
JOIN account_owners o ON o.person_id = p.id AND o.valid_to = 'infinity'
JOIN resources r ON r.id = o.resource_id ORDER BY p.id
"""

_GROUPS: Final = """
SELECT public_id FROM entitlements WHERE external_id LIKE 'group:%' ORDER BY id
"""

_INHERITED: Final = """
SELECT e.public_id AS entitlement, r.public_id AS account, p.public_id AS person FROM grants g
JOIN entitlements e ON e.id = g.entitlement_id AND e.external_id LIKE 'application:%'
JOIN resources r ON r.id = g.principal_id
JOIN account_owners o ON o.resource_id = r.id AND o.valid_to = 'infinity'
JOIN people p ON p.id = o.person_id
WHERE g.valid_to = 'infinity' ORDER BY md5(g.id::text) LIMIT :times
"""


@dataclass(frozen=True)
class Held:
    """An account that holds an entitlement through a group, and whose account it is."""

    entitlement: str
    account: str
    person: str


@dataclass(frozen=True)
class Subjects:
    """Public ids. The group of everybody is among the groups. `types` are by name."""

    app: str
    types: dict[str, str]
    people: list[str]
    accounts: list[str]
    groups: list[str]
    inherited: list[Held]
    texts: list[str]


def choose(connection: sa.Connection, times: int = TIMES) -> Subjects:
    chance = random.Random(SEED)
    (app,) = connection.scalars(sa.text(_APP))
    types = {row.external_id: row.public_id for row in connection.execute(sa.text(_TYPES))}
    owned = chance.sample(connection.execute(sa.text(_PEOPLE)).all(), times)
    groups = list(connection.scalars(sa.text(_GROUPS)))
    inherited = connection.execute(sa.text(_INHERITED), {"times": times}).mappings()
    return Subjects(
        app,
        types,
        [row.person for row in owned],
        [row.account for row in owned],
        [groups[0], *chance.sample(groups, times - 1)],
        [Held(**row) for row in inherited],
        _texts(chance, times),
    )


def _texts(chance: random.Random, times: int) -> list[str]:
    """Half of them name somebody or something."""
    kinds = ("user", "group", "application")
    some = [f"{chance.choice(kinds)} {chance.randrange(100_000)}" for _ in range(times // 2)]
    return [*some, *(NAMES * times)[: times - len(some)]]
