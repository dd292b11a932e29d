"""The commands. All of them act as the operator at the console, and the audit log says so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Any

import typer

from ostiary.cli.c1z.screen import Screen
from ostiary.cli.connectors import facts, hosted, showing
from ostiary.cli.connectors.finding import app_for, find_connector, find_credential
from ostiary.cli.opening import FAILED, opened_kernel, writing
from ostiary.cli.options import AsJson, AsJsonLines, Wide
from ostiary.server.connectors.actions import credentials, registry, syncs
from ostiary.server.connectors.actions.credentials import Rotated
from ostiary.server.connectors.actions.registry import NewConnector
from ostiary.server.connectors.catalogue.kinds import SELF_HOSTED
from ostiary.server.connectors.schedule import Cron, Interval, Schedule, ScheduleError
from ostiary.server.connectors.store import registry as stored
from ostiary.server.connectors.store.syncs import Sync
from ostiary.server.kernel.errors import failed_precondition, invalid
from ostiary.server.kernel.settings import Settings
from ostiary.server.kernel.work import Kernel, UnitOfWork

app = typer.Typer(name="connectors", help="What brings access into Ostiary.", no_args_is_help=True)

Given = Annotated[
    list[str], typer.Option("--set", metavar="NAME=VALUE", help="A setting; repeatable.")
]
Files = Annotated[
    list[str],
    typer.Option("--from-file", metavar="NAME=PATH", help="A setting whose value a file holds."),
]
Name = Annotated[str, typer.Argument(metavar="CONNECTOR", help="Its id or exact name.")]


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="What people will call it.")],
    to_app: Annotated[
        str | None,
        typer.Option("--app", help="Id or name of the app to fill. Default: a new app NAME."),
    ] = None,
    kind: Annotated[
        str | None,
        typer.Option(
            "--kind", help="What the server is to run, such as microsoft-entra. Default: nothing."
        ),
    ] = None,
    settings: Given = [],  # noqa: B006 - typer copies it
    files: Files = [],  # noqa: B006
    as_json: AsJson = False,
) -> None:
    """Set a connector up: one that the server runs, or one that runs elsewhere.

    For one that runs elsewhere the secret it signs in with is printed, and never again. The
    settings of one that the server runs are tried out first, and secrets among them are asked for.
    """
    if kind is not None:
        with opened_kernel() as kernel:
            record = hosted.create(kernel, kind, name, to_app, settings, files)
        _tell(f"{name} is connected; the server runs it and syncs now.", as_json, record)
        return
    if settings or files:
        raise typer.BadParameter("Settings belong to a --kind that the server runs.")
    with writing() as (kernel, unit):
        app_id = app_for(unit, name, to_app)
        connector = registry.create_connector(unit, NewConnector(app_id, SELF_HOSTED, name))
        minted = _mint(kernel, unit, connector.id)
        record = facts.record_of(unit.connection, connector)
    _tell_secret(kernel.settings, minted, as_json, record)


@app.command()
def configure(
    connector: Name,
    settings: Given = [],  # noqa: B006 - typer copies it
    files: Files = [],  # noqa: B006
    as_json: AsJson = False,
) -> None:
    """Change settings of a connector that the server runs. They are tried out first."""
    with opened_kernel() as kernel:
        record = hosted.configure(kernel, connector, settings, files)
    _tell(f"The settings of {record['displayName']} work and are in use.", as_json, record)


@app.command()
def check(connector: Name, as_json: AsJson = False) -> None:
    """Try the settings of a connector that the server runs: what works, and what does not."""
    with opened_kernel() as kernel:
        verdict = hosted.check(kernel, connector)
    if as_json:
        Screen().document(verdict.model_dump(mode="json"))
    for finding in () if as_json else verdict.findings:
        feature = f"{finding.feature}: " if finding.feature else ""
        typer.echo(f"{finding.severity:<8}{feature}{finding}")
    if verdict.errors:
        raise typer.Exit(FAILED)


@app.command("list")
def list_connectors(
    as_json: AsJsonLines = False,
    wide: Wide = False,
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
    _steer(connector, syncs.request_sync, "{} syncs when its agent asks next.", as_json=as_json)


@app.command()
def stop(connector: Name, as_json: AsJson = False) -> None:
    """Call off the sync that waits or runs."""
    _steer(connector, syncs.stop_sync, "The sync of {} is called off.", as_json=as_json)


@app.command()
def confirm(connector: Name, as_json: AsJson = False) -> None:
    """Have a sync that is held applied: what it would remove is really gone."""
    _steer(connector, syncs.confirm_sync, "The held sync of {} is applied.", as_json=as_json)


@app.command()
def schedule(
    connector: Name,
    every: Annotated[int | None, typer.Option(help="Minutes, 30 at least.")] = None,
    cron: Annotated[str | None, typer.Option(help="Five fields, such as '15 6 * * *'.")] = None,
    zone: Annotated[str, typer.Option(help="Of the cron expression.")] = "UTC",
    on_demand: Annotated[bool, typer.Option("--on-demand", help="Only when asked.")] = False,
    as_json: AsJson = False,
) -> None:
    """Say when the connector syncs: every so often, by cron, or only when asked."""
    with writing() as (_, unit):
        wanted = _schedule(every, cron, zone, on_demand)
        found = find_connector(unit.connection, connector)
        changed = registry.set_schedule(unit, found.id, wanted)
        record = facts.record_of(unit.connection, changed)
    due = facts.instant(changed.due_at) or "when asked"
    _tell(f"{changed.display_name} syncs next: {due}.", as_json, record)


@app.command()
def pause(
    connector: Name,
    reason: Annotated[str, typer.Option(help="For those who wonder.")] = "",
    as_json: AsJson = False,
) -> None:
    """Let no sync start, and stop one that waits or runs."""
    with writing() as (_, unit):
        found = find_connector(unit.connection, connector)
        record = facts.record_of(unit.connection, registry.pause_connector(unit, found.id, reason))
    _tell(f"{found.display_name} is paused.", as_json, record)


@app.command()
def resume(connector: Name, as_json: AsJson = False) -> None:
    """Let syncs start again."""
    with writing() as (_, unit):
        found = find_connector(unit.connection, connector)
        record = facts.record_of(unit.connection, registry.resume_connector(unit, found.id))
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
        record = facts.record_of(unit.connection, registry.delete_connector(unit, found.id))
    _tell(f"{found.display_name} is deleted.", as_json, record)


def _steer(
    connector: str, act: Callable[[UnitOfWork, str], Sync], sentence: str, *, as_json: bool
) -> None:
    """`sentence` has a place for the connector's name."""
    with writing() as (_, unit):
        found = find_connector(unit.connection, connector)
        record = facts.sync_record(act(unit, found.id))
    _tell(sentence.format(found.display_name), as_json, record)


def _schedule(every: int | None, cron: str | None, zone: str, on_demand: bool) -> Schedule | None:
    if (every is not None) + (cron is not None) + on_demand != 1:
        raise invalid("Give one of --every, --cron and --on-demand.")
    try:
        if cron is not None:
            return Cron(cron, zone)
        return Interval(timedelta(minutes=every)) if every is not None else None
    except ScheduleError as error:
        raise invalid(str(error)) from error


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
    variables = showing.environment(minted, settings.authority_file)
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
