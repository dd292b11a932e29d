"""What became different between two days, as a list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ostiary.server.access.facts import Difference
from ostiary.server.access.views import grants
from ostiary.server.access.views.grants import Listed
from ostiary.server.web.components.arranging import Arranging
from ostiary.server.web.components.cells import Cell, Chip, Text
from ostiary.server.web.components.tables import Column, Empty, Filter, List, Read

CHANGES: Final = (("added", "Gained"), ("removed", "Lost"), ("changed", "Changed"))
_CHIPS: Final = {
    "added": Chip("Gained", "plus", "accent"),
    "removed": Chip("Lost", "minus", "neutral"),
    "changed": Chip("Changed", "refresh", "neutral"),
}


@dataclass(frozen=True)
class Different:
    difference: Difference
    listed: Listed


def _how(each: Different) -> Cell:
    before, now = each.difference.before, each.difference.grant
    words = grants.way_words(now)
    if before is None:
        return Text(words)
    was = grants.way_words(before)
    return Text(words if was == words else f"{was} before, {words} now")


_CHANGE = Column[Different](
    "change", "Change", lambda each: _CHIPS[each.difference.change], card=True
)
_HOW = Column[Different]("how", "How", _how, sortable=False, card=True)
_WHO = Column[Different]("name", "Who", lambda each: grants.holder(each.listed))
_WHAT = Column[Different]("name", "Entitlement", lambda each: grants.held(each.listed))
_HELD = Column[Different](
    "entitlement", "Entitlement", lambda each: grants.held(each.listed), sortable=False, card=True
)
_OF = Column[Different](
    "resource",
    "Of",
    lambda each: Text(each.difference.grant.entitlement.resource.display_name),
    sortable=False,
    card=True,
)
_APP = Column[Different](
    "app", "App", lambda each: Text(each.listed.app.display_name), sortable=False
)
_ACCOUNT = Column[Different](
    "account", "Account", lambda each: grants.holder(each.listed), sortable=False
)
_FILTER = Filter("change", "Change", CHANGES)


def of_entitlement() -> List[Different]:
    return _list("entitlement", (_WHO, _CHANGE, _HOW))


def of_resource() -> List[Different]:
    return _list("resource", (_WHO, _CHANGE, _HELD, _HOW))


def of_account(*, of_person: bool = False) -> List[Different]:
    account = (_ACCOUNT,) if of_person else ()
    name = "person" if of_person else "account"
    return _list(name, (_WHAT, _CHANGE, _OF, _APP, *account, _HOW))


def _list(name: str, columns: Sequence[Column[Different]]) -> List[Different]:
    return List[Different](
        name=f"changes-of-{name}",
        noun="difference",
        searchable="name",
        columns=columns,
        key=lambda each: f"{each.difference.change}-{each.difference.grant.id}",
        href=lambda each: each.listed.explanation_path if each.listed.linked else "",
        filters=(_FILTER,),
        empty=Empty(
            "No difference",
            "On both days it was the same. What came and went in between does not show here; "
            "it is under History.",
            icon="circle-check",
        ),
    )


def among(listing: List[Different], rows: Sequence[Different]) -> Read[Different]:
    """Reads the list, of which all rows are known."""
    name = listing.columns[0]
    places = {change: place for place, (change, _) in enumerate(CHANGES)}
    arranging = Arranging[Different](
        named=lambda each: name.cell(each).plain,
        orders={
            "name": lambda each: name.cell(each).plain,
            "change": lambda each: places[each.difference.change],
        },
        filters={"change": lambda each: each.difference.change},
    )
    return lambda _connection, wanted: arranging.page(rows, wanted)
