"""Apps whose connectors report accounts, in rows as ingest leaves them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from ostiary.server.directory import actions
from ostiary.server.directory.actions import Refreshed
from ostiary.server.directory.rules.assembly import Directory
from ostiary.server.directory.rules.attributes import mappings_of
from ostiary.server.directory.rules.subjects import Person
from ostiary.server.directory.store import people
from ostiary.server.directory.store.reading import AccountFilter, Found, accounts
from ostiary.server.kernel.actor import SYSTEM, Actor
from ostiary.server.kernel.auth import users
from ostiary.server.kernel.clock import FixedClock
from ostiary.server.kernel.work import Kernel, UnitOfWork

ADA = Actor("user", "1srOrx2ZWZBpBUvZwXKQmoEYga2", "Ada")


@dataclass(frozen=True)
class Said:
    """An account as a connector reports it."""

    emails: Sequence[str] = ()
    login: str = ""
    name: str = ""
    status: str = "enabled"
    profile: Mapping[str, Any] = field(default_factory=dict)
    trait: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class App:
    id: int
    public_id: str
    feed: int
    type: int


class World:
    def __init__(self, kernel: Kernel, clock: FixedClock) -> None:
        self.kernel = kernel
        self.clock = clock

    def app(self, name: str) -> App:
        with self.kernel.work(SYSTEM) as unit:
            public_id = unit.new_id()
            app = _insert(
                unit,
                "apps",
                public_id=public_id,
                display_name=name,
                managed=True,
                created_at=unit.now,
            )
            feed = _insert(unit, "connector_feeds", connector_id=unit.new_id(), app_id=app)
            kind = _insert(
                unit,
                "resource_types",
                public_id=unit.new_id(),
                feed_id=feed,
                external_id="user",
                created_at=unit.now,
            )
            _insert(
                unit,
                "resource_type_versions",
                resource_type_id=kind,
                valid_from=unit.now,
                digest=_DIGEST,
                traits=["user"],
            )
        return App(app, public_id, feed, kind)

    def directory(self, name: str, condition: str = "", **settings: Any) -> App:
        """An app that is one before it reported anything."""
        app = self.app(name)
        self.report(app, {"first": Said(trait={"accountType": "service"})})
        self.configure(app, condition, **settings)
        return app

    def configure(
        self,
        app: App,
        condition: str = "",
        merge_cases: Sequence[Any] = (),
        mappings: dict[str, Any] | None = None,
    ) -> None:
        stored = mappings or {}
        wanted = Directory(app.public_id, condition, tuple(merge_cases), mappings_of(stored))
        with self.kernel.work(ADA) as unit:
            actions.save_directory(unit, app.public_id, wanted, stored)

    def report(self, app: App, said: Mapping[str, Said]) -> None:
        """These are all the accounts of the app from a minute later on."""
        self.clock.advance(timedelta(minutes=1))
        with self.kernel.work(SYSTEM) as unit:
            at = {"now": unit.now, "type": app.type}
            unit.connection.execute(_CLOSE_ALL, at)
            for external_id, account in said.items():
                resource = self._resource(unit, app, external_id)
                values = {
                    "display_name": account.name,
                    "status": account.status,
                    "login": account.login,
                    "emails": list(account.emails),
                    "profile": json.dumps(dict(account.profile)),
                    "traits": json.dumps({"UserTrait": dict(account.trait)}),
                }
                _insert(
                    unit,
                    "resource_versions",
                    resource_id=resource,
                    valid_from=unit.now,
                    digest=_DIGEST,
                    **values,
                )

    def sync(self, app: App, said: Mapping[str, Said]) -> Refreshed:
        self.report(app, said)
        return self.refresh(app)

    def refresh(self, app: App) -> Refreshed:
        with self.kernel.work(SYSTEM) as unit:
            return actions.refresh(unit, app.id)

    def refresh_everything(self) -> Refreshed:
        self.clock.advance(timedelta(minutes=1))
        with self.kernel.work(SYSTEM) as unit:
            return actions.refresh_everything(unit)

    def sign_up(self, email: str) -> str:
        with self.kernel.work(SYSTEM) as unit:
            return users.create_person(unit, email, email.split("@")[0], "local").public_id

    def people(self, *, gone: bool = False) -> dict[str, Person]:
        """By display name; those who are deleted only if asked for."""
        with self.kernel.read() as connection:
            found = list(people.current(connection))
        return {each.display_name: each for each in found if gone or each.status != "deleted"}

    def account(self, app: App, name: str) -> Found:
        with self.kernel.read() as connection:
            found = accounts(connection, AccountFilter(app_ids=[app.public_id]), None, 1000)
        return next(each for each in found if each.display_name == name)

    def owner(self, app: App, name: str) -> str | None:
        """The owner's name."""
        owner = self.account(app, name).owner_id
        named = {each.id: each.display_name for each in self.people(gone=True).values()}
        return named[owner] if owner else None

    def set_owner(self, app: App, name: str, owner: str | None) -> None:
        account = self.account(app, name)
        person = self.people(gone=True)[owner].id if owner else None
        self.clock.advance(timedelta(minutes=1))
        with self.kernel.work(ADA) as unit:
            actions.set_owner(unit, account, person)

    def reset_owner(self, app: App, name: str) -> None:
        account = self.account(app, name)
        self.clock.advance(timedelta(minutes=1))
        with self.kernel.work(ADA) as unit:
            actions.reset_owner(unit, account)

    def rows(self, table: str) -> list[str]:
        """Everything in it, for comparison."""
        with self.kernel.read() as connection:
            found = connection.exec_driver_sql(f"SELECT each::text FROM {table} each ORDER BY 1")
            return list(found.scalars())

    def everything(self) -> dict[str, list[str]]:
        tables = ("people", "person_versions", "account_owners", "platform_users", "audit_entries")
        return {table: self.rows(table) for table in tables}

    def _resource(self, unit: UnitOfWork, app: App, external_id: str) -> int:
        found = unit.connection.scalar(
            sa.text(
                "SELECT id FROM resources WHERE resource_type_id = :type AND external_id = :id"
            ),
            {"type": app.type, "id": external_id},
        )
        return found or _insert(
            unit,
            "resources",
            public_id=unit.new_id(),
            feed_id=app.feed,
            resource_type_id=app.type,
            external_id=external_id,
            created_at=unit.now,
        )


_DIGEST = "00000000-0000-0000-0000-000000000000"
_CLOSE_ALL = sa.text(
    "UPDATE resource_versions v SET valid_to = :now FROM resources r "
    "WHERE r.id = v.resource_id AND r.resource_type_id = :type AND v.valid_to = 'infinity'"
)


def _insert(unit: UnitOfWork, table: str, **values: Any) -> int:
    names = ", ".join(values)
    marks = ", ".join(f":{name}" for name in values)
    statement = sa.text(f"INSERT INTO {table} ({names}) VALUES ({marks}) RETURNING id")
    return int(unit.connection.execute(statement, values).scalar_one())
