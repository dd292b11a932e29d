"""Settings of apps and of what is in them, as forms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ostiary.server.catalog.store.app_table import ListedApp
from ostiary.server.catalog.store.apps import Cascade
from ostiary.server.catalog.store.deleting import Restorable
from ostiary.server.catalog.store.owners import Owner
from ostiary.server.web.components.cells import Link, Moment, Text
from ostiary.server.web.components.forms import Confirmation, Field, Form
from ostiary.server.web.components.tables import Bulk, Column, Empty, List
from ostiary.server.web.components.tabs import Tab
from ostiary.server.web.moments import counted

LONGEST_WORD: Final = 60


@dataclass(frozen=True)
class Owners:
    """Who owns something, and forms to change that: `remove` is where an owner's id is posted."""

    people: Sequence[Owner]
    entitlements: Sequence[str]
    add: Form
    remove: str


def app_path(app_id: str) -> str:
    return f"/apps/{app_id}/settings"


def tabs(app_id: str, current: str) -> list[Tab]:
    here = app_path(app_id)
    return [
        Tab("Name and owners", here, current == "general"),
        Tab("Matching", f"{here}/matching", current == "matching"),
    ]


def details_form(app: ListedApp, *, discovered: bool) -> Form:
    """`discovered`: without a name of its own the app is called as its source calls it."""
    help = "What you write here stays, whatever syncs bring."
    if discovered:
        help += " Without a name it is called as its source calls it."
    return Form(
        action=app_path(app.id),
        verb="Save",
        fields=(
            Field("name", "Name", value=app.display_name, help=help, required=not discovered),
            Field("description", "Description", "textarea", app.description),
        ),
    )


def owners(here: str, people: Sequence[Owner], entitlements: Sequence[str]) -> Owners:
    add = Form(
        action=f"{here}/owners",
        verb="Add owner",
        fields=(
            Field(
                "owner",
                "New owner",
                "person",
                help="Somebody who is known here. They are asked about access to this.",
                required=True,
            ),
        ),
    )
    return Owners(people, entitlements, add, f"{here}/owners/remove")


def word_to_delete(app: ListedApp) -> str:
    return app.display_name if len(app.display_name) <= LONGEST_WORD else "delete"


def delete_confirmation(
    app: ListedApp, going: Cascade, counts: Mapping[str, int], ending: tuple[int, int]
) -> Confirmation:
    """`ending`: connectors and decisions about linked groups that go along."""
    with_it = [
        *_some(going.managed, "managed app"),
        *_some(going.unmanaged, "unmanaged app"),
        *_some(ending[0], "connector"),
        *_some(counts.get("accounts", 0), "account"),
        *_some(counts.get("entitlements", 0), "entitlement"),
        *_some(counts.get("grants", 0), "grant"),
        *_some(ending[1], "decision about linked groups", "decisions about linked groups"),
    ]
    goes = "goes" if len(with_it) == 1 and with_it[0].startswith("1 ") else "go"
    told = f"With it {goes} {_listed(with_it)}. " if with_it else "Nothing else goes with it. "
    return Confirmation(
        key="delete-app",
        title=f"Delete {app.display_name}",
        text=f"{told}What was known stays in the history. Nothing changes where they come from.",
        verb="Delete app",
        action=f"{app_path(app.id)}/delete",
        word=word_to_delete(app),
        hidden=(
            ("unmanaged", str(going.unmanaged)),
            ("managed", str(going.managed)),
            ("with_connectors", str(going.with_connectors)),
        ),
    )


def _some(number: int, noun: str, plural: str = "") -> list[str]:
    return [counted(number, noun, plural)] if number else []


def _listed(parts: Sequence[str]) -> str:
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else parts[0]


DELETED = List[Restorable](
    name="deleted-apps",
    noun="deleted app",
    columns=(
        Column("name", "App", lambda app: Text(app.display_name), sortable=False),
        Column(
            "parent",
            "Discovered through",
            lambda app: Link(app.parent_name, f"/apps/{app.parent_id}"),
            sortable=False,
            card=True,
        ),
        Column("deleted", "Deleted", lambda app: Moment(app.deleted_at), False, card=True),
    ),
    key=lambda app: app.id,
    bulk=(Bulk("Restore", "/apps/restore", "refresh"),),
    empty=Empty(
        "Nothing to restore",
        "Apps that a connector discovered and somebody deleted here wait here, as long as what "
        "they were discovered through is there.",
        icon="trash",
    ),
)


def restore_form(apps: Sequence[Restorable]) -> Form:
    return Form(
        action="/apps/restore",
        verb=f"Restore {counted(len(apps), 'app')}",
        cancel="/apps/deleted",
        fields=(),
        hidden=[("selected", app.id) for app in apps],
    )
