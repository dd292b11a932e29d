"""All that one principal holds."""

from __future__ import annotations

from itertools import groupby, islice
from typing import Any

from ostiary.baton.annotations import to_json
from ostiary.baton.pb import connector_v2 as v2
from ostiary.cli.c1z.columns import Column
from ostiary.cli.c1z.facts import end_of
from ostiary.cli.c1z.listings import how_held
from ostiary.cli.c1z.names import clean, entitlement_name, resource_name, station_name, type_name
from ostiary.cli.c1z.screen import Row, Screen
from ostiary.cli.c1z.syncfile import SyncFile, is_direct

_COLUMNS = (
    Column("Type", detail=True),
    Column("Resource", narrow=12),
    Column("Entitlement", narrow=24),
    Column("How", narrow=10),
    Column("Until", narrow=16),
    Column("Entitlement id", detail=True),
)


def show_access(
    file: SyncFile, screen: Screen, principal: v2.Resource, limit: int | None, *, as_json: bool
) -> None:
    """Sorted by resource type, resource and entitlement. `limit` is as in Screen.most."""
    own = principal.id
    grants = list(file.grants(principal_type=own.resource_type, principal=own.resource))
    grants.sort(key=lambda grant: _place(file, grant))
    shown = list(islice(grants, screen.most(limit, as_json=as_json)))
    if as_json:
        held = [_document(file, grant) for grant in shown]
        screen.document(
            {
                "syncId": file.sync.sync_id,
                "principal": to_json(principal),
                "access": held,
                "total": len(grants),
            }
        )
    elif screen.is_terminal:
        _tell(file, screen, principal, shown, len(grants))
    else:
        screen.table(_COLUMNS, (_row(file, grant) for grant in shown))


def _tell(
    file: SyncFile, screen: Screen, principal: v2.Resource, shown: list[v2.Grant], total: int
) -> None:
    name = clean(principal.display_name or principal.id.resource)
    kind = type_name(file, principal.id.resource_type)
    direct = sum(map(is_direct, shown))
    screen.line(f"{name} ({kind})", style="bold")
    screen.line(f"{principal.id.resource_type}:{clean(principal.id.resource)}", style="dim")
    for type_id, group in groupby(shown, lambda grant: grant.entitlement.resource.id.resource_type):
        grants = list(group)
        screen.line()
        screen.line(f"{type_name(file, type_id)}: {len(grants):,}", style="bold")
        screen.table(_COLUMNS, [_row(file, grant) for grant in grants])
    screen.line()
    if not total:
        screen.line(f"{name} holds nothing in this sync.")
    elif len(shown) < total:
        screen.line(f"The first {len(shown):,} of {total:,}; --limit 0 shows all.", style="dim")
    else:
        screen.line(f"{total:,} in all, {direct:,} of them direct.", style="dim")


def _place(file: SyncFile, grant: v2.Grant) -> tuple[str, str, str, str]:
    own = grant.entitlement.resource.id
    return (
        type_name(file, own.resource_type).casefold(),
        own.resource_type,
        resource_name(file, own).casefold(),
        grant.entitlement.id,
    )


def _row(file: SyncFile, grant: v2.Grant) -> Row:
    own = grant.entitlement.resource.id
    return (
        type_name(file, own.resource_type),
        resource_name(file, own),
        entitlement_name(file, grant.entitlement.id),
        how_held(file, grant),
        end_of(grant),
        clean(grant.entitlement.id),
    )


def _document(file: SyncFile, grant: v2.Grant) -> dict[str, Any]:
    own = grant.entitlement.resource.id
    sources = sorted(set(grant.sources.sources) - {grant.entitlement.id})
    return {
        "resource": to_json(own) | {"displayName": resource_name(file, own)},
        "entitlement": {
            "id": grant.entitlement.id,
            "name": entitlement_name(file, grant.entitlement.id),
        },
        "direct": is_direct(grant),
        "via": [
            {"entitlementId": source, "name": station_name(file, source)} for source in sources
        ],
        "grant": to_json(grant),
    }
