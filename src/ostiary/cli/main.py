"""The `ostiary` command."""

from __future__ import annotations

from importlib.metadata import version
from typing import Annotated

import typer

from ostiary.cli.audit import app as audit_commands
from ostiary.cli.c1z import app as c1z_commands
from ostiary.cli.demo import demo
from ostiary.cli.keys import app as keys_commands
from ostiary.cli.serve import serve
from ostiary.tenant.commands import app as tenant_commands

app = typer.Typer(
    name="ostiary",
    help="Open identity governance for Microsoft Entra ID.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
)
app.command()(serve)
app.add_typer(audit_commands)
app.add_typer(keys_commands)
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
