"""Whose accounts are whose: orphans, owners set by hand, types, and how apps find owners."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from ostiary.cli.opening import MISUSED, opened_kernel, writing
from ostiary.cli.options import AsJsonLines
from ostiary.cli.people import facts
from ostiary.cli.people.finding import find_account, find_app, find_person
from ostiary.cli.tables import say, show
from ostiary.server.directory import actions
from ostiary.server.directory.store.reading import AccountFilter

COLUMNS = ("app", "account", "login", "status", "type", "external", "because")

App = Annotated[str, typer.Argument(help="Its id or name.", metavar="APP")]
Account = Annotated[
    str, typer.Argument(help="Id, its connector's id, login, e-mail or name.", metavar="ACCOUNT")
]


def orphans(
    app: Annotated[list[str] | None, typer.Option(help="Only of this app.")] = None,
    external: Annotated[
        bool | None, typer.Option("--external/--trusted", help="Only with such addresses.")
    ] = None,
    as_json: AsJsonLines = False,
) -> None:
    """Show accounts without an owner, or whose owner is disabled or gone."""
    with opened_kernel() as kernel, kernel.read() as connection:
        wanted = AccountFilter(
            app_ids=[find_app(connection, each) for each in app or ()],
            external=external,
            orphaned=True,
        )
        found = facts.accounts(connection, wanted)
    show(found, COLUMNS, as_json=as_json)


def owner(
    app: App,
    account: Account,
    person: Annotated[str | None, typer.Option(help="Id, e-mail address or name.")] = None,
    nobody: Annotated[bool, typer.Option("--nobody", help="Syncs leave it so.")] = False,
    reset: Annotated[bool, typer.Option("--reset", help="Whoever matching finds.")] = False,
    as_json: AsJsonLines = False,
) -> None:
    """Show or set whose an account is."""
    if (person is not None) + nobody + reset > 1:
        typer.echo("--person, --nobody and --reset exclude each other", err=True)
        raise typer.Exit(MISUSED)
    with writing() as (_, unit):
        app_id = find_app(unit.connection, app)
        found = find_account(unit.connection, app_id, account)
        if reset:
            actions.reset_owner(unit, found)
        elif person is not None:
            chosen = find_person(unit.connection, person).person.id
            actions.set_owner(unit, found, chosen)
        elif nobody:
            actions.set_owner(unit, found, None)
        told = facts.accounts(unit.connection, AccountFilter(ids=[found.id]))
    show(told, ("app", "account", "owner", "because"), as_json=as_json)


def account_type(
    app: App,
    account: Account,
    kind: Annotated[Literal["user", "service", "system"], typer.Argument(metavar="TYPE")],
    as_json: AsJsonLines = False,
) -> None:
    """Say what an account is for: user, service or system. It is never guessed."""
    with writing() as (_, unit):
        found = find_account(unit.connection, find_app(unit.connection, app), account)
        if found.account_type != kind:
            actions.set_account_type(unit, found, kind)
    told = {"id": found.id, "account": found.display_name, "type": kind}
    say(f"{found.display_name} is a {kind} account.", told, as_json=as_json)


def match(
    app: App,
    mode: Annotated[
        Literal["narrow", "broad"],
        typer.Argument(help="By address or login; broad: also by first and last name."),
    ],
    as_json: AsJsonLines = False,
) -> None:
    """Choose how an app's accounts find their owners, and look for them anew."""
    with writing() as (_, unit):
        app_id = find_app(unit.connection, app)
        actions.set_matching(unit, app_id, mode)
    told = {"app_id": app_id, "matching": mode}
    say(f"{app} finds owners by {mode} matching.", told, as_json=as_json)


def add_to(app: typer.Typer) -> None:
    app.command("orphans")(orphans)
    app.command("owner")(owner)
    app.command("type")(account_type)
    app.command("match")(match)
