"""What operators call an app, found."""

from __future__ import annotations

from typing import Final

import typer

from ostiary.cli.opening import FAILED
from ostiary.server.catalog.store import app_search
from ostiary.server.catalog.store.app_search import App
from ostiary.server.catalog.store.asked import Asked
from ostiary.server.kernel.database import Connection

MOST: Final = 100_000


def named_app(connection: Connection, name: str) -> App:
    """By id, else by name in any case. Ends the command when there is none or more than one."""
    asked = Asked().where(
        f"(a.public_id = :name OR lower({app_search.NAME}) = lower(:name))", name=name
    )
    found = app_search.search(connection, asked, None, MOST)
    if len(found) == 1:
        return found[0]
    what = "no app" if not found else f"{len(found)} apps, use the id of one of them:"
    ids = " ".join(each.id for each in found)
    typer.echo(f"{name}: {what} {ids}".rstrip(), err=True)
    raise typer.Exit(FAILED)
