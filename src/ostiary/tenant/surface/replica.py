"""The directory as a lagging reader sees it: lists and delta trail writes by `lag` seconds.

Which objects and links exist is what lags; property values of an object that shows are current.
"""

from datetime import timedelta

from ostiary.tenant.directory import AppRoleAssignment, Change, Directory, DirectoryObject, Kind
from ostiary.tenant.directory.journal import (
    APP_ROLE_ADDED,
    APP_ROLE_REMOVED,
    CREATED,
    DELETED,
    RESTORED,
)


class Replica:
    def __init__(self, directory: Directory, lag: float = 0.0) -> None:
        self.directory = directory
        self.lag = lag
        self._buried: dict[str, AppRoleAssignment] = {}

    def horizon(self) -> int:
        """The last journal version that lists and delta show."""
        journal = self.directory.journal
        if not self.lag:
            return journal.version
        seen = self.directory.clock.now() - timedelta(seconds=self.lag)
        return journal.version_at(seen)

    def unseen(self) -> list[Change]:
        if not self.lag:
            return []
        return self.directory.journal.since(self.horizon())

    def find(self, object_id: str) -> DirectoryObject | None:
        """As of the horizon: not yet what was just created, still what was just deleted."""
        found = self.directory.find(object_id)
        for change in self.unseen():
            if change.object_id == object_id and change.what in (CREATED, RESTORED):
                return None
            if change.object_id == object_id and change.what == DELETED:
                return self.directory.deleted.get(object_id)
        return found

    def ids(self, kind: Kind) -> list[str]:
        ids = list(self.directory.objects[kind])
        unseen = [change for change in self.unseen() if change.kind is kind]
        return _rewound(ids, unseen, added=(CREATED, RESTORED), removed=(DELETED,))

    def linked(self, holder: DirectoryObject, relation: str) -> list[str]:
        """Ids of `members` or `owners`, in the order they were added."""
        links = self._links_now(holder, relation)
        unseen = [change for change in self.unseen() if change.object_id == holder.id]
        return _rewound(links, unseen, added=(f"{relation}+",), removed=(f"{relation}-",))

    def app_roles(self, resource_id: str) -> dict[str, AppRoleAssignment]:
        held = dict(self.directory.app_role_assignments.get(resource_id, {}))
        for change in reversed(self.unseen()):
            if change.object_id != resource_id or change.target is None:
                continue
            if change.what == APP_ROLE_ADDED:
                held.pop(change.target, None)
            elif change.what == APP_ROLE_REMOVED and change.target in self._buried:
                held[change.target] = self._buried[change.target]
        return held

    def bury(self, assignment: AppRoleAssignment) -> None:
        """Keeps a removed assignment at hand for as long as lists may still show it."""
        if self.lag:
            self._buried[assignment.id] = assignment

    def _links_now(self, holder: DirectoryObject, relation: str) -> list[str]:
        directory = self.directory
        if relation == "owners":
            return list(directory.owners.get(holder.id, ()))
        if holder.kind is Kind.DIRECTORY_ROLE:
            return directory.members_of_role(holder.id)
        return list(directory.members.get(holder.id, ()))


def _rewound(
    ids: list[str],
    unseen: list[Change],
    *,
    added: tuple[str, ...],
    removed: tuple[str, ...],
) -> list[str]:
    """`ids` as they were before the unseen changes."""
    if not unseen:
        return ids
    shown = dict.fromkeys(ids)
    for change in reversed(unseen):
        subject = change.target or change.object_id
        if change.what in added:
            shown.pop(subject, None)
        elif change.what in removed:
            shown[subject] = None
    return list(shown)
