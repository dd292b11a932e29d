"""`ostiary tenant`: serve a simulated tenant, and look behind it."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ostiary.tenant.remote import RunningTenant, UnreachableError
from ostiary.tenant.size import Size

DEFAULT_PORT = 9443

app = typer.Typer(
    name="tenant",
    help="A simulated Entra tenant: login endpoints and Microsoft Graph on one port.",
    no_args_is_help=True,
)
console = Console(stderr=True)


class Credentials(StrEnum):
    STABLE = "stable"
    FRESH = "fresh"


@app.command()
def serve(
    story: Annotated[str, typer.Option(help="The told tenant to serve.")] = "small",
    users: Annotated[
        int | None, typer.Option(min=10, help="Generate a tenant with so many users instead.")
    ] = None,
    groups: Annotated[
        int | None, typer.Option(min=1, help="Groups to generate. Default: a fifth of the users.")
    ] = None,
    memberships: Annotated[
        int | None,
        typer.Option(min=0, help="Memberships to generate. Default: fifteen times the users."),
    ] = None,
    service_principals: Annotated[
        int | None, typer.Option(min=1, help="Service principals to generate. Default: 300.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Another seed, another generated tenant.")] = 1,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="0 takes any free port.")
    ] = DEFAULT_PORT,
    name: Annotated[
        list[str] | None, typer.Option(help="Further name for the certificate; repeatable.")
    ] = None,
    http: Annotated[bool, typer.Option("--http", help="Plain HTTP, no certificate.")] = False,
    premium: Annotated[
        bool, typer.Option("--premium/--free", help="With Entra ID P2, or without P1 and P2.")
    ] = True,
    latency_ms: Annotated[
        float, typer.Option(min=0, help="Milliseconds each Graph request takes at least.")
    ] = 0.0,
    quota: Annotated[
        float, typer.Option(min=0.0001, help="Factor on Graph's throttling limits: 0.1 is tight.")
    ] = 1.0,
    weather: Annotated[
        Path | None, typer.Option(help="Faults that strike requests: a forecast in YAML.")
    ] = None,
    lag: Annotated[
        float, typer.Option(min=0, help="Seconds by which lists and delta trail writes.")
    ] = 0.0,
    data_dir: Annotated[
        Path | None, typer.Option(help="Keeps certificates, keys and credentials between runs.")
    ] = None,
    credentials: Annotated[
        Credentials, typer.Option(help="fresh replaces the client secret kept in --data-dir.")
    ] = Credentials.STABLE,
    ready_file: Annotated[
        Path | None, typer.Option(help="Write address and credentials here (JSON) once listening.")
    ] = None,
) -> None:
    """Serve a simulated tenant until interrupted."""
    from ostiary.tenant.serving import Order, serve_until_stopped

    try:
        order = Order(
            story=story,
            size=_size(users, groups, memberships, service_principals, seed),
            host=host,
            port=port,
            names=tuple(name or ()),
            tls=not http,
            latency_ms=latency_ms,
            quota=quota,
            lag=lag,
            premium=premium,
            weather_file=weather,
            data_dir=data_dir.resolve() if data_dir else None,
            fresh_credentials=credentials is Credentials.FRESH,
            ready_file=ready_file,
        )
        serve_until_stopped(order, console)
    except OSError as error:
        _fail(f"{error.strerror}: {error.filename}" if error.filename else error.strerror)
    except ValueError as error:
        _fail(str(error))


@app.command()
def truth(
    url: Annotated[str | None, typer.Option(help="Address of the running simulator.")] = None,
    ca_file: Annotated[Path | None, typer.Option(help="Its certificate authority (PEM).")] = None,
    data_dir: Annotated[
        Path | None, typer.Option(help="The --data-dir it was started with, instead of --url.")
    ] = None,
    closure: Annotated[bool, typer.Option(help="Include transitive group members.")] = True,
) -> None:
    """Print what is really so in the running tenant, as JSON."""
    path = "/_tenant/truth" if closure else "/_tenant/truth?closure=false"
    typer.echo(_ask(url, ca_file, data_dir, path))


@app.command()
def drift(
    steps: Annotated[int, typer.Option(min=1, help="How many changes.")] = 1,
    seed: Annotated[int, typer.Option(help="Another seed, other changes.")] = 1,
    url: Annotated[str | None, typer.Option(help="Address of the running simulator.")] = None,
    ca_file: Annotated[Path | None, typer.Option(help="Its certificate authority (PEM).")] = None,
    data_dir: Annotated[
        Path | None, typer.Option(help="The --data-dir it was started with, instead of --url.")
    ] = None,
) -> None:
    """Let the running tenant change at random, and print what changed."""
    answer = _ask(url, ca_file, data_dir, "/_tenant/drift", {"steps": steps, "seed": seed})
    for change in json.loads(answer)["changes"]:
        typer.echo(change)


@app.command()
def ledger(
    url: Annotated[str | None, typer.Option(help="Address of the running simulator.")] = None,
    ca_file: Annotated[Path | None, typer.Option(help="Its certificate authority (PEM).")] = None,
    data_dir: Annotated[
        Path | None, typer.Option(help="The --data-dir it was started with, instead of --url.")
    ] = None,
    reset: Annotated[bool, typer.Option("--reset", help="Count from zero afterwards.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of a table.")] = False,
) -> None:
    """Print what was asked of the running tenant's Graph, and what it cost."""
    if reset:
        answer = _ask(url, ca_file, data_dir, "/_tenant/reset-ledger", {})
    else:
        answer = _ask(url, ca_file, data_dir, "/_tenant/ledger")
    if as_json:
        typer.echo(answer)
    else:
        Console().print(_table(json.loads(answer)))


def _table(told: dict[str, Any]) -> Table:
    table = Table(box=None, header_style="bold")
    table.add_column("Operation", overflow="fold")
    for column in ("Requests", "Units", "Throttled", "Errors"):
        table.add_column(column, justify="right", no_wrap=True)
    for name, tally in told["operations"].items():
        counts = ("requests", "resourceUnits", "throttled", "errors")
        table.add_row(escape(name), *(f"{tally[count]:,}" for count in counts))
    errors = sum(tally["errors"] for tally in told["operations"].values())
    totals = (told["requests"], told["resourceUnits"], told["throttled"], errors)
    table.add_row("Total", *(f"{total:,}" for total in totals), style="bold")
    table.caption = (
        f"{told['httpRequests']:,} HTTP requests, "
        f"{told['retryAfterViolations']:,} before their Retry-After had passed. "
        "Units are Graph's resource units."
    )
    return table


def _size(
    users: int | None,
    groups: int | None,
    memberships: int | None,
    service_principals: int | None,
    seed: int,
) -> Size | None:
    if users is None:
        if any(number is not None for number in (groups, memberships, service_principals)):
            _fail("--groups, --memberships and --service-principals need --users")
        return None
    return Size(
        users=users,
        groups=groups if groups is not None else max(1, users // 5),
        memberships=memberships if memberships is not None else 15 * users,
        service_principals=service_principals if service_principals is not None else 300,
        seed=seed,
    )


def _ask(
    url: str | None,
    ca_file: Path | None,
    data_dir: Path | None,
    path: str,
    body: object | None = None,
) -> str:
    try:
        return RunningTenant.find(url, ca_file, data_dir).ask(path, body)
    except UnreachableError as error:
        _fail(str(error))


def _fail(message: str | None) -> NoReturn:
    console.print(f"Error: {message}", style="red", markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(1)
