"""Walks a round page by page. Every page is worked out from its cursor alone."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass

import msgspec

from ostiary.tenant.surface.delta.cursor import Cursor, Wanted
from ostiary.tenant.surface.delta.feeds import APP_ROLE_ASSIGNMENT
from ostiary.tenant.surface.delta.history import Happened, History
from ostiary.tenant.surface.delta.page import Cut, PageWriter, tombstone
from ostiary.tenant.surface.delta.telling import Teller
from ostiary.tenant.surface.replica import Replica
from ostiary.tenant.surface.schema.types import TYPES

MOST_TOMBSTONES = 5
"""A first round, too, may tell of objects that are gone."""
_NOTHING = Happened()


@dataclass(frozen=True, slots=True)
class Quirks:
    """Freedoms that Graph takes in a first round; 0 switches one off.

    Every `empty_every`th page holds nothing but a nextLink; every `repeat_every`th tells the last
    object of the page before again. `seed` shifts where they fall.
    """

    empty_every: int = 37
    repeat_every: int = 23
    seed: int = 1

    def empties(self, page: int) -> bool:
        return bool(self.empty_every) and (page + self.seed) % self.empty_every == 0 and page > 0

    def repeats(self, page: int) -> bool:
        return bool(self.repeat_every) and (page + self.seed) % self.repeat_every == 0


class Rounds:
    def __init__(self, replica: Replica, quirks: Quirks) -> None:
        self._teller = Teller(replica)
        self._history = History(replica.directory)
        self._directory = replica.directory
        self.quirks = quirks

    def page(self, cursor: Cursor, *, minimal: bool) -> tuple[list[bytes], Cursor | None]:
        """The objects of the page, and the cursor of the next; None when the round is over."""
        page = PageWriter()
        ahead = msgspec.structs.replace(cursor, page=cursor.page + 1)
        if cursor.baseline and self.quirks.empties(cursor.page):
            return [], ahead
        if cursor.baseline and self.quirks.repeats(cursor.page):
            self._repeat(page, cursor)
        for at in range(cursor.kind_at, len(cursor.wanted)):
            reached = self._walk(page, cursor, at, minimal=minimal)
            if reached is not None:
                return page.objects, msgspec.structs.replace(reached, page=ahead.page)
        if cursor.baseline and not cursor.ids:
            self._bury(page, cursor)
        return page.objects, None

    def _walk(self, page: PageWriter, cursor: Cursor, at: int, *, minimal: bool) -> Cursor | None:
        """Tells objects of one kind until the page is full or none is left."""
        wanted = cursor.wanted[at]
        ids = self._ids(cursor, wanted)
        here = at == cursor.kind_at
        inside = here and cursor.inside
        after = cursor.after if here else ""
        begin = bisect_left(ids, after) if inside else bisect_right(ids, after)
        start = Cut(cursor.relation_at, cursor.link_after) if inside else None
        for position in range(begin, len(ids)):
            object_id = ids[position]
            if page.full:
                return _moved(cursor, at, ids[position - 1] if position else "")
            resumed = start if start and object_id == after else None
            cut = self._tell(page, cursor, wanted, object_id, resumed, minimal=minimal)
            if cut is not None:
                return _moved(cursor, at, object_id, cut)
        return None

    def _tell(
        self,
        page: PageWriter,
        cursor: Cursor,
        wanted: Wanted,
        object_id: str,
        start: Cut | None,
        *,
        minimal: bool,
    ) -> Cut | None:
        typed = cursor.feed == "directoryObjects"
        if cursor.baseline:
            return self._teller.whole(page, wanted, object_id, typed=typed, start=start)
        happened = self._history.between(cursor.since, cursor.until).get(wanted.kind, {})
        return self._teller.changed(
            page,
            wanted,
            object_id,
            happened.get(object_id, _NOTHING),
            typed=typed,
            since=cursor.since,
            minimal=minimal,
            start=start,
        )

    def _ids(self, cursor: Cursor, wanted: Wanted) -> list[str]:
        if cursor.baseline:
            if cursor.ids:
                return sorted(cursor.ids)
            return self._teller.objects.ids(wanted.kind)
        affected = self._history.affected(cursor.since, cursor.until, wanted)
        return [each for each in affected if each in cursor.ids] if cursor.ids else affected

    def _repeat(self, page: PageWriter, cursor: Cursor) -> None:
        """Only objects of at most a few links are told again: pages stay about as many."""
        if not cursor.after or cursor.inside:
            return
        wanted = cursor.wanted[cursor.kind_at]
        told = PageWriter()
        typed = cursor.feed == "directoryObjects"
        if self._teller.whole(told, wanted, cursor.after, typed=typed) is None:
            page.objects += told.objects

    def _bury(self, page: PageWriter, cursor: Cursor) -> None:
        kinds = {wanted.kind for wanted in cursor.wanted if wanted.kind != APP_ROLE_ASSIGNMENT}
        typed = cursor.feed == "directoryObjects"
        gone = [held for held in self._directory.deleted.values() if held.kind in kinds]
        for held in gone[:MOST_TOMBSTONES]:
            odata_type = TYPES[held.kind].odata_type if typed else None
            page.write(tombstone(held.id, "changed", odata_type))


def _moved(cursor: Cursor, kind_at: int, after: str, cut: Cut | None = None) -> Cursor:
    return msgspec.structs.replace(
        cursor,
        kind_at=kind_at,
        after=after,
        inside=cut is not None,
        relation_at=cut.relation_at if cut else 0,
        link_after=cut.link_after if cut else "",
    )
