"""What the journal says happened to each object between two versions."""

from collections import OrderedDict
from dataclasses import dataclass, field

from ostiary.tenant.directory import Change, Directory
from ostiary.tenant.directory.journal import APP_ROLE_ADDED, APP_ROLE_REMOVED, MANAGER
from ostiary.tenant.surface.delta.cursor import Wanted
from ostiary.tenant.surface.delta.feeds import APP_ROLE_ASSIGNMENT
from ostiary.tenant.surface.tail import APPEARING, VANISHING, JournalTail

_ROUNDS_KEPT = 8


@dataclass(slots=True)
class Happened:
    """`links`: by relation, each target's last change, True for added."""

    appeared: bool = False
    vanished: bool = False
    names: set[str] = field(default_factory=set)
    links: dict[str, dict[str, bool]] = field(default_factory=dict)

    def concerns(self, wanted: Wanted) -> bool:
        """Only changes of what was selected are told."""
        if self.appeared or self.vanished or not self.names.isdisjoint(wanted.names):
            return True
        return any(relation in self.links for relation in wanted.relations)


Round = dict[str, dict[str, Happened]]
"""By kind, by object id."""


class History:
    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._rounds: OrderedDict[tuple[int, int], Round] = OrderedDict()
        self._affected: OrderedDict[tuple[int, int, Wanted], list[str]] = OrderedDict()

    def between(self, since: int, until: int) -> Round:
        key = (since, until)
        found = self._rounds.get(key)
        if found is None:
            found = self._rounds[key] = _summary(self._directory.journal.since(since, until))
            while len(self._rounds) > _ROUNDS_KEPT:
                self._rounds.popitem(last=False)
        return found

    def affected(self, since: int, until: int, wanted: Wanted) -> list[str]:
        """Sorted ids of the objects a round has to tell about."""
        key = (since, until, wanted)
        ids = self._affected.get(key)
        if ids is None:
            happened = self.between(since, until).get(wanted.kind, {})
            ids = sorted(each for each, what in happened.items() if what.concerns(wanted))
            self._affected[key] = ids
            while len(self._affected) > _ROUNDS_KEPT:
                self._affected.popitem(last=False)
        return ids


class PastManagers:
    """Who a user's manager was: the journal names only the new one."""

    def __init__(self, directory: Directory) -> None:
        self._journal = directory.journal
        self._first = dict(directory.managers)
        self._first_at = self._journal.version
        self._tail = JournalTail(directory)
        self._changes: dict[str, list[tuple[int, str | None]]] = {}
        self._note(self._journal.since(0))

    def manager_at(self, user_id: str, version: int) -> str | None:
        self._note(self._tail.new())
        changes = self._changes.get(user_id, [])
        before = [target for at, target in changes if at <= version]
        if before:
            return before[-1]
        unknown = bool(changes) and changes[0][0] <= self._first_at
        return None if unknown else self._first.get(user_id)

    def _note(self, changes: list[Change]) -> None:
        for change in changes:
            if change.what == MANAGER:
                noted = self._changes.setdefault(change.object_id, [])
                noted.append((change.version, change.target))


def _summary(changes: list[Change]) -> Round:
    found: Round = {}
    for change in changes:
        if change.what in (APP_ROLE_ADDED, APP_ROLE_REMOVED):
            assignment = _of(found, APP_ROLE_ASSIGNMENT, str(change.target))
            assignment.appeared = change.what == APP_ROLE_ADDED
            assignment.vanished = not assignment.appeared
            continue
        _add(_of(found, change.kind, change.object_id), change)
    return found


def _add(happened: Happened, change: Change) -> None:
    name = change.property_name
    if name is not None:
        happened.names.add(name)
    elif change.what in APPEARING:
        happened.appeared = True
    elif change.what in VANISHING:
        happened.vanished = True
    elif change.what == MANAGER:
        happened.links.setdefault(MANAGER, {})
    elif change.target is not None:
        relation, added = change.what[:-1], change.what.endswith("+")
        happened.links.setdefault(relation, {})[change.target] = added


def _of(found: Round, kind: str, object_id: str) -> Happened:
    return found.setdefault(str(kind), {}).setdefault(object_id, Happened())
