"""Who there is: everybody, and one person with everything that is known."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated

import typer

from ostiary.cli.opening import opened_kernel, writing
from ostiary.cli.options import AsJson, AsJsonLines
from ostiary.cli.people import facts, showing
from ostiary.cli.people.finding import find_person
from ostiary.cli.tables import show
from ostiary.server.directory import actions
from ostiary.server.directory.store import person_search
from ostiary.server.directory.store.everybody import PersonFilter

LISTED = ("name", "email", "status", "department", "title", "directories", "roles")


class Status(StrEnum):
    ENABLED = "enabled"
    DISABLED = "disabled"
    DELETED = "deleted"


def list_people(
    query: Annotated[str, typer.Argument(help="A part of a name or address.")] = "",
    status: Annotated[
        list[Status] | None, typer.Option(help="Else everybody who is not deleted.")
    ] = None,
    department: Annotated[list[str] | None, typer.Option()] = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000)] = 1000,
    as_json: AsJsonLines = False,
) -> None:
    """Show people by name."""
    wanted = PersonFilter(
        query=query, statuses=status or (), departments=department or (), kinds=("human",)
    )
    with opened_kernel() as kernel, kernel.read() as connection:
        found = person_search.people(connection, wanted, None, limit)
        names = facts.app_names(connection, found)
    show([facts.brief(each, names) for each in found], LISTED, as_json=as_json)


def show_person(
    name: Annotated[str, typer.Argument(help="Id, e-mail address or name.", metavar="PERSON")],
    as_json: AsJson = False,
) -> None:
    """Show one person: attributes and where they come from, accounts, and access."""
    with opened_kernel() as kernel, kernel.read() as connection:
        told = facts.details(connection, find_person(connection, name))
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False))
    else:
        showing.show_person(told)


def refresh(as_json: AsJson = False) -> None:
    """Go through all directories and owners now, instead of after the next sync."""
    with writing() as (_, unit):
        done = actions.refresh_everything(unit)
    told = facts.refreshed(done)
    if as_json:
        typer.echo(json.dumps(told))
        return
    for what, counts in told.items():
        typer.echo(f"{what}: " + ", ".join(f"{number} {how}" for how, number in counts.items()))


def add_to(app: typer.Typer) -> None:
    app.command("list")(list_people)
    app.command("show")(show_person)
    app.command("refresh")(refresh)
