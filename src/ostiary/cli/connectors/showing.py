"""Connectors for people at a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import typer

from ostiary.cli.c1z.columns import Column
from ostiary.cli.c1z.screen import Screen
from ostiary.cli.connectors.facts import Details, Overview, credential_state, instant
from ostiary.server.connectors.actions.credentials import Rotated

LIST = (
    Column("Connector"),
    Column("App"),
    Column("Status"),
    Column("Last sync"),
    Column("Id", narrow=27),
    Column("Counts", detail=True),
    Column("Note"),
)
CREDENTIALS = (
    Column("Client id", narrow=24),
    Column("State"),
    Column("Last used"),
    Column("Ends"),
    Column("Credential", detail=True),
)


def show_list(screen: Screen, seen: Sequence[Overview]) -> None:
    screen.table(
        LIST,
        [
            (
                each.connector.display_name,
                each.app,
                str(each.connector.status),
                instant(each.connector.last_sync_at) or "never",
                each.connector.id,
                _counted(each.counts),
                each.connector.last_error or each.connector.paused_reason,
            )
            for each in seen
        ],
    )


def show_details(screen: Screen, seen: Details, now: datetime) -> None:
    for name, value in _fields(seen):
        screen.line(f"{name + ':':<12}{value}")
    screen.line()
    screen.table(
        CREDENTIALS,
        [
            (
                each.client_id,
                credential_state(each, now),
                instant(each.last_used_at) or "never",
                instant(each.ends) or "never",
                each.id,
            )
            for each in seen.credentials
        ],
    )


def environment(minted: Rotated, authority: Path | None) -> dict[str, str]:
    """What a connector has to be given, beside what its own source of data needs.

    `authority`: the file of the authority that signed the server's certificate, if it is ours.
    """
    variables = {
        "BATON_CLIENT_ID": minted.credential.client_id,
        "BATON_CLIENT_SECRET": minted.secret,
    }
    return variables | ({"SSL_CERT_FILE": str(authority)} if authority else {})


def show_secret(screen: Screen, minted: Rotated, variables: Mapping[str, str]) -> None:
    screen.line(f"Client id: {minted.credential.client_id}")
    screen.line("The secret is shown this once. Run the connector with")
    screen.line()
    for name, value in variables.items():
        typer.echo(f"export {name}='{value}'")
    typer.echo("baton-microsoft-entra")
    screen.line()
    screen.line(
        "or any other Baton connector, beside the settings it needs to reach its own source."
    )
    if file := variables.get("SSL_CERT_FILE"):
        screen.line(f"Elsewhere than on this machine it needs a copy of {file}.")
    if minted.old_until is not None:
        screen.line(f"Earlier secrets work until {instant(minted.old_until)}.")


def _fields(seen: Details) -> list[tuple[str, str]]:
    connector, latest = seen.overview.connector, seen.overview.latest
    fields = [
        ("Connector", f"{connector.display_name} ({connector.id})"),
        ("App", f"{seen.overview.app} ({connector.app_id})"),
        ("Status", "deleted" if connector.deleted_at else str(connector.status)),
        ("Last sync", instant(connector.last_sync_at) or "never"),
        ("Counts", _counted(seen.overview.counts) or "none yet"),
        ("Next sync", instant(connector.due_at) or "when asked"),
    ]
    if latest is not None:
        asked = instant(latest.requested_at)
        fields.append(("Latest", f"{latest.state}, asked for {asked} ({latest.cause})"))
    if connector.last_error:
        fields.append(("Error", connector.last_error))
    if connector.paused_at is not None:
        because = connector.paused_reason or "no reason given"
        fields.append(("Paused", f"{instant(connector.paused_at)}, {because}"))
    for agent in seen.agents:
        fields.append(("Agent", f"{agent.host}, last seen {instant(agent.last_seen_at)}"))
    return fields


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(
        f"{number} {kind.replace('_', ' ')}" for kind, number in sorted(counts.items())
    )
