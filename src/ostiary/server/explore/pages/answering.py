"""How each question is counted, and how its answer is listed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from starlette.responses import Response

from ostiary.server.access.store import listed_accounts
from ostiary.server.access.store.listed_accounts import ListedAccount, ListFilter
from ostiary.server.catalog.store import app_search, app_table, listed_entitlements
from ostiary.server.directory.store import directories, listed_orphans
from ostiary.server.explore import questions, rules
from ostiary.server.explore.questions import Question
from ostiary.server.explore.store import accounts, catalog, nesting, privilege, secrets
from ostiary.server.explore.store.bounds import MOST
from ostiary.server.explore.views import accounts as account_views
from ostiary.server.explore.views import catalog as catalog_views
from ostiary.server.explore.views import nesting as nesting_views
from ostiary.server.explore.views import privilege as privilege_views
from ostiary.server.explore.views import secrets as secret_views
from ostiary.server.explore.views.nesting import Nested
from ostiary.server.kernel.database import Connection
from ostiary.server.web.components.tables import Found, List, Wanted
from ostiary.server.web.lists import list_page
from ostiary.server.web.navigation import Crumb
from ostiary.server.web.shell import Shell

EXPLORE: Final = Crumb("Explore", "/explore")
TEMPLATE: Final = "explore/answer.html"
MOST_GROUPS: Final = 1000
"""The deepest ones: nobody asks for the others here."""


@dataclass(frozen=True)
class Moments:
    """`at`: the instant that is asked about, None for now."""

    at: datetime | None
    now: datetime

    @property
    def then(self) -> datetime:
        return self.at or self.now


Count = Callable[[Connection, Moments], int]
Show = Callable[[Shell, Question], Response]


def _orphans(connection: Connection, moments: Moments) -> int:
    return listed_orphans.count(connection, listed_orphans.ListFilter(), at=moments.at)


def _accounts(which: accounts.Which) -> Count:
    return lambda connection, moments: len(_account_keys(connection, which, moments.at))


def _account_keys(connection: Connection, which: accounts.Which, at: datetime | None) -> list[int]:
    trusted = directories.domains(connection) if which == "external" else []
    return accounts.keys(connection, which, at, trusted)


def _privilege(which: privilege.Which) -> Count:
    return lambda connection, moments: privilege.count(connection, which, moments.at)


def _ownerless(connection: Connection, moments: Moments) -> int:
    return catalog.count_ownerless(connection, moments.at)


def _nested(connection: Connection, moments: Moments) -> int:
    return nesting.count(connection, moments.at)


def _unused(connection: Connection, moments: Moments) -> int:
    return len(catalog.unused(connection, moments.at, moments.now, rules.QUIET))


def _secrets(connection: Connection, moments: Moments) -> int:
    then = moments.then
    return secrets.count(connection, moments.at, then, then + rules.NEAR)


COUNTS: Final[Mapping[str, Count]] = {
    questions.ORPHANS.key: _orphans,
    questions.EXTERNAL.key: _accounts("external"),
    questions.DISABLED.key: _accounts("disabled"),
    questions.STANDING.key: _privilege("standing"),
    questions.ELIGIBLE.key: _privilege("eligible"),
    questions.OWNERLESS.key: _ownerless,
    questions.NESTED.key: _nested,
    questions.UNUSED.key: _unused,
    questions.SECRETS.key: _secrets,
}


def show_accounts(shell: Shell, question: Question) -> Response:
    which: accounts.Which = "disabled" if question is questions.DISABLED else "external"
    with shell.kernel.read() as connection:
        apps = listed_orphans.apps(connection)
    listing = account_views.found(question, apps, of_any_state=which == "external")

    def read(connection: Connection, wanted: Wanted) -> Found[ListedAccount]:
        keys = _account_keys(connection, which, shell.as_of)
        everything = ListFilter(keys=keys[:MOST])
        owned = wanted.filters["owned"]
        asked = replace(
            everything,
            query=wanted.query,
            app_ids=wanted.filters["app"],
            statuses=wanted.filters.get("status", ()),
            types=wanted.filters["type"],
            owned=owned[0] == "yes" if len(owned) == 1 else None,
        )
        rows = listed_accounts.read(connection, asked, **_order(shell, wanted))
        total = len(everything.keys or ())
        matching = (
            total
            if asked == everything
            else listed_accounts.count(connection, asked, at=shell.as_of)
        )
        return Found(rows, matching, total, len(keys) > MOST)

    return _page(shell, question, listing, read)


def show_privilege(shell: Shell, question: Question) -> Response:
    standing = question is questions.STANDING
    listing = privilege_views.standing() if standing else privilege_views.eligible()

    def read(connection: Connection, wanted: Wanted) -> Found[privilege.Holding]:
        which: privilege.Which = "standing" if standing else "eligible"
        rows = privilege.read(connection, which, shell.as_of)
        return privilege_views.ARRANGING.page(rows, wanted)

    return _page(shell, question, listing, read)


def show_ownerless(shell: Shell, question: Question) -> Response:
    def read(
        connection: Connection, wanted: Wanted
    ) -> Found[listed_entitlements.ListedEntitlement]:
        asked = listed_entitlements.matching(catalog.ownerless(shell.as_of), wanted.query, ())
        options = _order(shell, wanted)
        del options["at"]
        rows = listed_entitlements.read(connection, asked, **options)
        total = catalog.count_ownerless(connection, shell.as_of)
        matching = listed_entitlements.count(connection, asked) if wanted.query else total
        return Found(rows, matching, total)

    return _page(shell, question, catalog_views.ownerless(), read)


def show_nested(shell: Shell, question: Question) -> Response:
    at = shell.as_of

    def read(connection: Connection, wanted: Wanted) -> Found[Nested]:
        inside = nesting.inside(connection, at)
        depths = rules.depths(inside)
        deepest = depths.deepest(MOST_GROUPS)
        named = nesting.named(connection, deepest, at)
        rows = [
            Nested(named[key], len(inside[key]), depths.levels[key])
            for key in deepest
            if key in named
        ]
        found = nesting_views.ARRANGING.page(rows, wanted)
        chains = {
            row.group.key: nesting_views.shown_of(depths.chain(row.group.key)) for row in found.rows
        }
        inner = sorted({key for chain in chains.values() for key in chain})
        known = {**named, **nesting.named(connection, inner, at)}
        below = [
            replace(row, below=[known.get(key) for key in chains[row.group.key]])
            for row in found.rows
        ]
        capped = len(depths.levels) > MOST_GROUPS
        return Found(below, found.matching, found.total, capped)

    return _page(shell, question, nesting_views.NESTED, read)


def show_unused(shell: Shell, question: Question) -> Response:
    with shell.kernel.read() as connection:
        found = catalog.unused(connection, shell.as_of, shell.now, rules.QUIET)
        why = catalog.public_ids(connection, found)

    def read(connection: Connection, wanted: Wanted) -> Found[app_table.ListedApp]:
        chosen = wanted.filters["why"]
        ids = [app for app, reason in why.items() if not chosen or reason in chosen]
        everything = app_table.known(shell.as_of).where("a.public_id = ANY(:ids)", ids=ids)
        asked = everything.containing(wanted.query, app_search.NAME, "a.description")
        standing = wanted.filters["standing"]
        if len(standing) == 1:
            asked.where("a.managed = :managed", managed=standing[0] == "managed")
        options = _order(shell, wanted)
        del options["at"]
        rows = app_table.read(connection, asked, **options)
        return Found(rows, app_table.count(connection, asked), len(why), len(found) > MOST)

    return _page(shell, question, catalog_views.unused(why), read)


def show_secrets(shell: Shell, question: Question) -> Response:
    then = shell.as_of or shell.now

    def read(connection: Connection, wanted: Wanted) -> Found[secrets.Ending]:
        far = bool(wanted.filters["ends"])
        rows = secrets.read(connection, shell.as_of, then + (rules.FAR if far else rules.NEAR))
        kept = rows if far else [row for row in rows if row.ends_at > then]
        return secret_views.arranging(then).page(kept, wanted)

    return _page(shell, question, secret_views.secrets(then), read)


SHOWS: Final[Mapping[str, Show]] = {
    questions.EXTERNAL.key: show_accounts,
    questions.DISABLED.key: show_accounts,
    questions.STANDING.key: show_privilege,
    questions.ELIGIBLE.key: show_privilege,
    questions.OWNERLESS.key: show_ownerless,
    questions.NESTED.key: show_nested,
    questions.UNUSED.key: show_unused,
    questions.SECRETS.key: show_secrets,
}


def _order(shell: Shell, wanted: Wanted) -> dict[str, Any]:
    return {
        "at": shell.as_of,
        "order": wanted.sort,
        "descending": wanted.descending,
        "offset": wanted.offset,
        "size": wanted.size,
    }


def _page(shell: Shell, question: Question, listing: List[Any], read: Any) -> Response:
    return list_page(
        shell, TEMPLATE, question.title, listing, read, crumbs=[EXPLORE], question=question
    )
