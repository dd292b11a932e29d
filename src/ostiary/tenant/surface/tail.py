"""Indexes over the directory that catch up with its journal whenever they are asked."""

from collections.abc import Iterable

from ostiary.tenant.directory import Change, Directory, DirectoryObject, Kind
from ostiary.tenant.directory.journal import CREATED, DELETED, PURGED, RESTORED

APPEARING = frozenset({CREATED, RESTORED})
VANISHING = frozenset({DELETED, PURGED})


class JournalTail:
    """What was journaled since it was last asked."""

    def __init__(self, directory: Directory) -> None:
        self._journal = directory.journal
        self._seen = self._journal.version

    def new(self) -> list[Change]:
        latest = self._journal.version
        if latest == self._seen:
            return []
        changes = self._journal.since(self._seen)
        self._seen = latest
        return changes


class NameIndex:
    """Ids by the lower-case value of one unique property, such as userPrincipalName."""

    def __init__(self, directory: Directory, kind: Kind, name: str) -> None:
        self._objects = directory.objects[kind]
        self._kind, self._name = kind, name
        self._watched = f"property:{name}"
        self._ids: dict[str, str] | None = None
        self._tail = JournalTail(directory)

    def find(self, value: str) -> str | None:
        object_id = self._current().get(value.lower())
        held = self._objects.get(object_id) if object_id else None
        if held is None or str(held.props.get(self._name)).lower() != value.lower():
            return None
        return object_id

    def _current(self) -> dict[str, str]:
        changes = self._tail.new()
        if self._ids is None:
            self._ids = dict(self._pairs(self._objects.values()))
        else:
            touched = [
                self._objects[change.object_id]
                for change in changes
                if change.kind is self._kind
                and (change.what == self._watched or change.what in APPEARING)
                and change.object_id in self._objects
            ]
            self._ids.update(self._pairs(touched))
        return self._ids

    def _pairs(self, holders: Iterable[DirectoryObject]) -> Iterable[tuple[str, str]]:
        for holder in holders:
            value = holder.props.get(self._name)
            if isinstance(value, str):
                yield value.lower(), holder.id
