"""Groups with all their members in one delta stream for the whole tenant, and owners in another.

Each page of a stream waits for the one before it. Owners beside members make the chain that a first
sync waits for shorter.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import UNSET

from ostiary.entra.collect.changes import changes_of, runs
from ostiary.entra.collect.query import Query
from ostiary.entra.image import Image, Kind, Relation
from ostiary.entra.image.links import Ends
from ostiary.entra.records import Group, Record, encode, fields_of

GroupChange = changes_of(Group, links="members@delta")
OwnersChange = changes_of(Record, links="owners@delta")


class Groups:
    """The groups/delta collection. Large groups are split over many pages and repeated."""

    name = "groups"
    item = GroupChange

    def __init__(self) -> None:
        self.query = Query("/groups/delta", select=fields_of(Group) + ",members")

    def apply(self, image: Image, page: Sequence[Any]) -> None:
        for present, groups in runs(page):
            if present:
                image.links.apply(_links(image, groups, Relation.MEMBER))
                _store(image, groups)
            else:
                image.objects.remove([group.id for group in groups])
                _forget_links(image, groups, Relation.MEMBER)

    def reset(self, image: Image) -> None:
        image.links.reset(Kind.GROUP, Relation.MEMBER)
        image.objects.reset(Kind.GROUP)


class GroupOwners:
    """The groups/delta collection once more, for owners alone."""

    name = "group owners"
    item = OwnersChange

    def __init__(self) -> None:
        self.query = Query("/groups/delta", select="id,owners")

    def apply(self, image: Image, page: Sequence[Any]) -> None:
        for present, groups in runs(page):
            if present:
                image.links.apply(_links(image, groups, Relation.OWNER))
            else:
                _forget_links(image, groups, Relation.OWNER)

    def reset(self, image: Image) -> None:
        image.links.reset(Kind.GROUP, Relation.OWNER)


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
