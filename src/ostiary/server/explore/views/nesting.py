"""Groups with groups inside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ostiary.server.catalog.resource_views import path_of
from ostiary.server.explore.store.nesting import Group
from ostiary.server.web.components.arranging import Arranging
from ostiary.server.web.components.cells import UNKNOWN, Link, Number, Text
from ostiary.server.web.components.tables import Column, Empty, List

HALF: Final = 4
"""Of a long row so many are shown from its beginning, and from its end."""


@dataclass(frozen=True)
class Nested:
    """`below`: the longest row of groups inside, the outermost first; those that are shown."""

    group: Group
    directly: int
    levels: int
    below: Sequence[Group | None] = ()


ARRANGING: Final = Arranging[Nested](
    named=lambda each: each.group.name,
    orders={
        "name": lambda each: each.group.name,
        "levels": lambda each: each.levels,
        "inside": lambda each: each.directly,
        "app": lambda each: each.group.app_name,
    },
    filters={},
)

NESTED: Final = List[Nested](
    name="nested-groups",
    noun="group",
    searchable="name",
    columns=(
        Column("name", "Group", lambda each: _link(each.group)),
        Column("levels", "Levels below", lambda each: Number(each.levels), number=True, card=True),
        Column(
            "inside",
            "Groups inside",
            lambda each: Number(each.directly),
            number=True,
            unit="directly",
        ),
        Column("chain", "Longest chain", lambda each: _chain(each), sortable=False, card=True),
        Column("app", "App", lambda each: Text(each.group.app_name)),
    ),
    key=lambda each: each.group.id,
    href=lambda each: path(each.group),
    sort="-levels",
    empty=Empty("No group is inside another", icon="users-group"),
)


def path(group: Group) -> str:
    return path_of(group.app_id, group.type_id, group.id)


def _link(group: Group) -> Link:
    return Link(group.name, path(group))


def _chain(each: Nested) -> Text:
    names = [group.name if group else UNKNOWN for group in each.below]
    if each.levels > len(names):
        names.insert(HALF, f"{each.levels - len(names)} more")
    return Text(" \N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK} ".join(names))


def shown_of(chain: Sequence[int]) -> list[int]:
    """Of a long row its ends."""
    return list(chain) if len(chain) <= 2 * HALF else [*chain[:HALF], *chain[-HALF:]]
