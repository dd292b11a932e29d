"""Which apps say who there is, on which condition, and which domains are ours."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import Annotated

import typer

from ostiary.cli.opening import MISUSED, opened_kernel, writing
from ostiary.cli.options import AsJson, AsJsonLines
from ostiary.cli.people import facts, showing
from ostiary.cli.people.finding import find_app
from ostiary.cli.tables import say, show
from ostiary.server.directory import actions
from ostiary.server.directory.rules import expressions
from ostiary.server.directory.rules.assembly import Directory
from ostiary.server.directory.store import assembling, directories
from ostiary.server.kernel.database import Connection
from ostiary.server.kernel.errors import failed_precondition

App = Annotated[str, typer.Argument(help="Its id or name.", metavar="APP")]
Condition = Annotated[
    str | None,
    typer.Option(
        help="CEL over `account`: true or CREATE makes people, MATCH_ONLY joins who is there, "
        "false or IGNORE leaves out. Empty: every human account."
    ),
]


def list_directories(as_json: AsJsonLines = False) -> None:
    """Show the apps that people come from, the one that counts most first."""
    with opened_kernel() as kernel, kernel.read() as connection:
        found = [facts.directory(each) for each in directories.every(connection)]
    show(found, ("app", "condition", "since"), as_json=as_json)


def preview(app: App, condition: Condition = None, as_json: AsJsonLines = False) -> None:
    """Tell whom a condition would add and remove; nothing changes. Without one, a refresh as is."""
    with opened_kernel() as kernel, kernel.read() as connection:
        wanted, _ = _wanted(connection, app, condition)
        told = facts.preview(assembling.preview_saving(connection, wanted))
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False))
    else:
        showing.show_preview(told)


def directory(
    app: App,
    condition: Condition = None,
    sign_in_issuer: Annotated[
        str | None,
        typer.Option(help="OpenID Connect issuer that calls people by their account's id here."),
    ] = None,
    remove: Annotated[bool, typer.Option("--remove", help="It is none any more.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask when people would go.")] = False,
    as_json: AsJson = False,
) -> None:
    """Let people come from an app, change its condition, or stop it, and refresh at once."""
    with writing() as (_, unit):
        wanted, mappings = _wanted(unit.connection, app, condition)
        if remove:
            _ask(yes, f"Remove the directory {app} and everybody who is in no other?")
            actions.remove_directory(unit, wanted.app_id)
        else:
            found = assembling.preview_saving(unit.connection, wanted)
            if found.removed:
                _ask(yes, f"{len(found.removed)} people would be removed. Save?")
            actions.save_directory(unit, wanted.app_id, wanted, mappings, sign_in_issuer)
        done = actions.refresh_everything(unit).people
    sentence = f"{done.added} people added, {done.removed} removed, {done.changed} changed."
    say(sentence, asdict(done), as_json=as_json)


def domains(
    add: Annotated[list[str] | None, typer.Option(help="Trust this one too.")] = None,
    remove: Annotated[list[str] | None, typer.Option(help="Trust it no longer.")] = None,
    as_json: AsJsonLines = False,
) -> None:
    """Show or change the domains that are ours; accounts with addresses elsewhere are external."""
    if add or remove:
        with writing() as (_, unit):
            found = directories.domains(unit.connection)
            if missing := set(remove or ()) - set(found):
                raise failed_precondition(f"{', '.join(sorted(missing))} is not trusted")
            kept = [each for each in found if each not in (remove or ())]
            actions.set_trusted_domains(unit, [*kept, *(add or ())])
    with opened_kernel() as kernel, kernel.read() as connection:
        found = directories.domains(connection)
    show([{"domain": each} for each in found], ("domain",), as_json=as_json)


def _wanted(
    connection: Connection, app: str, condition: str | None
) -> tuple[Directory, dict[str, object]]:
    """With what is stored of it, except for the condition if one is given."""
    app_id = find_app(connection, app)
    if condition and condition.strip():
        expressions.condition(condition.strip())
    stored = directories.find(connection, app_id)
    now = stored.directory if stored else Directory(app_id)
    wanted = now if condition is None else replace(now, condition=condition.strip())
    return wanted, dict(stored.mappings) if stored else {}


def _ask(yes: bool, question: str) -> None:
    if not yes and not typer.confirm(question, err=True):
        raise typer.Exit(MISUSED)


def add_to(app: typer.Typer) -> None:
    app.command("directories")(list_directories)
    app.command("preview")(preview)
    app.command("directory")(directory)
    app.command("domains")(domains)
