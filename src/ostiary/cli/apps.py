"""`ostiary apps`: what people get access to."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated, Any

import typer

from ostiary.cli.app_naming import MOST, named_app
from ostiary.cli.linked_groups import app as linked_groups
from ostiary.cli.opening import CONSOLE, FAILED, opened_kernel
from ostiary.cli.tables import show
from ostiary.server.catalog import actions
from ostiary.server.catalog.store import app_search, apps
from ostiary.server.catalog.store.app_search import App
from ostiary.server.catalog.store.asked import Asked
from ostiary.server.kernel.errors import AppError

app = typer.Typer(name="apps", help="What people get access to.", no_args_is_help=True)
app.add_typer(linked_groups)

Json = Annotated[bool, typer.Option("--json", help="One object per line.")]


@app.command("list")
def list_apps(
    query: Annotated[str, typer.Argument(help="A part of the name or description.")] = "",
    unmanaged: Annotated[bool, typer.Option(help="Those discovered and not managed yet.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=MOST)] = 1000,
    as_json: Json = False,
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
    as_json: Json = False,
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
    with opened_kernel() as kernel:
        try:
            with kernel.work(CONSOLE) as unit:
                chosen = [named_app(unit.connection, name) for name in names]
                actions.manage_apps(unit, [each.id for each in chosen])
        except AppError as error:
            typer.echo(error.message, err=True)
            raise typer.Exit(FAILED) from None
    for each in chosen:
        typer.echo(f"{each.display_name} is managed now.")


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
