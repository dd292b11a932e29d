"""`ostiary c1z`: looking into .c1z files.

Exit codes: 0 done; 1 `explain` finds that the principal does not hold the entitlement; 2 the file
or what was searched in it is no good; 3 `explain` and the file's expanded grants disagree.
"""

from __future__ import annotations

from typing import Annotated

import typer

from ostiary.cli.c1z import listings, options
from ostiary.cli.c1z.access import show_access
from ostiary.cli.c1z.explaining import PATHS_SHOWN
from ostiary.cli.c1z.explaining import explain as explain_paths
from ostiary.cli.c1z.finding import find_entitlement, find_resource, find_type
from ostiary.cli.c1z.opening import DISAGREES, NOT_HELD, opened
from ostiary.cli.c1z.overview import show as show_overview
from ostiary.cli.c1z.screen import Screen
from ostiary.cli.c1z.syncfile import SyncFile
from ostiary.cli.c1z.verdict import Verdict
from ostiary.cli.options import AsJson, AsJsonLines, Wide

app = typer.Typer(name="c1z", help="Look into .c1z files.", no_args_is_help=True)


@app.command()
def show(
    file: options.File,
    as_json: AsJson = False,
    wide: Wide = False,
    sync_id: options.SyncId = None,
    temp_dir: options.TempDir = None,
) -> None:
    """A file at a glance: its syncs, and what the one that is read holds."""
    with opened(file, sync_id, temp_dir) as sync:
        show_overview(sync, Screen(wide=wide), as_json=as_json)


@app.command()
def resources(
    file: options.File,
    type_: options.TypeOf = None,
    id_: Annotated[
        str | None, typer.Option("--id", help="This one: id, type:id, login, e-mail or name.")
    ] = None,
    match: Annotated[
        str | None, typer.Option(help="With this in name, id, login or e-mail address.")
    ] = None,
    as_json: AsJsonLines = False,
    wide: Wide = False,
    limit: options.Limit = None,
    sync_id: options.SyncId = None,
    temp_dir: options.TempDir = None,
) -> None:
    """List users, groups, applications and whatever else was synced."""
    with opened(file, sync_id, temp_dir) as sync:
        kind = _type(sync, type_)
        only = find_resource(sync, id_, kind) if id_ is not None else None
        found = listings.resources(sync, kind, only, match)
        found.print(Screen(wide=wide), limit, as_json=as_json)


@app.command()
def entitlements(
    file: options.File,
    type_: options.TypeOf = None,
    resource: options.OfResource = None,
    as_json: AsJsonLines = False,
    wide: Wide = False,
    limit: options.Limit = None,
    sync_id: options.SyncId = None,
    temp_dir: options.TempDir = None,
) -> None:
    """List what can be held."""
    with opened(file, sync_id, temp_dir) as sync:
        kind = _type(sync, type_)
        owner = find_resource(sync, resource, kind) if resource is not None else None
        found = listings.entitlements(sync, kind, owner)
        found.print(Screen(wide=wide), limit, as_json=as_json)


@app.command()
def grants(
    file: options.File,
    type_: options.TypeOf = None,
    resource: options.OfResource = None,
    entitlement: options.OfEntitlement = None,
    principal_type: options.OfPrincipalType = None,
    principal: options.ToPrincipal = None,
    direct: Annotated[
        bool | None,
        typer.Option("--direct/--inherited", help="Only direct, or only inherited grants."),
    ] = None,
    as_json: AsJsonLines = False,
    wide: Wide = False,
    limit: options.Limit = None,
    sync_id: options.SyncId = None,
    temp_dir: options.TempDir = None,
) -> None:
    """List who holds what."""
    with opened(file, sync_id, temp_dir) as sync:
        kind, holder_kind = _type(sync, type_), _type(sync, principal_type)
        wanted = listings.GrantFilter(
            kind,
            find_resource(sync, resource, kind) if resource is not None else None,
            find_entitlement(sync, entitlement) if entitlement is not None else None,
            holder_kind,
            find_resource(sync, principal, holder_kind) if principal is not None else None,
            direct,
        )
        listings.grants(sync, wanted).print(Screen(wide=wide), limit, as_json=as_json)


@app.command()
def access(
    file: options.File,
    principal: options.Principal,
    as_json: AsJson = False,
    wide: Wide = False,
    limit: options.Limit = None,
    sync_id: options.SyncId = None,
    temp_dir: options.TempDir = None,
) -> None:
    """Show what somebody holds, and whether directly or through what."""
    with opened(file, sync_id, temp_dir) as sync:
        who = find_resource(sync, principal)
        show_access(sync, Screen(wide=wide), who, limit, as_json=as_json)


@app.command()
def explain(
    file: options.File,
    principal: options.Principal,
    entitlement: options.Entitlement,
    every: Annotated[
        bool, typer.Option("--all", help=f"Show all paths, not the first {PATHS_SHOWN} only.")
    ] = False,
    as_json: AsJson = False,
    sync_id: options.SyncId = None,
    temp_dir: options.TempDir = None,
) -> None:
    """Show every path by which somebody holds something, or what comes nearest.

    Ends with 0 if it is held, 1 if not, 3 if the grants in the file say otherwise.
    """
    with opened(file, sync_id, temp_dir) as sync:
        verdict = Verdict(sync, find_resource(sync, principal), find_entitlement(sync, entitlement))
        limit = None if every else PATHS_SHOWN
        agrees = explain_paths(verdict, Screen(), limit, as_json=as_json)
        holds = verdict.holds
    if not agrees:
        raise typer.Exit(DISAGREES)
    if not holds:
        raise typer.Exit(NOT_HELD)


def _type(sync: SyncFile, text: str | None) -> str | None:
    return None if text is None else find_type(sync, text)
