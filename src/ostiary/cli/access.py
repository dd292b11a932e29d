"""`ostiary access`: who has what, why, and what changed; now or at any instant."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from ostiary.cli.opening import FAILED, MISUSED, opened_kernel
from ostiary.cli.people.finding import accounts_of, find_person
from ostiary.cli.tables import show
from ostiary.server.access import store
from ostiary.server.access.facts import Explanation, Grant, Page
from ostiary.server.access.store import naming
from ostiary.server.kernel.database import Connection
from ostiary.server.kernel.errors import AppError

PAGE = 1000
COLUMNS = ("principal", "type", "entitlement", "resource", "direct", "since")

app = typer.Typer(name="access", help="Who has what, why, and since when.", no_args_is_help=True)

Entitlement = Annotated[
    str, typer.Argument(help="Id, or the id its connector gave it.", metavar="ENTITLEMENT")
]
Principal = Annotated[
    str,
    typer.Argument(help="Account or group: id, its connector's id, login, e-mail or name."),
]
AsOf = Annotated[datetime | None, typer.Option(help="As it was then (UTC), else as it is.")]
Direct = Annotated[
    bool | None, typer.Option("--direct/--inherited", help="Only what is held this way.")
]
Json = Annotated[bool, typer.Option("--json", help="One object per line.")]


@app.command()
def who(
    entitlement: Entitlement,
    as_of: AsOf = None,
    direct: Direct = None,
    as_json: Json = False,
) -> None:
    """Show who holds an entitlement."""
    with _asking(as_of) as (connection, at):
        chosen = naming.entitlement(connection, entitlement)

        def page(after: str) -> Page[Grant]:
            return store.who_has(connection, chosen, at=at, direct=direct, after=after, size=PAGE)

        show([_row(grant) for grant in _all(page)], COLUMNS, as_json=as_json)


@app.command()
def what(
    principal: Principal,
    as_of: AsOf = None,
    direct: Direct = None,
    as_json: Json = False,
) -> None:
    """Show what an account or a group holds, or all accounts of a person together."""
    with _asking(as_of) as (connection, at):
        chosen = _principals(connection, principal)

        def page(after: str) -> Page[Grant]:
            return store.what_has(connection, chosen, at=at, direct=direct, after=after, size=PAGE)

        show([_row(grant) for grant in _all(page)], COLUMNS, as_json=as_json)


@app.command()
def explain(
    entitlement: Entitlement, principal: Principal, as_of: AsOf = None, as_json: Json = False
) -> None:
    """Tell every path by which somebody holds an entitlement. Exit status 1 when they do not."""
    with _asking(as_of) as (connection, at):
        told = store.explain(
            connection,
            naming.entitlement(connection, entitlement),
            naming.principal(connection, principal),
            at=at,
        )
    if as_json:
        typer.echo(json.dumps(_explained(told), ensure_ascii=False))
    else:
        _tell(told)
    if told.grant is None:
        raise typer.Exit(FAILED)


@app.command()
def diff(
    start: Annotated[datetime, typer.Argument(help="The earlier instant (UTC).")],
    end: Annotated[datetime | None, typer.Argument(help="The later one, else now.")] = None,
    app_id: Annotated[str | None, typer.Option("--app", help="Id of the only app.")] = None,
    as_json: Json = False,
) -> None:
    """Show which access came, went or changed between two instants."""
    with opened_kernel() as kernel, kernel.read() as connection:
        first, last = _utc(start), _utc(end) or kernel.clock.now()
        if first is None or first > last:
            typer.echo("the first instant comes before the second one", err=True)
            raise typer.Exit(MISUSED)
        rows: list[dict[str, Any]] = []
        after = ""
        while True:
            page = store.differences(connection, first, last, app_id=app_id, after=after, size=PAGE)
            rows += [{"change": each.change, **_row(each.grant)} for each in page.items]
            after = page.next
            if not after:
                break
    show(rows, ("change", *COLUMNS[:-1]), as_json=as_json)


def _principals(connection: Connection, name: str) -> list[str]:
    """One account or group; where the name is not one's alone, the accounts of the person."""
    try:
        return [naming.principal(connection, name)]
    except AppError as refusal:
        try:
            owned = accounts_of(connection, find_person(connection, name).person.id)
        except AppError:
            owned = []
        if not owned:
            raise refusal from None
        return owned


@contextmanager
def _asking(as_of: datetime | None) -> Iterator[tuple[Connection, datetime | None]]:
    with opened_kernel() as kernel, kernel.read() as connection:
        at = _utc(as_of)
        if at is not None and at > kernel.clock.now():
            typer.echo("--as-of lies in the future, of which nothing is known", err=True)
            raise typer.Exit(MISUSED)
        yield connection, at


def _all(page: Any) -> Iterator[Grant]:
    after = ""
    while True:
        found: Page[Grant] = page(after)
        yield from found.items
        after = found.next
        if not after:
            return


def _utc(instant: datetime | None) -> datetime | None:
    return instant.replace(tzinfo=UTC) if instant else None


def _row(grant: Grant) -> dict[str, Any]:
    return {
        "principal": grant.principal.display_name,
        "principal_id": grant.principal.id,
        "type": grant.principal.type,
        "entitlement": grant.entitlement.external_id,
        "entitlement_id": grant.entitlement.id,
        "resource": grant.entitlement.resource.display_name,
        "direct": grant.direct,
        "sources": [source.entitlement.external_id for source in grant.sources],
        "since": f"{grant.granted_at:%Y-%m-%d %H:%M:%S}",
        "ended": f"{grant.ended_at:%Y-%m-%d %H:%M:%S}" if grant.ended_at else None,
    }


def _explained(told: Explanation) -> dict[str, Any]:
    paths = [[step.entitlement.external_id for step in path] for path in told.paths]
    grant = _row(told.grant) if told.grant else None
    return {"grant": grant, "paths": paths, "complete": told.complete}


def _tell(told: Explanation) -> None:
    if told.grant is None:
        typer.echo("They do not hold it.")
        return
    name = told.grant.principal.display_name
    for path in told.paths:
        steps = [
            f"{step.entitlement.resource.display_name} ({step.entitlement.slug})" for step in path
        ]
        typer.echo(" → ".join([name, *steps]))
    if not told.complete:
        typer.echo("… and more ways than are told here.")
