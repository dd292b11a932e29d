"""`ostiary users`: who can sign in. Also the way back in for who is locked out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Annotated

import sqlalchemy as sa
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ostiary.cli.opening import FAILED, opened_kernel, writing
from ostiary.cli.options import AsJson, AsJsonLines
from ostiary.cli.tables import say
from ostiary.server.kernel.auth import links, user_store, users
from ostiary.server.kernel.auth.user_store import User
from ostiary.server.kernel.authz.roles import find_role

PAGE = 500

app = typer.Typer(name="users", help="Who can sign in, and as what.", no_args_is_help=True)

Email = Annotated[str, typer.Argument(help="Of the person.")]
Roles = Annotated[list[str], typer.Argument(help="Names or ids, as in super_admin.")]


@app.command("list")
def list_users(
    as_json: AsJsonLines = False,
) -> None:
    """Show everybody who can sign in, or could once."""
    with opened_kernel() as kernel, kernel.read() as connection:
        found = list(_everybody(connection))
    if as_json:
        for user in found:
            typer.echo(json.dumps(_plain(user), ensure_ascii=False))
        return
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in ("E-mail", "Name", "Status", "From", "Roles"):
        table.add_column(name)
    for user in found:
        cells = (user.email, user.display_name, user.status, user.origin, ", ".join(_roles(user)))
        table.add_row(*(Text(cell) for cell in cells))
    Console().print(table)


@app.command()
def add(
    email: Email,
    name: Annotated[str, typer.Option(help="Else the e-mail address.")] = "",
    role: Annotated[list[str] | None, typer.Option(help="Beside basic_user.")] = None,
    as_json: AsJson = False,
) -> None:
    """Let somebody in, and print the link to choose a password with. It is good once."""
    with writing() as (kernel, unit):
        user = users.create_person(unit, email, name, "local")
        if role:
            user = users.set_roles(unit, user, [*user.role_ids, *users.check_roles(role)])
        link, _ = links.password_link(unit, user, kernel.settings)
    say(link, {**_plain(user), "passwordLink": link}, as_json=as_json)


@app.command()
def link(email: Email, as_json: AsJson = False) -> None:
    """Print a link to choose a new password with. It is good once."""
    with writing() as (kernel, unit):
        user = _find(unit.connection, email)
        url, _ = links.password_link(unit, user, kernel.settings)
    say(url, {**_plain(user), "passwordLink": url}, as_json=as_json)


@app.command()
def roles(email: Email, role: Roles, as_json: AsJson = False) -> None:
    """Replace somebody's roles."""
    with writing() as (_, unit):
        user = users.set_roles(unit, _find(unit.connection, email), users.check_roles(role))
    say(", ".join(_roles(user)), _plain(user), as_json=as_json)


@app.command()
def disable(email: Email, as_json: AsJson = False) -> None:
    """Keep somebody out, and end sessions and API keys at once."""
    with writing() as (_, unit):
        user = users.set_status(unit, _find(unit.connection, email), enabled=False)
    say(f"{user.email} cannot sign in any more.", _plain(user), as_json=as_json)


@app.command()
def enable(email: Email, as_json: AsJson = False) -> None:
    """Let somebody in again."""
    with writing() as (_, unit):
        user = users.set_status(unit, _find(unit.connection, email), enabled=True)
    say(f"{user.email} can sign in.", _plain(user), as_json=as_json)


def _everybody(connection: sa.Connection) -> Iterator[User]:
    last = 0
    while page := user_store.page(connection, "human", last, PAGE):
        yield from page
        last = page[-1].id


def _find(connection: sa.Connection, email: str) -> User:
    user = user_store.find_by_email(connection, email.strip())
    if user is None:
        typer.echo(f"nobody has the address {email}", err=True)
        raise typer.Exit(FAILED)
    return user


def _roles(user: User) -> list[str]:
    return sorted(role.name if (role := find_role(key)) else key for key in user.role_ids)


def _plain(user: User) -> dict[str, object]:
    return {
        "id": user.public_id,
        "email": user.email,
        "displayName": user.display_name,
        "status": user.status,
        "origin": user.origin,
        "roles": _roles(user),
    }
