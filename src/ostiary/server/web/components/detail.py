"""One thing: who or what it is, its state, facts, and tabs of what is related. Drawn by
`web/detail.html`, on the page and in the drawer alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ostiary.server.web.components.cells import Chip, Fact, Link
from ostiary.server.web.components.pictures import Event, Paths
from ostiary.server.web.components.tables import Empty
from ostiary.server.web.components.tabs import Tab, Tile


@dataclass(frozen=True)
class Between:
    """Asks for two days: the earlier one, and the one that the whole page is about. `open_start`:
    without the earlier one it is since ever. `until_now`: where the page is about the past, the
    address of what is between then and now."""

    path: str
    start: str
    end: str
    latest: str
    verb: str = "Compare"
    open_start: bool = False
    until_now: str = ""


@dataclass(frozen=True)
class Detail:
    """What is empty is not drawn. `lead`: one line under the name. `actions`: what people come
    for, beside the name."""

    title: str
    lead: str = ""
    actions: Sequence[Link] = ()
    chips: Sequence[Chip] = ()
    tabs: Sequence[Tab] = ()
    tiles: Sequence[Tile] = ()
    facts: Sequence[Fact] = ()
    heading: str = ""
    """Over the list."""
    note: str = ""
    """What the list cannot show."""
    paths: Paths | None = None
    events: Sequence[Event] = ()
    between: Between | None = None
    empty: Empty | None = None
