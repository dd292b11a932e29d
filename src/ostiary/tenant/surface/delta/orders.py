"""Sorted ids, so that a stream can go on after the last one shown whatever came or went since."""

from bisect import bisect_left, insort
from collections import OrderedDict

from ostiary.tenant.directory import AppRoleAssignment, Change, Directory, DirectoryObject, Kind
from ostiary.tenant.surface.delta.feeds import APP_ROLE_ASSIGNMENT
from ostiary.tenant.surface.replica import Replica
from ostiary.tenant.surface.tail import APPEARING, VANISHING, JournalTail

_LISTS_KEPT = 16


class ObjectOrder:
    """Ids of the live objects of each kind, kept sorted through the journal."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._tail = JournalTail(directory)
        self._sorted: dict[str, list[str]] = {}
        self._assignments: dict[str, AppRoleAssignment] = {}
        self._assignments_at = -1

    def ids(self, kind: str) -> list[str]:
        if kind == APP_ROLE_ASSIGNMENT:
            return list(self.assignments())
        for change in self._tail.new():
            self._apply(change)
        if kind not in self._sorted:
            self._sorted[kind] = sorted(self._directory.objects[Kind(kind)])
        return self._sorted[kind]

    def assignments(self) -> dict[str, AppRoleAssignment]:
        """Every app role assignment of the tenant by id, in order of ids."""
        version = self._directory.journal.version
        if self._assignments_at != version:
            held = self._directory.app_role_assignments.values()
            found = {key: each for table in held for key, each in table.items()}
            self._assignments = dict(sorted(found.items()))
            self._assignments_at = version
        return self._assignments

    def _apply(self, change: Change) -> None:
        ids = self._sorted.get(change.kind)
        if ids is None or change.what not in APPEARING | VANISHING:
            return
        at = bisect_left(ids, change.object_id)
        present = at < len(ids) and ids[at] == change.object_id
        if change.what in APPEARING and not present:
            insort(ids, change.object_id)
        elif change.what in VANISHING and present:
            del ids[at]


class LinkOrder:
    """Links of one object in order of ids; a group of many pages is sorted once."""

    def __init__(self, replica: Replica) -> None:
        self._replica = replica
        self._kept: OrderedDict[tuple[str, str], tuple[tuple[int, int], list[str]]] = OrderedDict()

    def unsorted(self, held: DirectoryObject, relation: str) -> list[str]:
        if relation == "manager":
            manager = self._replica.directory.managers.get(held.id)
            return [manager] if manager else []
        return self._replica.linked(held, relation)

    def sorted(self, held: DirectoryObject, relation: str) -> list[str]:
        key = (held.id, relation)
        version = (self._replica.directory.journal.version, self._replica.horizon())
        kept = self._kept.get(key)
        if kept is not None and kept[0] == version:
            return kept[1]
        links = sorted(self.unsorted(held, relation))
        self._kept[key] = (version, links)
        while len(self._kept) > _LISTS_KEPT:
            self._kept.popitem(last=False)
        return links
