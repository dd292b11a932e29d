"""The `ostiary` command."""

from __future__ import annotations

from importlib.metadata import version
from typing import Annotated, ClassVar

import typer

from ostiary.cli.c1z import app as c1z_commands
from ostiary.cli.demo import demo
from ostiary.cli.lazy import LazyCommands
from ostiary.tenant.commands import app as tenant_commands


class Commands(LazyCommands):
    """The server's commands come first, and are loaded last."""

    lazy: ClassVar[dict[str, str]] = {
        "serve": "ostiary.cli.serve",
        "people": "ostiary.cli.people",
        "apps": "ostiary.cli.apps",
        "access": "ostiary.cli.access",
        "audit": "ostiary.cli.audit",
        "keys": "ostiary.cli.keys",
        "users": "ostiary.cli.users",
        "connectors": "ostiary.cli.connectors",
        "mail": "ostiary.cli.mail",
    }


app = typer.Typer(
    name="ostiary",
    cls=Commands,
    help="Open identity governance for Microsoft Entra ID.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
)
app.add_typer(tenant_commands)
app.add_typer(c1z_commands)
app.command()(demo)


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(f"ostiary {version('ostiary')}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Open identity governance for Microsoft Entra ID."""


def main() -> None:
    """Entry point of the console script."""
    app()


if __name__ == "__main__":
    main()
