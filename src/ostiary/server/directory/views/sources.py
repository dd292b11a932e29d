"""Directory sources as a list, as facts and as a form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ostiary.server.directory.actions import check_issuer
from ostiary.server.directory.rules import expressions
from ostiary.server.directory.rules.assembly import Directory
from ostiary.server.directory.store.directories import Stored
from ostiary.server.directory.store.sources import Source
from ostiary.server.directory.views.written import PAIRS_EXAMPLE, PAIRS_HELP, cases_of, pairs_of
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
from ostiary.server.web.components.forms import Field, Form, problems
from ostiary.server.web.components.tables import Column, Empty, List
from ostiary.server.web.moments import counted

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


@dataclass(frozen=True)
class Settings:
    """As they are written in the form. `pairs`: how its accounts are merged."""

    condition: str = ""
    pairs: str = ""
    issuer: str = ""

    @classmethod
    def of(cls, stored: Stored | None) -> Settings:
        if stored is None:
            return cls()
        directory = stored.directory
        return cls(directory.condition, pairs_of(directory.merge_cases), stored.sign_in_issuer)

    def wrong(self) -> dict[str, str]:
        """By field, why its value cannot be used."""
        return problems(
            condition=lambda: self.condition and expressions.condition(self.condition),
            pairs=lambda: cases_of(self.pairs),
            issuer=lambda: check_issuer(self.issuer),
        )

    def directory(self, app_id: str, stored: Stored | None) -> Directory:
        """With the mappings that are stored, which are set elsewhere."""
        mappings = stored.directory.mappings if stored else {}
        return Directory(app_id, self.condition, cases_of(self.pairs), mappings)


def form(app_id: str, written: Settings) -> Form:
    return Form(
        action=f"{path(app_id)}/preview",
        verb="Preview",
        cancel="/people/sources",
        fields=(
            Field(
                "condition",
                "Import condition",
                "textarea",
                written.condition,
                help="A CEL expression over an account: true makes a person of it. Empty: all "
                "human accounts. Previewing changes nothing.",
                placeholder="account.type == 'human'",
            ),
            Field(
                "issuer",
                "Sign-in issuer",
                "text",
                written.issuer,
                help="Whoever signs in at this OpenID Connect issuer is recognised by the id of "
                "their account here, whatever their address: "
                "https://login.microsoftonline.com/<tenant id>/v2.0",
            ),
            Field(
                "pairs",
                "Pairs that merge",
                "textarea",
                written.pairs,
                help="Which accounts of several sources are one person. Empty: those with the same "
                f"e-mail address, then with the same employee id. {PAIRS_HELP}",
                placeholder=PAIRS_EXAMPLE,
            ),
        ),
    )
