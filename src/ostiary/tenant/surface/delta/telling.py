"""How one object is told in a round: its properties and links, or that it is gone."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from ostiary.tenant.directory import Directory, DirectoryObject, Properties
from ostiary.tenant.surface.delta.cursor import Wanted
from ostiary.tenant.surface.delta.feeds import APP_ROLE_ASSIGNMENT
from ostiary.tenant.surface.delta.fragments import LinkFragments
from ostiary.tenant.surface.delta.history import Happened, PastManagers
from ostiary.tenant.surface.delta.orders import LinkOrder, ObjectOrder
from ostiary.tenant.surface.delta.page import Cut, Links, PageWriter, tombstone
from ostiary.tenant.surface.odata.projection import without_key
from ostiary.tenant.surface.reads.rows import app_role_assignment
from ostiary.tenant.surface.replica import Replica
from ostiary.tenant.surface.schema.types import TYPES

_KEYS = "keyCredentials"


class Teller:
    """`find` sees what lagging readers see; `links` and `objects` know every order."""

    def __init__(self, replica: Replica) -> None:
        self.replica = replica
        self.directory: Directory = replica.directory
        self.objects = ObjectOrder(self.directory)
        self._links = LinkOrder(replica)
        self._past_managers = PastManagers(self.directory)
        self._added = LinkFragments(self.directory)
        self._removed = LinkFragments(self.directory, removed=True)

    def whole(
        self,
        page: PageWriter,
        wanted: Wanted,
        object_id: str,
        *,
        typed: bool,
        start: Cut | None = None,
        gone: dict[str, dict[str, bool]] | None = None,
    ) -> Cut | None:
        """An object as it is. `gone`: links that were lost on the way and must be said so."""
        if wanted.kind == APP_ROLE_ASSIGNMENT:
            return self._assignment(page, object_id)
        held = self.replica.find(object_id)
        if held is None or held.kind != wanted.kind:
            return None
        links = [self._current(held, name, (gone or {}).get(name, {})) for name in wanted.relations]
        return page.write(self._shown(held, wanted, typed=typed), links, start)

    def changed(
        self,
        page: PageWriter,
        wanted: Wanted,
        object_id: str,
        happened: Happened,
        *,
        typed: bool,
        since: int,
        minimal: bool,
        start: Cut | None = None,
    ) -> Cut | None:
        if wanted.kind == APP_ROLE_ASSIGNMENT:
            return self._assignment(page, object_id)
        held = self.replica.find(object_id)
        if held is None:
            reason = "changed" if object_id in self.directory.deleted else "deleted"
            return page.write(tombstone(object_id, reason, _type(wanted.kind, typed=typed)))
        if happened.appeared:
            return self.whole(
                page, wanted, object_id, typed=typed, start=start, gone=happened.links
            )
        links = [
            self._changes(held, name, happened.links[name], since)
            for name in wanted.relations
            if name in happened.links
        ]
        shown = self._shown(held, wanted, typed=typed, changed=happened.names, minimal=minimal)
        return page.write(shown, links, start)

    def _assignment(self, page: PageWriter, assignment_id: str) -> Cut | None:
        held = self.objects.assignments().get(assignment_id)
        typed = TYPES[APP_ROLE_ASSIGNMENT].odata_type
        if held is None:
            return page.write(tombstone(assignment_id, "deleted", typed))
        shown = app_role_assignment(self.directory, held)
        return page.write({"@odata.type": typed, "id": assignment_id, **shown})

    def _shown(
        self,
        held: DirectoryObject,
        wanted: Wanted,
        *,
        typed: bool,
        changed: set[str] | None = None,
        minimal: bool = False,
    ) -> Properties:
        """Properties never set are left out; those that changed to null are shown as null."""
        props = held.props
        shown: Properties = {"@odata.type": _type(wanted.kind, typed=True)} if typed else {}
        shown["id"] = held.id
        noted = changed or ()
        for name in wanted.names:
            if minimal and name not in noted:
                continue
            value = props.get(name)
            if value is not None or name in noted:
                shown[name] = value
        if shown.get(_KEYS):
            shown[_KEYS] = [without_key(each) for each in shown[_KEYS]]
        return shown

    def _current(self, held: DirectoryObject, relation: str, lost: dict[str, bool]) -> Links:
        now = self._links.unsorted(held, relation)
        gone = {each: False for each, added in lost.items() if not added}
        if gone:
            return self._marked(relation, gone | dict.fromkeys(now, True))
        return Links(
            relation,
            len(now),
            lambda: now,
            partial(self._links.sorted, held, relation),
            self._added.__getitem__,
        )

    def _changes(
        self, held: DirectoryObject, relation: str, changes: dict[str, bool], since: int
    ) -> Links:
        if relation == "manager":
            changes = self._manager_changes(held, since)
        return self._marked(relation, changes)

    def _manager_changes(self, held: DirectoryObject, since: int) -> dict[str, bool]:
        old = self._past_managers.manager_at(held.id, since)
        new = self._links.unsorted(held, "manager")
        gone = {old: False} if old and old not in new else {}
        return gone | dict.fromkeys(new, True)

    def _marked(self, relation: str, changes: dict[str, bool]) -> Links:
        def fragment(target: str) -> bytes:
            return self._added[target] if changes[target] else self._removed[target]

        ids: Sequence[Any] = list(changes)
        return Links(relation, len(ids), lambda: ids, lambda: sorted(ids), fragment)


def _type(kind: str, *, typed: bool) -> str | None:
    return TYPES[kind].odata_type if typed else None
