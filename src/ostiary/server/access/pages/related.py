"""One thing with what is related to it, each in a tab: now, past, history, two dates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Generic, TypeVar

from starlette.responses import Response

from ostiary.server.access.pages import reading
from ostiary.server.access.pages.reading import Compared
from ostiary.server.access.store.listed_grants import GrantFilter
from ostiary.server.access.views import differences, timeline
from ostiary.server.access.views.differences import Different
from ostiary.server.web.components.cells import Chip, Fact, Moment
from ostiary.server.web.components.detail import Detail
from ostiary.server.web.components.tables import Empty, List, Read
from ostiary.server.web.components.tabs import Tab
from ostiary.server.web.lists import list_page
from ostiary.server.web.navigation import Crumb
from ostiary.server.web.shell import Shell

TEMPLATE = "web/detail.html"

_GONE: Final = Chip("Gone", "circle-x", "danger", "The source does not tell of it any more.")
_BEFORE: Final = timedelta(microseconds=1)

Thing = TypeVar("Thing")


@dataclass(frozen=True)
class Seen(Generic[Thing]):
    """As it is, or was at the instant of the page. What is gone by now, as it was last: who looks
    at what was held finds who held it."""

    thing: Thing
    gone_at: datetime | None = None

    @property
    def chips(self) -> list[Chip]:
        return [_GONE] if self.gone_at else []

    @property
    def facts(self) -> list[Fact]:
        return [Fact("Gone since", Moment(self.gone_at))] if self.gone_at else []


def seen(
    shell: Shell,
    find: Callable[[datetime | None], Thing | None],
    history: Callable[[], Sequence[timeline.Version]],
) -> Seen[Thing] | None:
    """None for what never was there, or not at the instant of the page."""
    thing = find(shell.as_of)
    if thing is not None:
        return Seen(thing)
    versions = [] if shell.as_of else history()
    gone_at = versions[-1].ended_at if versions else None
    last = find(gone_at - _BEFORE) if gone_at else None
    return Seen(last, gone_at) if last is not None else None


@dataclass(frozen=True)
class Related:
    """What stands around every tab. `tabs` by the key of the current one."""

    shell: Shell
    title: str
    lead: str
    crumbs: Sequence[Crumb]
    chips: Sequence[Chip]
    tabs: Callable[[str], Sequence[Tab]]

    def detail(self, current: str, **parts: Any) -> Detail:
        tabs = self.tabs(current)
        return Detail(self.title, lead=self.lead, chips=self.chips, tabs=tabs, **parts)

    def page(self, current: str, listing: List[Any], read: Read[Any], **parts: Any) -> Response:
        """A tab that is a list."""
        detail = self.detail(current, **parts)
        return list_page(
            self.shell, TEMPLATE, self.title, listing, read, crumbs=self.crumbs, detail=detail
        )

    def history(
        self, versions: Sequence[timeline.Version], told: Sequence[timeline.Told]
    ) -> Response:
        """The tab of what the source said over time."""
        events = timeline.events(versions, told, self.shell.as_of or self.shell.now)
        empty = None if events else Empty("No history", "It was not there yet.")
        detail = self.detail("history", events=events, empty=empty)
        return self.shell.page(TEMPLATE, self.title, crumbs=self.crumbs, detail=detail)

    def changes(
        self, about: GrantFilter, listing: List[Different], app_ids: Sequence[str] | None = None
    ) -> Response:
        """The tab of the difference between two days. `app_ids` None: of all apps."""
        start, end = reading.two_days(self.shell)
        compared = Compared(about, start, end, linked=True, app_ids=app_ids)
        with self.shell.kernel.read() as connection:
            rows, complete = compared.rows(connection)
        return self.page(
            "changes",
            listing,
            differences.among(listing, rows),
            between=reading.between(self.shell, start),
            note=reading.note_of(complete),
        )
