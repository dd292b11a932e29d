"""Which apps are directories and how, how apps find owners, which domains are trusted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ostiary.server.directory.model import app_matchings, directories, trusted_domains
from ostiary.server.directory.rules.assembly import Directory
from ostiary.server.directory.rules.attributes import mappings_of
from ostiary.server.directory.rules.matching import Case, Mode
from ostiary.server.kernel.work import UnitOfWork


@dataclass(frozen=True)
class App:
    id: int
    public_id: str
    display_name: str


@dataclass(frozen=True)
class Stored:
    """A directory with what is known of it; `app` is internal."""

    app: int
    directory: Directory
    mappings: dict[str, Any]
    app_name: str
    remerge: bool
    created_at: datetime
    updated_at: datetime
    sign_in_issuer: str


_DIRECTORIES: Final = """
SELECT d.*, a.public_id, coalesce(a.edited_name, a.display_name) AS app_name
FROM directories d JOIN apps a ON a.id = d.app_id AND a.deleted_at IS NULL
ORDER BY d.position, d.app_id
"""

_APPS_WITH_ACCOUNTS: Final = """
SELECT DISTINCT a.public_id FROM connector_feeds f
JOIN apps a ON a.id = f.app_id AND a.deleted_at IS NULL
WHERE NOT EXISTS (SELECT FROM directories d WHERE d.app_id = a.id) ORDER BY 1
"""


def find_app(connection: sa.Connection, public_id: str) -> App | None:
    return _app(connection, "public_id = :key", public_id)


def app_by_number(connection: sa.Connection, number: int) -> App | None:
    return _app(connection, "id = :key", number)


def apps_named(connection: sa.Connection, name: str) -> list[str]:
    """Public ids of those with this whole name, in any case."""
    found = sa.text(
        "SELECT public_id FROM apps WHERE deleted_at IS NULL "
        "AND lower(coalesce(edited_name, display_name)) = lower(:name) ORDER BY 1"
    )
    return list(connection.scalars(found, {"name": name}))


def _app(connection: sa.Connection, condition: str, key: object) -> App | None:
    row = connection.execute(
        sa.text(
            "SELECT id, public_id, coalesce(edited_name, display_name) FROM apps "  # noqa: S608
            f"WHERE {condition} AND deleted_at IS NULL"
        ),
        {"key": key},
    ).one_or_none()
    return App(*row) if row else None


def has_been_synced(connection: sa.Connection, app: int) -> bool:
    """Whether any connector of the app ever delivered something."""
    found = sa.text(
        "SELECT EXISTS (SELECT FROM resources r JOIN connector_feeds f ON f.id = r.feed_id "
        "WHERE f.app_id = :app)"
    )
    return bool(connection.scalar(found, {"app": app}))


def every(connection: sa.Connection) -> list[Stored]:
    """In order of precedence."""
    return [_stored(row) for row in connection.execute(sa.text(_DIRECTORIES))]


def find(connection: sa.Connection, app_id: str) -> Stored | None:
    return next((each for each in every(connection) if each.directory.app_id == app_id), None)


def save(unit: UnitOfWork, app: int, directory: Directory, stored: dict[str, Any]) -> None:
    """A new one comes after all others. `stored`: the mappings as JSON."""
    values = {
        "condition": directory.condition,
        "merge_cases": [_case(case) for case in directory.merge_cases],
        "mappings": stored,
        "updated_at": unit.now,
    }
    last = sa.select(sa.func.coalesce(sa.func.max(directories.c.position), 0) + 1).scalar_subquery()
    unit.connection.execute(
        insert(directories)
        .values(app_id=app, position=last, created_at=unit.now, **values)
        .on_conflict_do_update(index_elements=["app_id"], set_=values)
    )


def set_sign_in_issuer(unit: UnitOfWork, app: int, issuer: str) -> None:
    unit.connection.execute(
        directories.update().where(directories.c.app_id == app).values(sign_in_issuer=issuer)
    )


def want_remerge(unit: UnitOfWork, *, wanted: bool) -> None:
    """Of all of them: they share the people."""
    unit.connection.execute(
        directories.update().where(directories.c.remerge != wanted).values(remerge=wanted)
    )


def remove(unit: UnitOfWork, app: int) -> None:
    unit.connection.execute(directories.delete().where(directories.c.app_id == app))


def apps_with_accounts(connection: sa.Connection) -> list[str]:
    """Public ids of those that are no directories."""
    return list(connection.scalars(sa.text(_APPS_WITH_ACCOUNTS)))


def matching(connection: sa.Connection, app_id: str) -> tuple[Mode, tuple[Case, ...]]:
    row = connection.execute(
        sa.text(
            "SELECT m.mode, m.cases FROM app_matchings m JOIN apps a ON a.id = m.app_id "
            "WHERE a.public_id = :app"
        ),
        {"app": app_id},
    ).one_or_none()
    return (row.mode, cases_of(row.cases)) if row else ("narrow", ())


def set_matching(unit: UnitOfWork, app: int, mode: Mode, cases: Sequence[Case]) -> None:
    values = {"mode": mode, "cases": [_case(case) for case in cases]}
    unit.connection.execute(
        insert(app_matchings)
        .values(app_id=app, **values)
        .on_conflict_do_update(index_elements=["app_id"], set_=values)
    )


def domains(connection: sa.Connection) -> list[str]:
    return list(
        connection.scalars(sa.select(trusted_domains.c.domain).order_by(trusted_domains.c.domain))
    )


def set_domains(unit: UnitOfWork, wanted: Sequence[str]) -> None:
    unit.connection.execute(trusted_domains.delete())
    if wanted:
        unit.connection.execute(trusted_domains.insert(), [{"domain": each} for each in wanted])


def cases_of(stored: Sequence[dict[str, str]]) -> tuple[Case, ...]:
    return tuple(Case(case["account_key"], case["user_key"]) for case in stored)


def _case(case: Case) -> dict[str, str]:
    return {"account_key": case.account_key, "user_key": case.user_key}


def _stored(row: sa.Row[Any]) -> Stored:
    directory = Directory(
        row.public_id, row.condition, cases_of(row.merge_cases), mappings_of(row.mappings)
    )
    return Stored(
        row.app_id,
        directory,
        row.mappings,
        row.app_name,
        row.remerge,
        row.created_at,
        row.updated_at,
        row.sign_in_issuer,
    )
