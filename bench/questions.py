"""How long the server's questions about access take, now and in the past."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Sequence
from datetime import datetime

import sqlalchemy as sa

from bench.measures import Report
from ostiary.server.access import store
from ostiary.server.catalog.store import things
from ostiary.server.kernel.work import Kernel

TIMES = 200
NOW_MS = 100.0
THEN_MS = 2 * NOW_MS

Question = Callable[[sa.Connection, datetime | None], object]


def ask(report: Report, kernel: Kernel, then: datetime) -> None:
    """The 95th percentile of each question over many subjects, the hardest one among them."""
    with kernel.read() as connection:
        for name, questions in _questions(connection).items():
            for when, at, limit in (("now", None, NOW_MS), ("then", then, THEN_MS)):
                report.add(f"{name}, {when}: p95", _p95(connection, questions, at), "ms", limit)


def _p95(connection: sa.Connection, questions: Sequence[Question], at: datetime | None) -> float:
    taken = []
    for question in questions:
        began = time.perf_counter()
        question(connection, at)
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.quantiles(taken, n=20)[-1]


def _questions(connection: sa.Connection) -> dict[str, list[Question]]:
    chance = random.Random(7)
    users = chance.sample(_ids(connection, "resources", "user"), TIMES)
    groups = _ids(connection, "entitlements", "group:")
    some_groups = [groups[0], *chance.sample(groups, TIMES - 1)]
    pairs = connection.execute(sa.text(_HELD)).all()
    (app,) = connection.scalars(sa.text("SELECT public_id FROM apps WHERE parent_id IS NULL"))
    names = [f"user {chance.randrange(100_000)}" for _ in range(TIMES // 4)]
    places = [chance.randrange(100_000) for _ in range(TIMES // 4)]
    return {
        "resources of an app": [_resources(app, place) for place in places],
        "entitlements of an app": [_entitlements(app, place) for place in places],
        "search resources by name": [_search(app, name) for name in names],
        "what a person has": [_what_has(user) for user in users],
        "who has something": [_who_has(group) for group in some_groups],
        "how many have something": [_how_many(group) for group in some_groups],
        "explain": [_explain(pair[0], pair[1]) for pair in pairs],
    }


_HELD = f"""
SELECT e.public_id, r.public_id FROM grants g
JOIN entitlements e ON e.id = g.entitlement_id AND e.external_id LIKE 'application:%'
JOIN resources r ON r.id = g.principal_id
WHERE g.valid_to = 'infinity' ORDER BY md5(g.id::text) LIMIT {TIMES}
"""


def _ids(connection: sa.Connection, table: str, kind: str) -> list[str]:
    if table == "entitlements":
        query = "SELECT public_id FROM entitlements WHERE external_id LIKE :kind || '%' ORDER BY id"
    else:
        query = (
            "SELECT r.public_id FROM resources r JOIN resource_types t "
            "ON t.id = r.resource_type_id WHERE t.external_id = :kind ORDER BY r.id"
        )
    return list(connection.scalars(sa.text(query), {"kind": kind}))


def _resources(app: str, place: int) -> Question:
    return lambda connection, at: things.page_resources(connection, app, after=place, at=at)


def _entitlements(app: str, place: int) -> Question:
    return lambda connection, at: things.page_entitlements(connection, app, after=place, at=at)


def _search(app: str, name: str) -> Question:
    return lambda connection, at: things.page_resources(connection, app, query=name, at=at)


def _what_has(user: str) -> Question:
    return lambda connection, at: store.what_has(connection, [user], at=at)


def _who_has(entitlement: str) -> Question:
    return lambda connection, at: store.who_has(connection, entitlement, at=at)


def _how_many(entitlement: str) -> Question:
    return lambda connection, at: store.count_holders(connection, entitlement, at=at)


def _explain(entitlement: str, user: str) -> Question:
    return lambda connection, at: store.explain(connection, entitlement, user, at=at)
