"""Groups with all their members and owners, in one delta stream for the whole tenant."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from msgspec import UNSET

from ostiary.entra.collect.changes import Reference, changes_of, runs
from ostiary.entra.collect.query import Query
from ostiary.entra.image import Image, Kind, Relation
from ostiary.entra.records import Group, encode, fields_of

GroupChange = changes_of(Group, members="members@delta", owners="owners@delta")


class Groups:
    """The groups/delta collection. Large groups are split over many pages and repeated."""

    name = "groups"
    item = GroupChange

    def __init__(self) -> None:
        self.query = Query("/groups/delta", select=fields_of(Group) + ",members,owners")

    def apply(self, image: Image, page: Sequence[Any]) -> None:
        for present, groups in runs(page):
            if present:
                _store(image, groups)
            else:
                _remove(image, groups)

    def reset(self, image: Image) -> None:
        image.links.reset(Kind.GROUP)
        image.objects.reset(Kind.GROUP)


def _store(image: Image, groups: Sequence[Any]) -> None:
    links: dict[tuple[int, Relation, int], bool] = {}
    patches: list[tuple[str, str]] = []
    for group in groups:
        source = image.objects.intern(group.id, Kind.GROUP)
        for relation, references in _links_of(group):
            for reference in references:
                target = image.objects.intern(reference.id, reference.kind)
                links[source, relation, target] = reference.removed is None
        group.members = group.owners = UNSET
        patches.append((group.id, encode(group)))
    image.objects.patch(Kind.GROUP, patches)
    image.links.apply(links)


def _remove(image: Image, groups: Sequence[Any]) -> None:
    """A soft-deleted group keeps its links in the image: restoring it brings them back."""
    image.objects.remove([group.id for group in groups])
    image.links.drop_sources([g.id for g in groups if g.removed.reason == "deleted"])


def _links_of(group: Any) -> Iterable[tuple[Relation, list[Reference]]]:
    if group.members is not UNSET:
        yield Relation.MEMBER, group.members
    if group.owners is not UNSET:
        yield Relation.OWNER, group.owners
