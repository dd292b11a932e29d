"""Resources as lists and as facts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ostiary.server.catalog.store.listed_resources import CountedType, ListedResource
from ostiary.server.web.components.cells import (
    NONE,
    Cell,
    Fact,
    Identifier,
    Link,
    Missing,
    Moment,
    Number,
    Several,
    Text,
    text,
)
from ostiary.server.web.components.tables import Column, Empty, Filter, List
from ostiary.server.web.components.tabs import Tile

MOST_FACTS: Final = 30
LONGEST_FACT: Final = 300


def path(resource: ListedResource) -> str:
    return path_of(resource.app_id, resource.type_id, resource.id, account=resource.is_account)


def path_of(app_id: str, type_id: str, resource_id: str, *, account: bool = False) -> str:
    """Accounts have pages of their own."""
    if account:
        return f"/apps/{app_id}/accounts/{resource_id}"
    return f"/apps/{app_id}/resources/{type_id}/{resource_id}"


def _parent(resource: ListedResource) -> Cell:
    if not resource.parent_id:
        return Missing(NONE)
    href = path_of(resource.app_id, resource.parent_type_id, resource.parent_id)
    return Link(resource.parent_name, href)


_NAME = Column[ListedResource](
    "name", "Resource", lambda each: Link(each.display_name or each.external_id, path(each))
)
_TYPE = Column[ListedResource]("type", "Type", lambda each: Text(each.type_name), card=True)
_COUNTS = (
    Column[ListedResource](
        "entitlements",
        "Entitlements",
        lambda each: Number(each.entitlements),
        sortable=False,
        number=True,
    ),
    Column[ListedResource](
        "grants", "Grants", lambda each: Number(each.grants), sortable=False, number=True, card=True
    ),
)
_ABOUT = (
    Column[ListedResource](
        "description", "Description", lambda each: text(each.description), False, shown=False
    ),
    Column[ListedResource](
        "source", "Id in the source", lambda each: Identifier(each.external_id), False, shown=False
    ),
    Column[ListedResource]("created", "First seen", lambda each: Moment(each.created_at)),
)


def of_app(types: Sequence[CountedType]) -> List[ListedResource]:
    return List[ListedResource](
        name="resources",
        noun="resource",
        searchable="name or id in the source",
        columns=(
            _NAME,
            _TYPE,
            Column("parent", "Inside", _parent, card=True),
            *_COUNTS,
            *_ABOUT,
        ),
        key=lambda each: each.id,
        href=path,
        filters=(Filter("type", "Type", [(each.id, each.name) for each in types]),),
        empty=Empty(
            "No resource yet",
            "Resources, such as groups, roles and applications, come with the first sync of a "
            "connector.",
            icon="database",
        ),
    )


def inside(types: Sequence[CountedType]) -> List[ListedResource]:
    return List[ListedResource](
        name="resources-inside",
        noun="resource",
        searchable="name or id in the source",
        columns=(_NAME, _TYPE, *_COUNTS, *_ABOUT),
        key=lambda each: each.id,
        href=path,
        filters=(Filter("type", "Type", [(each.id, each.name) for each in types]),),
        empty=Empty("Nothing inside", "No resource names this one as its parent.", icon="database"),
    )


def tiles(app_id: str, types: Sequence[CountedType]) -> list[Tile]:
    """How many there are of each type that a sync counted."""
    here = f"/apps/{app_id}/resources"
    return [
        Tile(each.name, each.number, f"{here}?type={each.id}")
        for each in types
        if each.number is not None
    ]


def lead(resource: ListedResource) -> str:
    return f"{resource.type_name} in {resource.app_name}"


def facts(resource: ListedResource, owners: Sequence[str]) -> list[Fact]:
    return [
        Fact("Type", Text(resource.type_name)),
        Fact("App", Link(resource.app_name, f"/apps/{resource.app_id}")),
        Fact("Inside", _parent(resource)),
        Fact("Description", text(resource.description)),
        Fact("Owners", Several([Text(name) for name in owners])),
        Fact("Grants", Number(resource.grants), "Of all its entitlements together."),
        Fact("First seen", Moment(resource.created_at)),
        Fact("Id in the source", Identifier(resource.external_id)),
        Fact("Id", Identifier(resource.id)),
        *_profile(resource),
    ]


def _profile(resource: ListedResource) -> list[Fact]:
    """What else the source says, where one line can say it."""
    told = [(name, _plain(value)) for name, value in sorted(resource.profile.items())]
    return [
        Fact(name.replace("_", " ").capitalize(), Text(said), f"As the source says: {name}")
        for name, said in told
        if 0 < len(said) <= LONGEST_FACT
    ][:MOST_FACTS]


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) if isinstance(value, str | int | float) else ""
