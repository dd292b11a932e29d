"""Groups with their owners in one delta stream for the whole tenant, and all members in another.

Members by themselves can be read in parts the first time (parts.py), once the groups are known.
"""

from __future__ import annotations

from collections.abc import Collection as Ids
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from msgspec import UNSET

from ostiary.entra.collect.changes import changes_of, runs
from ostiary.entra.collect.parts import FilterIgnored
from ostiary.entra.collect.query import Query
from ostiary.entra.image import Image, Kind, Relation
from ostiary.entra.image.links import Ends
from ostiary.entra.records import Group, Record, encode, fields_of

GroupChange = changes_of(Group, links="owners@delta")
MembersChange = changes_of(Record, links="members@delta")
_MEMBERS = "id,members"


class Groups:
    """The groups/delta collection."""

    name = cursor = "groups"
    item = GroupChange

    def __init__(self) -> None:
        self.query = Query("/groups/delta", select=fields_of(Group) + ",owners")

    def apply(self, image: Image, page: Sequence[Any]) -> None:
        for present, groups in runs(page):
            if present:
                image.links.apply(_links(image, groups, Relation.OWNER))
                _store(image, groups)
            else:
                image.objects.remove([group.id for group in groups])
                _forget_links(image, groups, Relation.OWNER)

    def reset(self, image: Image) -> None:
        image.links.reset(Kind.GROUP, Relation.OWNER)
        image.objects.reset(Kind.GROUP)


class GroupMembers:
    """The groups/delta collection once more, for members. Large groups are split over many pages
    and repeated.
    """

    name = cursor = "group members"
    item = MembersChange

    def __init__(self) -> None:
        self.query = Query("/groups/delta", select=_MEMBERS)

    def apply(self, image: Image, page: Sequence[Any]) -> None:
        _apply_members(image, page)

    def reset(self, image: Image) -> None:
        image.links.reset(Kind.GROUP, Relation.MEMBER)

    def part(self, number: int, ids: Ids[str]) -> MembersOfSome:
        return MembersOfSome(number, frozenset(ids))


@dataclass
class MembersOfSome:
    """The members of at most fifty groups."""

    number: int
    ids: frozenset[str]
    missing: set[str] = field(init=False)
    name: ClassVar[str] = GroupMembers.name
    item: ClassVar[type[Any]] = MembersChange

    def __post_init__(self) -> None:
        alternatives = " or ".join(f"id eq '{id_}'" for id_ in sorted(self.ids))
        self.query = Query("/groups/delta", select=_MEMBERS, filter=alternatives)
        self.cursor = f"{self.name}, part {self.number}"
        self.missing = set(self.ids)

    def apply(self, image: Image, page: Sequence[Any]) -> None:
        if not self.ids.issuperset(group.id for group in page):
            raise FilterIgnored("Microsoft Graph shows groups that were not asked for.")
        self.missing.difference_update(group.id for group in page)
        _apply_members(image, page)

    def reset(self, image: Image) -> None:
        image.links.drop(self.ids, Relation.MEMBER)


def _apply_members(image: Image, page: Sequence[Any]) -> None:
    for present, groups in runs(page):
        if present:
            image.links.apply(_links(image, groups, Relation.MEMBER))
        else:
            _forget_links(image, groups, Relation.MEMBER)


def _links(image: Image, groups: Sequence[Any], relation: Relation) -> dict[Ends, bool]:
    links: dict[Ends, bool] = {}
    for group in groups:
        if group.links is UNSET:
            continue
        source = image.objects.intern(group.id, Kind.GROUP)
        for reference in group.links:
            target = image.objects.intern(reference.id, reference.kind)
            links[source, relation, target] = reference.removed is None
    return links


def _store(image: Image, groups: Sequence[Any]) -> None:
    patches: list[tuple[str, str]] = []
    for group in groups:
        group.links = UNSET
        patches.append((group.id, encode(group)))
    image.objects.patch(Kind.GROUP, patches)


def _forget_links(image: Image, groups: Sequence[Any], relation: Relation) -> None:
    """A soft-deleted group keeps its links in the image: restoring it brings them back."""
    image.links.drop([g.id for g in groups if g.removed.reason == "deleted"], relation)
