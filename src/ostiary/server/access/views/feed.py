"""What was granted and revoked, as a list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ostiary.server.access.store.feed import MOST, FeedEvent
from ostiary.server.access.views import grants
from ostiary.server.access.views.grants import Listed
from ostiary.server.web.components.cells import NONE, Cell, Chip, Identifier, Missing, Moment, Text
from ostiary.server.web.components.tables import Column, Empty, Filter, List

KINDS: Final = (("granted", "Granted"), ("revoked", "Revoked"))
_CHIPS: Final = {
    "granted": Chip("Granted", "plus", "accent"),
    "revoked": Chip("Revoked", "minus", "neutral"),
}
NOTE: Final = (
    f"At most the newest {MOST:,} are shown. Choose an earlier last day, or filter, to see others."
)


@dataclass(frozen=True)
class Event:
    event: FeedEvent
    listed: Listed


def _by(each: Event) -> Cell:
    if not each.event.synced:
        return Text("Ostiary")
    return Text(f"Sync of {each.event.connector}" if each.event.connector else "Sync")


def _sync(each: Event) -> Cell:
    return Identifier(each.event.sync_id) if each.event.sync_id else Missing(NONE)


def feed(
    types: Sequence[tuple[str, str]],
    entitlements: Sequence[tuple[str, str]],
    accounts: Sequence[tuple[str, str]],
) -> List[Event]:
    """`entitlements` and `accounts`: ids and names of those that the address asks for."""
    chosen = (("entitlement", "Entitlement", entitlements), ("account", "Who", accounts))
    return List[Event](
        name="grant-feed",
        noun="event",
        searchable="who or entitlement",
        columns=(
            Column("name", "Who", lambda each: grants.holder(each.listed), sortable=False),
            Column("kind", "Change", lambda each: _CHIPS[each.event.kind], False, card=True),
            Column(
                "entitlement",
                "Entitlement",
                lambda each: grants.held(each.listed),
                False,
                card=True,
            ),
            Column("of", "Of", lambda each: Text(_of(each)), sortable=False),
            Column("way", "How", lambda each: grants.way(each.listed), sortable=False),
            Column("at", "When", lambda each: Moment(each.event.at), sortable=False, card=True),
            Column("by", "By", _by, sortable=False),
            Column("sync", "Sync", _sync, sortable=False, shown=False),
            Column(
                "grant",
                "Id of the grant",
                lambda each: Identifier(each.event.grant.id),
                sortable=False,
                shown=False,
            ),
        ),
        key=lambda each: f"{each.event.kind}-{each.event.grant.id}",
        href=lambda each: each.listed.explanation_path,
        filters=(
            Filter("change", "Change", KINDS),
            Filter("type", "Type", types),
            *(Filter(key, title, named) for key, title, named in chosen if named),
        ),
        sort="-at",
        empty=Empty(
            "Nothing was granted or revoked",
            "In these days no sync brought a new grant, and none ended. Choose an earlier first "
            "day to see more.",
            icon="history",
        ),
    )


def _of(each: Event) -> str:
    return each.event.grant.entitlement.resource.display_name
