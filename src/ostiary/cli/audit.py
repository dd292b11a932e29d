"""`ostiary audit`: who did what, and the proof that the log is whole."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ostiary.cli.opening import FAILED, MISUSED, opened_kernel
from ostiary.cli.options import AsJsonLines
from ostiary.server.kernel.audit_log import Anchor, Filter, entries, verify

app = typer.Typer(name="audit", help="Who did what, and whether the log is whole.")


@app.command("verify")
def verify_log(
    expect: Annotated[
        str, typer.Option(help="SEQUENCE:HASH, as an earlier run told it.", metavar="ANCHOR")
    ] = "",
) -> None:
    """Prove that no entry was altered, removed or moved. Exit status 1 if one was.

    Somebody who can write to the database can forge a whole new log, or cut off its end. Note the
    last line somewhere else and hand it to a later run with --expect: that rules this out too.
    """
    anchor = _anchor(expect)
    with opened_kernel() as kernel, kernel.read() as connection:
        verdict = verify(connection, anchor)
    for problem in verdict.problems:
        typer.echo(problem, err=True)
    if verdict.problems:
        typer.echo(f"The log of {verdict.entries} entries is NOT whole.", err=True)
        raise typer.Exit(FAILED)
    typer.echo(f"{verdict.entries} entries, none altered, removed or moved.")
    typer.echo(str(verdict.head))


@app.command("list")
def list_entries(
    actor: Annotated[str, typer.Option(help="Id or name of who did it.")] = "",
    action: Annotated[str, typer.Option(help="As in catalog.app.delete; catalog is enough.")] = "",
    object_type: Annotated[str, typer.Option("--type", help="Of what it was done to.")] = "",
    object_id: Annotated[str, typer.Option("--object", help="Id of what it was done to.")] = "",
    request: Annotated[str, typer.Option(help="Id of the request, as errors tell it.")] = "",
    since: Annotated[datetime | None, typer.Option(help="UTC.")] = None,
    until: Annotated[datetime | None, typer.Option(help="UTC, exclusive.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000)] = 50,
    as_json: AsJsonLines = False,
) -> None:
    """Show entries, newest first."""
    wanted = Filter(actor, action, object_type, object_id, request, _utc(since), _utc(until))
    with opened_kernel() as kernel, kernel.read() as connection:
        found = [dict(row) for row in entries(connection, wanted, limit=limit)]
    if as_json:
        for entry in found:
            typer.echo(json.dumps(_plain(entry), ensure_ascii=False))
    else:
        Console().print(_table(found))


def _anchor(text: str) -> Anchor | None:
    try:
        return Anchor.parse(text) if text else None
    except ValueError:
        typer.echo("--expect takes SEQUENCE:HASH, the last line of an earlier run", err=True)
        raise typer.Exit(MISUSED) from None


def _utc(instant: datetime | None) -> datetime | None:
    return instant.replace(tzinfo=UTC) if instant else None


def _plain(entry: dict[str, Any]) -> dict[str, Any]:
    return {**entry, "at": entry["at"].isoformat(), "hash": entry["hash"].hex()}


def _table(found: list[dict[str, Any]]) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in ("#", "When (UTC)", "Who", "What", "To", "Change"):
        table.add_column(name)
    for entry in found:
        cells = (
            str(entry["sequence"]),
            f"{entry['at']:%Y-%m-%d %H:%M:%S}",
            entry["actor_name"] or entry["actor_id"],
            entry["action"],
            f"{entry['object_type']} {entry['object_id']}",
            _change(entry["before"], entry["after"]),
        )
        table.add_row(*(Text(cell) for cell in cells))
    return table


def _change(before: dict[str, Any] | None, after: dict[str, Any] | None) -> str:
    """Only what differs."""
    old, new = before or {}, after or {}
    return ", ".join(
        f"{name}: {_short(old.get(name))} → {_short(new.get(name))}"
        if name in old
        else f"{name}: {_short(new.get(name))}"
        for name in sorted(old.keys() | new.keys())
        if old.get(name) != new.get(name) or name not in new or name not in old
    )


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:59]}…"
