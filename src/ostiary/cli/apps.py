"""`ostiary apps`: what people get access to."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated, Any

import typer

from ostiary.cli.app_naming import MOST, named_app
from ostiary.cli.linked_groups import app as linked_groups
from ostiary.cli.opening import CONSOLE, FAILED, opened_kernel, writing
from ostiary.cli.options import AsJsonLines
from ostiary.cli.tables import show
from ostiary.server.catalog import actions, deletion
from ostiary.server.catalog.store import app_search, apps, deleting
from ostiary.server.catalog.store.app_search import App
from ostiary.server.catalog.store.asked import Asked
from ostiary.server.connectors.actions.of_apps import delete_connectors
from ostiary.server.web.moments import counted

app = typer.Typer(name="apps", help="What people get access to.", no_args_is_help=True)
app.add_typer(linked_groups)


@app.command("list")
def list_apps(
    query: Annotated[str, typer.Argument(help="A part of the name or description.")] = "",
    unmanaged: Annotated[bool, typer.Option(help="Those discovered and not managed yet.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=MOST)] = 1000,
    as_json: AsJsonLines = False,
) -> None:
    """Show apps by name."""
    asked = Asked().where("a.managed = :managed", managed=not unmanaged)
    asked.containing(query, app_search.NAME, "a.description")
    with opened_kernel() as kernel, kernel.read() as connection:
        found = app_search.search(connection, asked, None, limit)
    shown = [_plain(each) for each in found]
    show(shown, ("id", "name", "accounts", "managed", "parent"), as_json=as_json)


@app.command("show")
def show_app(
    name: Annotated[str, typer.Argument(help="Id or name.", metavar="APP")],
    as_json: AsJsonLines = False,
) -> None:
    """Show one app, its owners, and what would go if it were deleted."""
    with opened_kernel() as kernel, kernel.read() as connection:
        found = named_app(connection, name)
        people, entitlements = apps.owners_of(connection, found.key)
        told = {
            **_plain(found),
            "description": found.description,
            "created": found.created_at.isoformat(),
            "owners": people,
            "owning_entitlements": entitlements,
            "contents": dict(app_search.counts_with(connection, found.key)),
            "deleted_with_it": asdict(apps.cascade(connection, found.key)),
        }
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False))
        return
    for title, value in told.items():
        typer.echo(f"{title.replace('_', ' '):20} {_text(value)}")


@app.command()
def manage(
    names: Annotated[list[str], typer.Argument(help="Ids or names.", metavar="APP...")],
) -> None:
    """Take discovered apps under management: all of them, or none when one cannot be."""
    with writing() as (_, unit):
        chosen = [named_app(unit.connection, name) for name in names]
        actions.manage_apps(unit, [each.id for each in chosen])
    for each in chosen:
        typer.echo(f"{each.display_name} is managed now.")


@app.command()
def delete(
    name: Annotated[str, typer.Argument(help="Id or name.", metavar="APP")],
    confirm: Annotated[
        str, typer.Option(help="The app's name, typed in full; asked for when left out.")
    ] = "",
) -> None:
    """Delete an app with every app discovered through it, their connectors and all access."""
    with opened_kernel() as kernel:
        with kernel.read() as connection:
            found = named_app(connection, name)
            going = apps.cascade(connection, found.key)
            connectors, linked = deleting.counts(connection, found.key)
            contents = app_search.counts_with(connection, found.key)
        typer.echo(f"With {found.display_name} go {_text(asdict(going))} apps;", err=True)
        everything = {**contents, "connectors": connectors, "linked groups": linked}
        typer.echo(f"in all of them: {_text(everything)}.", err=True)
        typed = confirm or typer.prompt("The name of the app, to delete it all", err=True)
        if typed != found.display_name:
            typer.echo("That is not its name; nothing was deleted.", err=True)
            raise typer.Exit(FAILED)
        with kernel.work(CONSOLE) as unit:
            gone = deletion.delete_app(unit, found.id, going, delete_connectors)
    typer.echo(f"Deleted {counted(len(gone), 'app')}.")


@app.command()
def restore(
    app_id: Annotated[str, typer.Argument(help="Id of a discovered app.", metavar="APP")],
) -> None:
    """Take the deletion of a discovered app back. It is unmanaged then."""
    with writing() as (_, unit):
        deletion.restore_app(unit, app_id)
    typer.echo(f"{app_id} is restored.")


def _plain(each: App) -> dict[str, Any]:
    return {
        "id": each.id,
        "name": each.display_name,
        "accounts": each.user_count,
        "managed": each.managed,
        "parent": each.parent_app_id,
    }


def _text(value: Any) -> str:
    match value:
        case list():
            return ", ".join(value) or "none"
        case dict():
            return ", ".join(f"{number} {name.replace('_', ' ')}" for name, number in value.items())
        case bool():
            return "yes" if value else "no"
    return str(value)
