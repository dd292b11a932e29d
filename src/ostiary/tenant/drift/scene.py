"""What happenings share: the tenant, the dice, and ways to pick somebody."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from random import Random

from ostiary.tenant.directory import Directory, DirectoryObject, Kind


@dataclass
class Scene:
    directory: Directory
    rng: Random

    def any(self, kind: Kind) -> DirectoryObject | None:
        live = self.directory.objects[kind]
        return live[self.rng.choice(list(live))] if live else None

    def one_of(self, ids: Iterable[str]) -> str | None:
        choices = list(ids)
        return self.rng.choice(choices) if choices else None

    def assigned_group(self) -> DirectoryObject | None:
        """A group whose members people decide on, not a rule."""
        group = self.any(Kind.GROUP)
        if group is None or "DynamicMembership" in (group.props.get("groupTypes") or ()):
            return None
        return group

    def number(self) -> int:
        return self.directory.journal.version

    def name(self, object_id: str) -> str:
        found = self.directory.find(object_id)
        return (found.display_name if found else None) or object_id


Happening = Callable[[Scene], str | None]
"""Makes one change and says what it was; None when it could not happen this time."""
