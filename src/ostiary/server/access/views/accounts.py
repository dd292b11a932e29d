"""Accounts as lists and facts."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from ostiary.server.access.store.listed_accounts import ListedAccount
from ostiary.server.access.views import states
from ostiary.server.web.components.cells import (
    NONE,
    Cell,
    Chip,
    Fact,
    Identifier,
    Link,
    Missing,
    Moment,
    Text,
    text,
)
from ostiary.server.web.components.tables import Bulk, Column, Empty, Filter, List
from ostiary.server.web.components.tabs import Tab

OWNED: Final = (("no", "Without owner"), ("yes", "With owner"))

_REASONS: Final = {
    "manual": "set by hand",
    "created": "the person comes from this account",
}

_DECIDING: Final = "/people/accounts"
"""Pages of the directory, whose people are set as owners."""
_DECISIONS: Final = (
    Bulk("Set owner", f"{_DECIDING}/owner", "user-check"),
    Bulk("Set type", f"{_DECIDING}/type", "robot"),
)


def path(app_id: str, account_id: str) -> str:
    return f"/apps/{app_id}/accounts/{account_id}"


def account_path(account: ListedAccount) -> str:
    return path(account.app_id, account.id)


def _name(account: ListedAccount) -> Link:
    return Link(account.display_name or account.login or account.external_id, account_path(account))


def owner(account: ListedAccount, *, linked: bool) -> Cell:
    if not account.owner_id:
        return Chip("No owner", "user-question", "person", "Nobody answers for this account.")
    name = account.owner_name or account.owner_id
    return Link(name, f"/people/{account.owner_id}") if linked else Text(name)


_STATUS = Column[ListedAccount](
    "status", "Status", lambda each: states.status(each.status, each.status_details), card=True
)
_TYPE = Column[ListedAccount]("type", "Type", lambda each: states.account_type(each.account_type))
_LOGIN = Column[ListedAccount]("login", "Signs in as", lambda each: text(each.login))
_EMAIL = Column[ListedAccount]("email", "E-mail", lambda each: text(each.email), shown=False)
_LAST = Column[ListedAccount](
    "last", "Last sign-in", lambda each: Moment(each.last_login), card=True
)
_CREATED = Column[ListedAccount](
    "created", "First seen", lambda each: Moment(each.created_at), shown=False
)
_EMPTY = Empty(
    "No account yet",
    "Accounts come with the first sync of a connector. Those of apps that a connector discovers "
    "are the accounts of the directory behind it.",
    icon="users",
)


def of_app(*, people_linked: bool, may_decide: bool = False) -> List[ListedAccount]:
    """`people_linked`: the caller may open the pages of people. `may_decide`: and set owners."""
    return List[ListedAccount](
        name="accounts",
        noun="account",
        searchable="name, sign-in or e-mail",
        columns=(
            Column("name", "Account", _name),
            _LOGIN,
            _EMAIL,
            _STATUS,
            _TYPE,
            Column("owner", "Owner", lambda each: owner(each, linked=people_linked), card=True),
            _LAST,
            _CREATED,
        ),
        key=lambda each: each.id,
        href=account_path,
        filters=(
            Filter("status", "Status", states.STATUSES),
            Filter("type", "Type", states.TYPES),
            Filter("owned", "Owner", OWNED),
        ),
        bulk=_DECISIONS if may_decide else (),
        empty=_EMPTY,
    )


def of_person(*, linked: bool) -> List[ListedAccount]:
    """`linked`: the caller may open the pages of the accounts."""
    app = Column[ListedAccount]("app", "App", lambda each: _app(each, linked=linked), card=True)
    named = Column[ListedAccount](
        "name", "Account", _name if linked else lambda each: Text(_name(each).value)
    )
    return List[ListedAccount](
        name="accounts-of-person",
        noun="account",
        columns=(named, app, replace(_LOGIN, card=True), _EMAIL, _STATUS, _TYPE, _LAST, _CREATED),
        key=lambda each: each.id,
        href=account_path if linked else None,
        empty=Empty(
            "No account",
            "No synced account belongs to this person. An account finds its owner by the rules of "
            "its app, or by hand.",
            icon="users",
        ),
    )


def _app(account: ListedAccount, *, linked: bool) -> Cell:
    if linked:
        return Link(account.app_name, f"/apps/{account.app_id}")
    return Text(account.app_name)


def facts(account: ListedAccount, *, people_linked: bool) -> list[Fact]:
    found = _REASONS.get(account.reason, f"found by the rule {account.reason}")
    return [
        Fact("Owner", owner(account, linked=people_linked), found if account.reason else ""),
        *([Fact("How the owner was found", Text(found))] if account.reason else []),
        Fact("Signs in as", text(account.login)),
        Fact("E-mail", Identifier(account.email) if account.email else Missing(NONE)),
        Fact("Last sign-in", Moment(account.last_login)),
        Fact("Type", states.account_type(account.account_type)),
        Fact("Made in the source", Moment(account.source_created_at)),
        Fact("First seen", Moment(account.created_at)),
        Fact("Id in the source", Identifier(account.external_id)),
        Fact("Id", Identifier(account.id)),
    ]


def actions(account: ListedAccount) -> list[Link]:
    """Whose it is and what it is: what is set here stays."""
    chosen = f"selected={account.id}&back=account"
    offered = [
        Link(decision.verb, f"{decision.path}?{chosen}", decision.icon) for decision in _DECISIONS
    ]
    if account.reason in ("manual", ""):
        offered.append(Link("Let rules decide", f"{_DECIDING}/reset?{chosen}", "refresh"))
    return offered


def chips(account: ListedAccount) -> list[Chip]:
    shown = states.status(account.status, account.status_details)
    owned = owner(account, linked=False)
    return [chip for chip in (shown, owned) if isinstance(chip, Chip)]


def tabs(account: ListedAccount, current: str) -> list[Tab]:
    here = account_path(account)
    return related_tabs(here, "Access", current)


def related_tabs(here: str, first: str, current: str, *, settings: bool = False) -> list[Tab]:
    """What every page about who has what has: now, in the past, what happened, two dates.
    `settings`: there are some, and the caller may change them."""
    return [
        Tab(first, here, current == "now"),
        Tab("Past", f"{here}/past", current == "past"),
        Tab("History", f"{here}/history", current == "history"),
        Tab("Compare dates", f"{here}/changes", current == "changes"),
        *([Tab("Settings", f"{here}/settings", current == "settings")] if settings else []),
    ]
