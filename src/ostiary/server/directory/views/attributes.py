"""Where the attributes of people come from, as a list and as a form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ostiary.server.directory.rules import expressions
from ostiary.server.directory.rules.attributes import DEFAULT_MAPPINGS, Origin, mappings_of
from ostiary.server.directory.rules.subjects import Account
from ostiary.server.directory.store.directories import Stored
from ostiary.server.directory.views.written import in_line, lines
from ostiary.server.kernel.errors import invalid
from ostiary.server.web.components.cells import NONE, Cell, Chip, Link, Missing, Number, Text
from ostiary.server.web.components.forms import Field, Form
from ostiary.server.web.components.tables import Column, Empty, List

TITLES: Final[Mapping[str, str]] = {
    "manager": "Manager",
    "department": "Department",
    "job_title": "Title",
    "employment_status": "Employment status",
    "employment_type": "Employment type",
    "employee_id": "Employee ids",
    "additional_email": "More e-mail addresses",
    "additional_username": "More user names",
}
_ALL_COUNT: Final = frozenset({"employee_id", "additional_email", "additional_username"})
EXPRESSION: Final = "="
MOST_ORIGINS: Final = 20
SHOWN: Final = 8


@dataclass(frozen=True)
class Row:
    """An attribute as one directory gives it. `known`: people of whom any directory tells it."""

    name: str
    app_id: str
    app_name: str
    place: int
    origins: Sequence[Origin]
    own: bool
    known: int


def path(app_id: str, name: str) -> str:
    return f"/people/attributes/{app_id}/{name}"


def rows(directories: Sequence[Stored], known: Mapping[str, int]) -> list[Row]:
    return [
        Row(
            name,
            stored.directory.app_id,
            stored.app_name,
            place,
            origins_of(stored, name),
            name in stored.directory.mappings,
            known[name],
        )
        for name in TITLES
        for place, stored in enumerate(directories, start=1)
    ]


def origins_of(stored: Stored, name: str) -> Sequence[Origin]:
    return stored.directory.mappings.get(name, DEFAULT_MAPPINGS[name])


def _taken_from(row: Row) -> Cell:
    if not row.origins:
        return Missing(NONE)
    return Text(", then ".join(map(line, row.origins)))


def _how(row: Row) -> Cell:
    if row.name in _ALL_COUNT:
        return Text("All count")
    return Text("The first that has a value")


def _set_by(row: Row) -> Chip:
    if row.own:
        return Chip("Set here", "adjustments-horizontal", "accent")
    return Chip("Usual", "circle-check")


def listing(people: int) -> List[Row]:
    return List[Row](
        name="attributes",
        noun="mapping",
        columns=(
            Column(
                "name",
                "Attribute",
                lambda row: Link(TITLES[row.name], path(row.app_id, row.name)),
                sortable=False,
            ),
            Column(
                "source",
                "Source",
                lambda row: Link(row.app_name, f"/people/sources/{row.app_id}"),
                sortable=False,
            ),
            Column(
                "place",
                "Precedence",
                lambda row: Number(row.place),
                sortable=False,
                number=True,
            ),
            Column("from", "Taken from", _taken_from, sortable=False, card=True),
            Column("how", "Of several", _how, sortable=False),
            Column("set", "Mapping", _set_by, sortable=False, card=True),
            Column(
                "known",
                "Known",
                lambda row: Number(row.known),
                sortable=False,
                number=True,
                card=True,
                unit=f"of {people:,} people",
            ),
        ),
        key=lambda row: f"{row.app_id}:{row.name}",
        empty=Empty(
            "No source of people yet",
            "Attributes such as department and manager come from the accounts of sources.",
            "Add source",
            "/people/sources/add",
            icon="list-details",
        ),
    )


def line(origin: Origin) -> str:
    """As it is written in the form."""
    return f"{EXPRESSION} {origin.cel}" if origin.cel else origin.key


def parsed(text: str) -> list[dict[str, str]]:
    """One origin in each line, as the store keeps them. INVALID_ARGUMENT tells the line."""
    found = []
    for number, written in lines(text):
        if written.startswith(EXPRESSION):
            expression = written.removeprefix(EXPRESSION).strip()
            with in_line(number):
                expressions.account_key(expression)
            found.append({"cel": expression})
        else:
            found.append({"key": written})
    if len(found) > MOST_ORIGINS:
        raise invalid(f"An attribute has at most {MOST_ORIGINS} lines; these are {len(found)}.")
    return found


def changed(stored: Stored, name: str, *, usual: bool, text: str) -> dict[str, Any]:
    """The mappings of a directory with another one for the attribute."""
    rest = {each: origins for each, origins in stored.mappings.items() if each != name}
    return rest if usual else {**rest, name: parsed(text)}


def form(stored: Stored, name: str) -> Form:
    usual = ", ".join(map(line, DEFAULT_MAPPINGS[name])) or "nothing more"
    own = name in stored.directory.mappings
    return Form(
        action=f"{path(stored.directory.app_id, name)}/preview",
        verb="Preview",
        cancel="/people/attributes",
        fields=(
            Field(
                "mapping",
                "Mapping",
                "select",
                "own" if own else "usual",
                required=True,
                options=(("usual", f"Usual: {usual}"), ("own", "As written below")),
            ),
            Field(
                "origins",
                "Taken from",
                "textarea",
                "\n".join(map(line, origins_of(stored, name))),
                help="One in each line, the first counts first: the name of a value in the "
                "profile, such as jobTitle, or = and a CEL expression, such as "
                "= account.profile.division.lowerAscii().",
            ),
        ),
    )


@dataclass(frozen=True)
class Sample:
    """What the first accounts would give. `shown`: names with values."""

    looked_at: int
    valued: int
    shown: Sequence[tuple[str, str]]


def sample(mappings: Mapping[str, Any], name: str, accounts: Iterable[Account]) -> Sample:
    origins = mappings_of(mappings).get(name, DEFAULT_MAPPINGS[name])
    looked_at, found = 0, []
    for account in accounts:
        looked_at += 1
        values = [value for origin in origins for value in origin.values(account)]
        if values:
            shown = values if name in _ALL_COUNT else values[:1]
            found.append((account.display_name or account.login, ", ".join(shown)))
    return Sample(looked_at, len(found), found[:SHOWN])
