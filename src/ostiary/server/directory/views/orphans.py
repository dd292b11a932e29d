"""Accounts that nobody answers for, and owners set by hand, as lists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ostiary.server.access.views import accounts, states
from ostiary.server.directory.store.listed_orphans import ListedOrphan
from ostiary.server.web.components.cells import (
    NONE,
    Cell,
    Chip,
    Link,
    Missing,
    Moment,
    text,
)
from ostiary.server.web.components.tables import Bulk, Column, Empty, Filter, List

DOMAINS: Final = (("external", "External"), ("trusted", "Trusted or unknown"))
_WHY: Final = {
    "none": Chip("No owner", "user-question", "person", "No rule of the app found anybody."),
    "cleared": Chip("Nobody, by hand", "user-question", "person", "Somebody took the owner away."),
    "disabled": Chip("Owner disabled", "user-off", "person"),
    "deleted": Chip("Owner gone", "user-off", "danger", "No source tells of them any more."),
    "owned": Chip("Owner enabled", "user-check"),
}
_REASONS: Final = tuple((key, chip.word) for key, chip in _WHY.items() if key != "owned")

SET_OWNER: Final = Bulk("Set owner", "/people/accounts/owner", "user-check")
SET_TYPE: Final = Bulk("Set type", "/people/accounts/type", "robot")
UNDO: Final = Bulk("Let rules decide", "/people/accounts/reset", "refresh")


def _name(each: ListedOrphan) -> Cell:
    name = each.display_name or each.login or each.external_id
    return Link(name, accounts.path(each.app_id, each.id))


def _owner(each: ListedOrphan) -> Cell:
    if not each.owner_id:
        return Missing(NONE)
    return Link(each.owner_name or each.owner_id, f"/people/{each.owner_id}")


def _domain(each: ListedOrphan) -> Cell:
    if each.external:
        return Chip("External", "world", "person", "Its address is outside the trusted domains.")
    return Missing(NONE)


_COLUMNS: Final = (
    Column[ListedOrphan]("name", "Account", _name),
    Column[ListedOrphan](
        "app", "App", lambda each: Link(each.app_name, f"/apps/{each.app_id}"), card=True
    ),
    Column[ListedOrphan]("login", "Signs in as", lambda each: text(each.login), shown=False),
    Column[ListedOrphan]("email", "E-mail", lambda each: text(each.email), shown=False),
    Column[ListedOrphan](
        "status", "Status", lambda each: states.status(each.status, each.status_details)
    ),
    Column[ListedOrphan]("type", "Type", lambda each: states.account_type(each.account_type)),
)
_DOMAIN_COLUMN: Final = Column[ListedOrphan]("domain", "Domain", _domain, sortable=False)
_WHY_COLUMN: Final = Column[ListedOrphan](
    "why", "Why", lambda each: _WHY[each.why], sortable=False, card=True
)
_OWNER_COLUMN: Final = Column[ListedOrphan]("owner", "Owner", _owner, card=True)
_TIMES: Final = (
    Column[ListedOrphan]("last", "Last sign-in", lambda each: Moment(each.last_login)),
    Column[ListedOrphan](
        "created", "First seen", lambda each: Moment(each.created_at), shown=False
    ),
)


def orphans(
    apps: Sequence[tuple[str, str]], *, trusting: bool, may_change: bool
) -> List[ListedOrphan]:
    """`apps`: ids and names. `trusting`: some domains are trusted, and all others external."""
    return List[ListedOrphan](
        name="orphans",
        noun="orphaned account",
        searchable="name, sign-in or e-mail",
        columns=(*_columns(trusting=trusting), _WHY_COLUMN, _OWNER_COLUMN, *_TIMES),
        key=lambda each: each.id,
        href=lambda each: accounts.path(each.app_id, each.id),
        filters=(Filter("why", "Why", _REASONS), *_filters(apps, trusting=trusting)),
        bulk=(SET_OWNER, SET_TYPE) if may_change else (),
        empty=Empty(
            "No orphaned account",
            "Every account belongs to somebody who is enabled. Accounts appear here when no rule "
            "finds their owner, or when the owner is disabled or gone.",
            icon="circle-check",
        ),
    )


def set_by_hand(
    apps: Sequence[tuple[str, str]], *, trusting: bool, may_change: bool
) -> List[ListedOrphan]:
    return List[ListedOrphan](
        name="owners-by-hand",
        noun="account",
        searchable="name, sign-in or e-mail",
        columns=(*_columns(trusting=trusting), _OWNER_COLUMN, _WHY_COLUMN, *_TIMES),
        key=lambda each: each.id,
        href=lambda each: accounts.path(each.app_id, each.id),
        filters=_filters(apps, trusting=trusting),
        bulk=(UNDO, SET_OWNER, SET_TYPE) if may_change else (),
        empty=Empty(
            "No owner is set by hand",
            "Rules find the owners of accounts. Where they find nobody, set one under Orphaned "
            "accounts.",
            "Orphaned accounts",
            "/people/orphans",
            icon="user-check",
        ),
    )


def _columns(*, trusting: bool) -> Sequence[Column[ListedOrphan]]:
    return (*_COLUMNS, _DOMAIN_COLUMN) if trusting else _COLUMNS


def _filters(apps: Sequence[tuple[str, str]], *, trusting: bool) -> Sequence[Filter]:
    return (
        Filter("app", "App", apps),
        Filter("type", "Type", states.TYPES),
        *([Filter("domain", "Domain", DOMAINS)] if trusting else ()),
        Filter("status", "Status", states.STATUSES),
    )
