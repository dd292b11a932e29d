"""`ostiary access`: who has what, why, and what changed; now or at any instant."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

import typer

from ostiary.cli.opening import FAILED, MISUSED, opened_kernel
from ostiary.cli.options import AsJsonLines, Wide
from ostiary.cli.people.finding import accounts_of, find_person
from ostiary.cli.tables import show
from ostiary.server.access import store
from ostiary.server.access.facts import Difference, Explanation, Grant, Page
from ostiary.server.access.store import naming
from ostiary.server.kernel.database import Connection
from ostiary.server.kernel.errors import AppError

Each = TypeVar("Each")

PAGE = 1000
COLUMNS = ("principal", "type", "entitlement", "resource", "direct", "since")
IDS = ("entitlement_id", "external_id")

app = typer.Typer(name="access", help="Who has what, why, and since when.", no_args_is_help=True)

Entitlement = Annotated[
    str,
    typer.Argument(
        help="Its id, or the id its connector gave it: --wide and --json show both.",
        metavar="ENTITLEMENT",
    ),
]
Principal = Annotated[
    str,
    typer.Argument(help="Account or group: id, its connector's id, login, e-mail or name."),
]
AsOf = Annotated[datetime | None, typer.Option(help="As it was then (UTC), else as it is.")]
Diff = Annotated[
    datetime | None,
    typer.Option("--diff", help="What became different since then (UTC), and nothing else."),
]
Direct = Annotated[
    bool | None, typer.Option("--direct/--inherited", help="Only what is held this way.")
]


@app.command()
def who(
    entitlement: Entitlement,
    as_of: AsOf = None,
    since: Diff = None,
    direct: Direct = None,
    wide: Wide = False,
    as_json: AsJsonLines = False,
) -> None:
    """Show who holds an entitlement, or with --diff who came, went or changed."""
    with _asking(as_of) as (connection, at, now):
        chosen = naming.entitlement(connection, entitlement)
        if since is not None:
            _refuse_together(direct)
            _show_differences(
                connection, since, at or now, wide=wide, as_json=as_json, entitlement_id=chosen
            )
            return

        def page(after: str) -> Page[Grant]:
            return store.who_has(connection, chosen, at=at, direct=direct, after=after, size=PAGE)

        _show([_row(grant) for grant in _all(page)], COLUMNS, wide=wide, as_json=as_json)


@app.command()
def what(
    principal: Principal,
    as_of: AsOf = None,
    since: Diff = None,
    direct: Direct = None,
    wide: Wide = False,
    as_json: AsJsonLines = False,
) -> None:
    """Show what an account or a group holds, or all accounts of a person together; with --diff
    what came, went or changed."""
    with _asking(as_of) as (connection, at, now):
        chosen = _principals(connection, principal)
        if since is not None:
            _refuse_together(direct)
            _show_differences(
                connection, since, at or now, wide=wide, as_json=as_json, principal_ids=chosen
            )
            return

        def page(after: str) -> Page[Grant]:
            return store.what_has(connection, chosen, at=at, direct=direct, after=after, size=PAGE)

        _show([_row(grant) for grant in _all(page)], COLUMNS, wide=wide, as_json=as_json)


@app.command()
def explain(
    entitlement: Entitlement, principal: Principal, as_of: AsOf = None, as_json: AsJsonLines = False
) -> None:
    """Tell every path by which somebody holds an entitlement. Exit status 1 when they do not."""
    with _asking(as_of) as (connection, at, _):
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
    wide: Wide = False,
    as_json: AsJsonLines = False,
) -> None:
    """Show which access came, went or changed between two instants."""
    with _asking(end) as (connection, at, now):
        _show_differences(connection, start, at or now, wide=wide, as_json=as_json, app_id=app_id)


def _show_differences(
    connection: Connection,
    since: datetime,
    last: datetime,
    *,
    wide: bool,
    as_json: bool,
    app_id: str | None = None,
    entitlement_id: str | None = None,
    principal_ids: Sequence[str] = (),
) -> None:
    first = since.replace(tzinfo=UTC)
    if first > last:
        typer.echo("the first instant comes before the second one", err=True)
        raise typer.Exit(MISUSED)

    def page(after: str) -> Page[Difference]:
        return store.differences(
            connection,
            first,
            last,
            app_id=app_id,
            entitlement_id=entitlement_id,
            principal_ids=principal_ids,
            after=after,
            size=PAGE,
        )

    rows = [{"change": each.change, **_row(each.grant)} for each in _all(page)]
    _show(rows, ("change", *COLUMNS[:-1]), wide=wide, as_json=as_json)


def _show(
    rows: Sequence[dict[str, Any]], columns: Sequence[str], *, wide: bool, as_json: bool
) -> None:
    """People read what an entitlement is called; its ids fill a line each."""
    if as_json:
        show(rows, columns, as_json=True)
        return
    told = [
        row | {"entitlement": row["entitlement_name"], "external_id": row["entitlement"]}
        for row in rows
    ]
    show(told, (*columns, *IDS) if wide else columns, as_json=False)


def _refuse_together(direct: bool | None) -> None:
    if direct is not None:
        typer.echo("--diff tells of all access: leave --direct and --inherited out", err=True)
        raise typer.Exit(MISUSED)


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
def _asking(
    as_of: datetime | None,
) -> Iterator[tuple[Connection, datetime | None, datetime]]:
    """The database, the instant that is asked for (None: now), and now."""
    with opened_kernel() as kernel, kernel.read() as connection:
        at, now = _utc(as_of), kernel.clock.now()
        if at is not None and at > now:
            typer.echo(
                f"{at:%Y-%m-%d %H:%M:%S} lies in the future, of which nothing is known", err=True
            )
            raise typer.Exit(MISUSED)
        yield connection, at, now


def _all(page: Callable[[str], Page[Each]]) -> Iterator[Each]:
    after = ""
    while True:
        found = page(after)
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
        "entitlement_name": grant.entitlement.display_name or grant.entitlement.slug,
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
