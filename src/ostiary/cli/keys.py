"""`ostiary keys`: the keys that secrets are encrypted with."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from ostiary.cli.opening import CONSOLE, opened_kernel
from ostiary.cli.options import AsJson
from ostiary.cli.tables import say
from ostiary.server.kernel.rotation import rotate

app = typer.Typer(name="keys", help="The keys that stored secrets are encrypted with.")


@app.callback()
def root() -> None:
    """The keys that stored secrets are encrypted with."""


@app.command("rotate")
def rotate_keys(
    drop_old: Annotated[
        bool,
        typer.Option(help="Forget the keys used until now; when no server is running."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Make a new key and encrypt every stored secret with it. The server may go on running.

    With the keys in OSTIARY_ENCRYPTION_KEY, put the new one first there and keep the old one behind
    a comma, restart the servers, and run this to encrypt everything with the first.
    """
    with opened_kernel() as kernel:
        done = rotate(kernel, CONSOLE, drop_old=drop_old)
    sentence = f"Key {done.key_id} is in use; {done.reencrypted} secrets encrypted with it."
    say(sentence, asdict(done), as_json=as_json)
    if done.retired and not as_json:
        typer.echo(f"{done.retired} older keys stay readable; --drop-old forgets them.")
