"""Grants as lists: who has something, and what somebody has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from ostiary.server.access.facts import EntitlementRef, Grant
from ostiary.server.access.store.principals import AppName, Principal
from ostiary.server.access.views import states
from ostiary.server.catalog.resource_views import path_of
from ostiary.server.web.components.cells import (
    NONE,
    UNKNOWN,
    Cell,
    Chip,
    Link,
    Missing,
    Moment,
    Text,
)
from ostiary.server.web.components.tables import Column, Empty, Filter, List

MOST_SOURCES: Final = 2


@dataclass(frozen=True)
class Listed:
    """A grant with where its parts belong. `linked`: the caller may open these pages."""

    grant: Grant
    principal: Principal
    app: AppName
    linked: bool = True
    people_linked: bool = False

    @property
    def entitlement_path(self) -> str:
        return entitlement_path(self.app.id, self.grant.entitlement.id)

    @property
    def explanation_path(self) -> str:
        return f"{self.entitlement_path}/holders/{self.grant.principal.id}"


def entitlement_path(app_id: str, entitlement_id: str) -> str:
    return f"/apps/{app_id}/entitlements/{entitlement_id}"


def holder(each: Listed) -> Cell:
    shown = each.grant.principal
    if not each.linked:
        return Text(shown.display_name)
    return Link(shown.display_name, holder_path(each.principal, shown.id))


def holder_path(of: Principal, principal_id: str) -> str:
    return path_of(of.app_id, of.type_id, principal_id, account=of.is_account)


def held(each: Listed) -> Cell:
    name = each.grant.entitlement.display_name
    return Link(name, each.entitlement_path) if each.linked else Text(name)


def way(each: Listed) -> Cell:
    words = way_words(each.grant)
    if not each.linked:
        return Text(words)
    return Link(words, each.explanation_path)


def way_words(grant: Grant) -> str:
    """`direct`, `through Finance and 2 more`, or both."""
    names = [source.resource.display_name for source in sources(grant)]
    shown, more = names[:MOST_SOURCES], len(names) - MOST_SOURCES
    through = f"through {', '.join(shown)}" if shown else ""
    through += f" and {more} more" if more > 0 else ""
    if grant.direct:
        return f"direct, and {through}" if through else "direct"
    return through or "inherited"


def sources(grant: Grant) -> list[EntitlementRef]:
    """Of other things: what it is held through."""
    found = (source.entitlement for source in grant.sources)
    return [each for each in found if each.id != grant.entitlement.id]


def _person(each: Listed) -> Cell:
    owner = each.principal
    if not owner.is_account:
        return Missing(NONE)
    if not owner.owner_id:
        return Chip("No owner", "user-question", "person", "Nobody answers for this account.")
    name = owner.owner_name or owner.owner_id
    return Link(name, f"/people/{owner.owner_id}") if each.people_linked else Text(name)


def _app(each: Listed) -> Cell:
    return Link(each.app.display_name, f"/apps/{each.app.id}") if each.linked else _app_name(each)


def _app_name(each: Listed) -> Text:
    return Text(each.app.display_name)


def _status(each: Listed) -> Cell:
    if each.principal.is_account:
        return states.status(each.grant.principal.status)
    return Missing(NONE)


_WAY = Column[Listed]("way", "How", way, card=True)
_SINCE = Column[Listed](
    "since", "Since", lambda each: Moment(each.grant.granted_at, UNKNOWN), card=True
)
_ENDED = Column[Listed]("ended", "Until", lambda each: Moment(each.grant.ended_at), card=True)
_HOLDER_TYPE = Column[Listed]("type", "Type", lambda each: Text(each.principal.type_name))
_RESOURCE = Column[Listed](
    "resource",
    "Of",
    lambda each: Text(each.grant.entitlement.resource.display_name),
    card=True,
)
_RESOURCE_TYPE = Column[Listed](
    "type", "Type", lambda each: Text(each.grant.entitlement.resource.type), shown=False
)
_WAY_FILTER = Filter("way", "How", states.WAYS)


def holders(types: Sequence[tuple[str, str]]) -> List[Listed]:
    """`types` of those who hold it: ids that connectors gave, with names."""
    return List[Listed](
        name="holders",
        noun="holder",
        searchable="name",
        columns=(
            Column("name", "Who", holder),
            Column("owner", "Person", _person, sortable=False),
            _HOLDER_TYPE,
            Column("status", "Status", _status),
            _WAY,
            _SINCE,
        ),
        key=lambda each: each.grant.id,
        href=lambda each: each.explanation_path,
        filters=(
            _WAY_FILTER,
            Filter("type", "Type", types),
            Filter("status", "Status", states.STATUSES),
        ),
        empty=Empty("Nobody has this", "No account and no group holds it.", icon="users"),
    )


def past_holders(types: Sequence[tuple[str, str]]) -> List[Listed]:
    now = holders(types)
    return replace(
        now,
        name="past-holders",
        noun="past grant",
        columns=(*now.columns, _ENDED),
        sort="-ended",
        empty=Empty(
            "Nobody lost this",
            "Since the first sync everybody who got it still has it.",
            icon="history",
        ),
    )


def holdings(
    kinds: Sequence[tuple[str, str, str]], *, linked: bool, of_person: bool = False
) -> List[Listed]:
    """`kinds`: ids and names of apps, and types, that there are to filter by."""
    apps = dict.fromkeys((app, name) for app, name, _ in kinds)
    types = dict.fromkeys(kind for _, _, kind in kinds if kind)
    account = Column[Listed]("account", "Account", holder, sortable=False)
    return List[Listed](
        name="access-of-person" if of_person else "access-of-account",
        noun="grant",
        searchable="entitlement",
        columns=(
            Column("name", "Entitlement", held),
            _RESOURCE,
            Column("app", "App", _app),
            *([account] if of_person else []),
            _RESOURCE_TYPE,
            _WAY,
            _SINCE,
        ),
        key=lambda each: each.grant.id,
        href=(lambda each: each.explanation_path) if linked else None,
        filters=(
            _WAY_FILTER,
            Filter("app", "App", list(apps)),
            Filter("type", "Type", [(kind, kind) for kind in types]),
        ),
        empty=Empty("No access", "Nothing is held here.", icon="key"),
    )


def past_holdings(
    kinds: Sequence[tuple[str, str, str]], *, linked: bool, of_person: bool = False
) -> List[Listed]:
    now = holdings(kinds, linked=linked, of_person=of_person)
    return replace(
        now,
        name=f"past-{now.name}",
        noun="past grant",
        columns=(*now.columns, _ENDED),
        sort="-ended",
        empty=Empty(
            "Nothing was lost",
            "Everything that was held since the first sync is still held.",
            icon="history",
        ),
    )


def listed(
    grants: Sequence[Grant],
    principals: Mapping[str, Principal],
    apps: Mapping[str, AppName],
    *,
    linked: bool,
    people_linked: bool,
) -> list[Listed]:
    return [
        Listed(
            grant,
            principals[grant.principal.id],
            apps[grant.entitlement.id],
            linked,
            people_linked,
        )
        for grant in grants
    ]
