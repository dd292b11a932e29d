"""Entitlements as a list and as facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from ostiary.server.catalog import immutability
from ostiary.server.catalog.resource_views import path_of
from ostiary.server.catalog.store.app_table import ListedApp
from ostiary.server.catalog.store.listed_entitlements import ListedEntitlement
from ostiary.server.web.components.cells import (
    Chip,
    Fact,
    Identifier,
    Link,
    Moment,
    Number,
    Several,
    Text,
    text,
)
from ostiary.server.web.components.forms import Field, Form
from ostiary.server.web.components.tables import Column, Empty, Filter, List


def path(entitlement: ListedEntitlement) -> str:
    return f"/apps/{entitlement.app_id}/entitlements/{entitlement.id}"


_BEFORE_SYNCS: Final = Empty(
    "No entitlement yet", "Entitlements come with the first sync of a connector.", icon="key"
)


def nothing_of(app: ListedApp) -> Empty:
    """Why the app has none."""
    if app.connectors:
        return _BEFORE_SYNCS
    return Empty(
        "No entitlement yet",
        "No connector fills this app. Entitlements come with one, or are made of groups that are "
        "linked to it.",
        action="See linked groups",
        href=f"/apps/{app.id}/linked_groups",
        icon="key",
    )


def of_app(types: Sequence[tuple[str, str]]) -> List[ListedEntitlement]:
    """`types`: what there are entitlements of, by the ids that connectors gave."""
    return List[ListedEntitlement](
        name="entitlements",
        noun="entitlement",
        searchable="name, alias or resource",
        columns=(
            Column("name", "Entitlement", lambda each: Link(each.display_name, path(each))),
            Column(
                "resource",
                "Of",
                lambda each: Link(
                    each.resource_name, path_of(each.app_id, each.type_id, each.resource_id)
                ),
                card=True,
            ),
            Column("type", "Type", lambda each: Text(each.type_name), card=True),
            Column(
                "holders",
                "Holders",
                lambda each: Number(each.holders),
                sortable=False,
                number=True,
                card=True,
            ),
            Column("slug", "Slug", lambda each: text(each.slug), shown=False),
            Column("alias", "Alias", lambda each: text(each.alias), False, shown=False),
            Column("description", "Description", lambda each: text(each.description), False),
            Column("created", "First seen", lambda each: Moment(each.created_at), shown=False),
        ),
        key=lambda each: each.id,
        href=path,
        filters=(Filter("type", "Type", types),),
        empty=_BEFORE_SYNCS,
    )


def of_resource() -> List[ListedEntitlement]:
    """Of one: what it belongs to need not be said."""
    listing = of_app(())
    columns = [each for each in listing.columns if each.key not in ("resource", "type")]
    return replace(
        listing,
        name="entitlements-of-resource",
        searchable="name or alias",
        columns=columns,
        filters=(),
        empty=Empty("No entitlement", "There is nothing of it that one could have.", icon="key"),
    )


def lead(entitlement: ListedEntitlement) -> str:
    return f"Entitlement of {entitlement.resource_name} in {entitlement.app_name}"


def chips(entitlement: ListedEntitlement) -> list[Chip]:
    why = reason(entitlement)
    return [Chip("Cannot be changed here", "lock", hint=why)] if why else []


def reason(entitlement: ListedEntitlement) -> str:
    """Why it cannot be granted here; empty where it can."""
    return immutability.reason(entitlement.immutable_code, entitlement.immutable_reason)


def details_form(entitlement: ListedEntitlement, action: str) -> Form:
    return Form(
        action=action,
        verb="Save",
        fields=(
            Field(
                "name",
                "Name",
                value=entitlement.display_name,
                help="What you write here stays, whatever syncs bring; what you empty is again as "
                "the source says.",
            ),
            Field(
                "alias",
                "Alias",
                value=entitlement.alias,
                help="A short name of your own for command lines and requests; no two "
                "entitlements have the same.",
            ),
            Field("slug", "Slug", value=entitlement.slug, help="Such as member or admin."),
            Field("description", "Description", "textarea", entitlement.description),
        ),
    )


def of(entitlement: ListedEntitlement) -> Link:
    """What it belongs to."""
    words = f"{entitlement.resource_name} ({entitlement.type_name})"
    return Link(words, path_of(entitlement.app_id, entitlement.type_id, entitlement.resource_id))


def facts(entitlement: ListedEntitlement, owners: Sequence[str]) -> list[Fact]:
    why = reason(entitlement)
    return [
        Fact("Of", of(entitlement)),
        Fact("App", Link(entitlement.app_name, f"/apps/{entitlement.app_id}")),
        Fact("Description", text(entitlement.description)),
        Fact("Owners", Several([Text(name) for name in owners])),
        Fact("Holders", Number(entitlement.holders), "Accounts, groups and others."),
        Fact("Purpose", text(entitlement.purpose.replace("unspecified", ""))),
        Fact("Slug", text(entitlement.slug)),
        Fact("Alias", text(entitlement.alias)),
        *([Fact("Why it cannot be changed", Text(why))] if why else []),
        Fact("First seen", Moment(entitlement.created_at)),
        Fact("Id in the source", Identifier(entitlement.external_id)),
        Fact("Id", Identifier(entitlement.id)),
    ]
