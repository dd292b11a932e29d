"""`ostiary people`: who there is, who owns which account, and the directories that say so."""

from __future__ import annotations

import typer

from ostiary.cli.people import accounts, commands, directories

app = typer.Typer(
    name="people", help="People, their accounts, and the directories.", no_args_is_help=True
)
commands.add_to(app)
directories.add_to(app)
accounts.add_to(app)
