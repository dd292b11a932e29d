"""What several pages ask: grants of something with what stands beside them, and differences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from ostiary.server.access import store
from ostiary.server.access.facts import Grant
from ostiary.server.access.store import listed_grants, principals
from ostiary.server.access.store.listed_grants import GrantFilter, Order
from ostiary.server.access.views import grants
from ostiary.server.access.views.differences import Different
from ostiary.server.access.views.grants import Listed
from ostiary.server.kernel.authz.permissions import Permission
from ostiary.server.kernel.database import Connection
from ostiary.server.kernel.errors import invalid
from ostiary.server.web.as_of import instant_of
from ostiary.server.web.components.detail import Between
from ostiary.server.web.components.tables import Found, Wanted
from ostiary.server.web.lists import found_of
from ostiary.server.web.shell import Shell

MOST_DIFFERENCES: Final = 1000
DAYS: Final = 7
"""Between the two days, unless somebody asks for others."""


def sees_people(shell: Shell) -> bool:
    return shell.allows(Permission.USERS_VIEW)


def may_decide(shell: Shell) -> bool:
    """About accounts of an app whose pages the caller sees."""
    return shell.as_of is None and shell.allows(Permission.APPS_MANAGE)


@dataclass(frozen=True)
class Grants:
    """A list of grants: `asked` is what it is about, whatever is filtered."""

    asked: GrantFilter
    at: datetime | None
    linked: bool
    people_linked: bool

    def read(self, connection: Connection, wanted: Wanted) -> Found[Listed]:
        narrowed = replace(
            self.asked,
            query=wanted.query,
            ways=wanted.filters.get("way", ()),
            types=wanted.filters.get("type", ()),
            statuses=wanted.filters.get("status", ()),
            app_ids=wanted.filters.get("app", ()),
        )
        if self.asked.of_nothing:
            return Found([], 0, 0)

        def read(asked: GrantFilter, *, order: str, descending: bool, **place: int) -> list[Listed]:
            by = Order(order, descending)
            found = listed_grants.grants(connection, asked, by, at=self.at, **place)
            return self.described(connection, found)

        count = partial(listed_grants.count, connection, at=self.at)
        return found_of(wanted, narrowed, self.asked, read, count)

    def described(self, connection: Connection, found: Sequence[Grant]) -> list[Listed]:
        holders = principals.principals(
            connection, {grant.principal.id for grant in found}, self.at
        )
        apps = principals.apps(connection, {grant.entitlement.id for grant in found})
        return grants.listed(
            found, holders, apps, linked=self.linked, people_linked=self.people_linked
        )


@dataclass(frozen=True)
class Compared:
    """The differences between two instants of what `about` is asked for."""

    about: GrantFilter
    start: datetime
    end: datetime
    linked: bool
    app_ids: Sequence[str] | None = None
    """None: of all apps."""

    def rows(self, connection: Connection) -> tuple[list[Different], bool]:
        """With whether these are all."""
        if self.about.of_nothing:
            return [], True
        page = store.differences(
            connection,
            self.start,
            self.end,
            entitlement_id=self.about.entitlement_id or None,
            resource_id=self.about.resource_id or None,
            principal_ids=self.about.principal_ids,
            size=MOST_DIFFERENCES,
        )
        listed = Grants(self.about, self.end, self.linked, people_linked=False).described(
            connection, [each.grant for each in page.items]
        )
        told = [
            Different(difference, row)
            for difference, row in zip(page.items, listed, strict=True)
            if self.app_ids is None or row.app.id in self.app_ids
        ]
        return told, not page.next


def two_days(shell: Shell) -> tuple[datetime, datetime]:
    """From the address: `since`, a week earlier where it is missing, and what the page is about."""
    end = shell.as_of or shell.now
    given = shell.address.get("since")
    start = instant_of(given, shell.now) if given else end - timedelta(days=DAYS)
    start = start or shell.now
    if start > end:
        raise invalid("The first day comes after the second one. Exchange them.")
    return start, end


def between(shell: Shell, start: datetime | None) -> Between:
    latest = shell.now.date().isoformat()
    first = start.date().isoformat() if start else ""
    if shell.as_of is None:
        return Between(shell.address.path, first, latest, latest)
    then = shell.as_of.date().isoformat()
    until_now = str(shell.present.setting(since=then))
    return Between(shell.address.path, first, then, latest, until_now=until_now)


def note_of(complete: bool) -> str:
    if complete:
        return ""
    return f"These are the first {MOST_DIFFERENCES:,} differences. Choose days closer together."
