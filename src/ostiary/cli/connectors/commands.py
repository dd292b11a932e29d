"""The commands. All of them act as the operator at the console, and the audit log says so."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from ostiary.cli.c1z.screen import Screen
from ostiary.cli.connectors import facts, showing
from ostiary.cli.connectors.finding import app_for, find_connector, find_credential
from ostiary.cli.opening import opened_kernel, writing
from ostiary.server.connectors.actions import credentials, registry, syncs
from ostiary.server.connectors.actions.credentials import Rotated
from ostiary.server.connectors.actions.registry import NewConnector
from ostiary.server.connectors.store import registry as stored
from ostiary.server.kernel.errors import failed_precondition
from ostiary.server.kernel.settings import Settings
from ostiary.server.kernel.work import Kernel, UnitOfWork

SELF_HOSTED = "2HErg7BRmNdHgX8sTCWVq4E1fyh"
"""What C1's catalogue calls a connector that somebody runs themselves (c1-api reference 3.1)."""

app = typer.Typer(name="connectors", help="What brings access into Ostiary.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="CONNECTOR", help="Its id or exact name.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document.")]


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="What people will call it.")],
    to_app: Annotated[
        str | None,
        typer.Option("--app", help="Id or name of the app to fill. Default: a new app NAME."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Set a connector up, and print the secret it signs in with. It is shown once."""
    with writing() as (kernel, unit):
        app_id = app_for(unit, name, to_app)
        connector = registry.create_connector(unit, NewConnector(app_id, SELF_HOSTED, name))
        minted = _mint(kernel, unit, connector.id)
        record = facts.overview_record(facts.overview(unit.connection, connector))
    _tell_secret(kernel.settings, minted, as_json, record)


@app.command("list")
def list_connectors(
    as_json: Annotated[bool, typer.Option("--json", help="One object per line.")] = False,
    wide: Annotated[bool, typer.Option("--wide", help="Whole values, however wide.")] = False,
) -> None:
    """Show all connectors and how they are."""
    with opened_kernel() as kernel, kernel.read() as connection:
        seen = [facts.overview(connection, each) for each in stored.find_all(connection)]
    screen = Screen(wide=wide)
    if not as_json:
        showing.show_list(screen, seen)
        return
    for each in seen:
        screen.record(facts.overview_record(each))


@app.command()
def show(connector: Name, as_json: AsJson = False) -> None:
    """Show one connector with its newest sync, its agents and its credentials."""
    with opened_kernel() as kernel, kernel.read() as connection:
        seen = facts.details(connection, find_connector(connection, connector))
        now = kernel.clock.now()
    if as_json:
        Screen().document(facts.details_record(seen, now))
    else:
        showing.show_details(Screen(), seen, now)


@app.command()
def rotate(connector: Name, as_json: AsJson = False) -> None:
    """Print a new secret. Earlier ones work for another hour."""
    with writing() as (kernel, unit):
        minted = _mint(kernel, unit, find_connector(unit.connection, connector).id)
    _tell_secret(kernel.settings, minted, as_json, {})


@app.command()
def revoke(
    connector: Name,
    credential: Annotated[str, typer.Argument(help="Its client id, as `show` prints it.")],
    as_json: AsJson = False,
) -> None:
    """Lock out whoever has this credential, at once."""
    with writing() as (_, unit):
        owner = find_connector(unit.connection, connector)
        found = find_credential(unit.connection, owner, credential)
        revoked = credentials.revoke_credential(unit, owner.id, found.id)
        record = facts.credential_record(revoked, unit.now)
    _tell(f"{revoked.client_id} is revoked.", as_json, record)


@app.command()
def sync(connector: Name, as_json: AsJson = False) -> None:
    """Have the connector sync now, or as soon as it runs."""
    with writing() as (_, unit):
        found = find_connector(unit.connection, connector)
        record = facts.sync_record(syncs.request_sync(unit, found.id))
    _tell(f"{found.display_name} syncs when its agent asks next.", as_json, record)


@app.command()
def pause(
    connector: Name,
    reason: Annotated[str, typer.Option(help="For those who wonder.")] = "",
    as_json: AsJson = False,
) -> None:
    """Let no sync start, and stop one that waits or runs."""
    with writing() as (_, unit):
        found = find_connector(unit.connection, connector)
        paused = registry.pause_connector(unit, found.id, reason)
        record = facts.overview_record(facts.overview(unit.connection, paused))
    _tell(f"{found.display_name} is paused.", as_json, record)


@app.command()
def resume(connector: Name, as_json: AsJson = False) -> None:
    """Let syncs start again."""
    with writing() as (_, unit):
        found = find_connector(unit.connection, connector)
        resumed = registry.resume_connector(unit, found.id)
        record = facts.overview_record(facts.overview(unit.connection, resumed))
    _tell(f"{found.display_name} is no longer paused.", as_json, record)


@app.command()
def delete(
    connector: Name,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Remove a connector and lock its agents out. What it brought stays in its app."""
    if not yes:
        typer.confirm(f"Delete the connector {connector}?", abort=True, err=True)
    with writing() as (_, unit):
        found = find_connector(unit.connection, connector)
        gone = registry.delete_connector(unit, found.id)
        record = facts.overview_record(facts.overview(unit.connection, gone))
    _tell(f"{found.display_name} is deleted.", as_json, record)


def _mint(kernel: Kernel, unit: UnitOfWork, connector_id: str) -> Rotated:
    settings = kernel.settings
    if not (settings.external_port or settings.tls_port):
        raise failed_precondition(
            "The server's port is not known here; set OSTIARY_TLS_PORT or OSTIARY_EXTERNAL_PORT."
        )
    return credentials.rotate_credential(unit, connector_id, settings.external_authority)


def _tell_secret(
    settings: Settings, minted: Rotated, as_json: bool, record: dict[str, Any]
) -> None:
    variables = showing.environment(minted, showing.authority_file(settings))
    if not as_json:
        showing.show_secret(Screen(), minted, variables)
        return
    secret = {
        "clientId": minted.credential.client_id,
        "clientSecret": minted.secret,
        "environment": variables,
        "earlierSecretsWorkUntil": facts.instant(minted.old_until),
    }
    Screen().document(record | secret)


def _tell(sentence: str, as_json: bool, record: dict[str, Any]) -> None:
    if as_json:
        Screen().document(record)
    else:
        typer.echo(sentence)
