"""Directory sources as a list, and what a change of one would do, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ostiary.server.directory.rules.subjects import Person
from ostiary.server.directory.store.assembling import Preview
from ostiary.server.directory.store.sources import Source
from ostiary.server.web.components.cells import (
    Cell,
    Chip,
    Fact,
    Link,
    Moment,
    Number,
    Text,
    text,
)
from ostiary.server.web.components.forms import Field, Form
from ostiary.server.web.components.tables import Column, Empty, List
from ostiary.server.web.moments import counted

SHOWN: Final = 20
"""People by name, of those a change would add or remove."""

FIELDS: Final = (
    ("account.type", "human, service, system or unspecified, as the connector says"),
    ("account.status", "enabled, disabled, deleted or unspecified"),
    ("account.email, account.emails", "the primary address, and all of them"),
    ("account.username, account.usernames", "what it signs in as"),
    ("account.displayName, account.givenName, account.familyName", "its names"),
    ("account.employeeIds", "employee numbers"),
    ("account.profile", "whatever else the source tells, by name: account.profile.userType"),
)
EXAMPLES: Final = (
    ("account.type == 'human'", "people only; the same as no condition"),
    (
        "account.type == 'human' && account.profile.userType == 'Member'",
        "without guests of an Entra tenant",
    ),
    ("account.email.endsWith('@corp.example')", "one domain only"),
    (
        "account.profile.userType == 'Guest' ? MATCH_ONLY : CREATE",
        "guests join a person whom another account makes, and make nobody themselves",
    ),
    ("has(account.profile.department)", "whoever has a department"),
)


def path(app_id: str) -> str:
    return f"/people/sources/{app_id}"


def _state(source: Source) -> Chip:
    if source.held:
        hint = "Its connector waits for somebody to confirm a large removal."
        return Chip("Held", "hand-stop", "person", hint)
    if source.last_sync_at is None:
        return Chip("Not synced", "circle-dashed", "person")
    return Chip("Synced", "circle-check")


def _imports(source: Source) -> Cell:
    return Text(source.condition) if source.condition else Text("All human accounts")


def _merges(source: Source) -> str:
    if source.merge_cases:
        return f"By {counted(source.merge_cases, 'pair')} of keys"
    return "By e-mail address, then by employee id"


SOURCES: Final = List[Source](
    name="sources",
    noun="source",
    columns=(
        Column("name", "App", lambda each: Link(each.name, path(each.id)), sortable=False),
        Column(
            "place",
            "Precedence",
            lambda each: Number(each.place),
            sortable=False,
            number=True,
            card=True,
        ),
        Column("state", "State", _state, sortable=False, card=True),
        Column("imports", "Imports", _imports, sortable=False),
        Column(
            "accounts", "Accounts", lambda each: Number(each.accounts), sortable=False, number=True
        ),
        Column(
            "imported",
            "Part of somebody",
            lambda each: Number(each.imported),
            sortable=False,
            number=True,
            card=True,
        ),
        Column("merges", "Merges", lambda each: Text(_merges(each)), sortable=False, shown=False),
        Column("synced", "Last sync", lambda each: Moment(each.last_sync_at), sortable=False),
        Column("updated", "Changed", lambda each: Moment(each.updated_at), False, shown=False),
    ),
    key=lambda each: each.id,
    empty=Empty(
        "No source of people yet",
        "People come from the accounts of an app, such as an Entra tenant, that you name as a "
        "source. Then accounts of all apps find their owners among them.",
        "Add source",
        "/people/sources/add",
        icon="address-book",
    ),
)


def facts(source: Source) -> list[Fact]:
    return [
        Fact("State", _state(source)),
        Fact("Last sync", Moment(source.last_sync_at)),
        Fact("Accounts", Number(source.accounts)),
        Fact("Part of somebody", Number(source.imported)),
        Fact("Precedence", Number(source.place), "Of several sources the lowest number counts."),
        Fact("Merges accounts", Text(_merges(source))),
        Fact("Import condition", text(source.condition)),
        Fact("Sign-in issuer", text(source.sign_in_issuer)),
    ]


def form(app_id: str, condition: str, issuer: str) -> Form:
    return Form(
        action=f"{path(app_id)}/preview",
        verb="Preview",
        cancel="/people/sources",
        fields=(
            Field(
                "condition",
                "Import condition",
                "textarea",
                condition,
                help="A CEL expression over an account: true makes a person of it. Empty: all "
                "human accounts. Previewing changes nothing.",
                placeholder="account.type == 'human'",
            ),
            Field(
                "issuer",
                "Sign-in issuer",
                "text",
                issuer,
                help="Whoever signs in at this OpenID Connect issuer is recognised by the id of "
                "their account here, whatever their address: "
                "https://login.microsoftonline.com/<tenant id>/v2.0",
            ),
        ),
    )


@dataclass(frozen=True)
class Effect:
    """What saving would do. `verb` is the button that does it."""

    added: int
    removed: int
    undecided: int
    newcomers: Sequence[str]
    leavers: Sequence[tuple[str, str]]
    """Names with the pages of the people."""
    unclear: Sequence[str]

    @property
    def words(self) -> str:
        if not self.added and not self.removed:
            return "nobody is added or removed"
        parts = []
        if self.added:
            parts.append(f"add {counted(self.added, 'person', 'people')}")
        if self.removed:
            parts.append(f"remove {counted(self.removed, 'person', 'people')}")
        return " and ".join(parts)

    @property
    def verb(self) -> str:
        return f"Save: {self.words}"

    @property
    def expected(self) -> tuple[int, int]:
        return self.added, self.removed


def effect(found: Preview) -> Effect:
    return Effect(
        len(found.added),
        len(found.removed),
        len(found.undecided),
        [_named(each) for each in found.added[:SHOWN]],
        [(_named(each), f"/people/{each.id}") for each in found.removed[:SHOWN]],
        [each.display_name or each.login for each in found.undecided[:SHOWN]],
    )


def _named(person: Person) -> str:
    name = person.display_name or person.id
    return f"{name} ({person.email})" if person.email else name
