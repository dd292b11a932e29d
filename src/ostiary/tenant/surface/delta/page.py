"""Writes one delta page: objects with their links, cut where the page is full."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import NamedTuple

import msgspec

from ostiary.tenant.directory import Properties
from ostiary.tenant.surface.delta.feeds import MOST_LINKS, MOST_OBJECTS

_encode = msgspec.json.Encoder().encode


class Links(NamedTuple):
    """Links of one relation: all of them, a way to sort them, and how each is written."""

    relation: str
    total: int
    unsorted: Callable[[], Sequence[str]]
    sorted: Callable[[], Sequence[str]]
    fragment: Callable[[str], bytes]


class Cut(NamedTuple):
    """Where an object's links go on."""

    relation_at: int
    link_after: str


class PageWriter:
    def __init__(self) -> None:
        self.objects: list[bytes] = []
        self._links_left = MOST_LINKS

    @property
    def full(self) -> bool:
        return len(self.objects) >= MOST_OBJECTS or self._links_left <= 0

    def write(
        self, shown: Properties, links: Sequence[Links] = (), start: Cut | None = None
    ) -> Cut | None:
        """The object and as many of its links as fit; where the rest begins, if any."""
        written, cut = self._take(links, start or Cut(0, ""))
        body: bytes = _encode(shown)
        if written:
            body = b"".join((body[:-1], *written, b"}"))
        self.objects.append(body)
        return cut

    def _take(self, links: Sequence[Links], start: Cut) -> tuple[list[bytes], Cut | None]:
        written: list[bytes] = []
        for at in range(start.relation_at, len(links)):
            relation = links[at]
            after = start.link_after if at == start.relation_at else ""
            taken, whole = self._some(relation, after)
            if taken:
                fragments = b",".join(map(relation.fragment, taken))
                written.append(b',"%b@delta":[%b]' % (relation.relation.encode(), fragments))
                self._links_left -= len(taken)
            if not whole:
                return written, Cut(at, taken[-1] if taken else after)
        return written, None

    def _some(self, links: Links, after: str) -> tuple[Sequence[str], bool]:
        """The links after `after` that fit, and whether those were all."""
        if not after and links.total <= self._links_left:
            return links.unsorted(), True
        ordered = links.sorted()
        begin = bisect_right(ordered, after) if after else 0
        end = begin + self._links_left
        return ordered[begin:end], end >= len(ordered)


def body(context: str, link_name: str, link: str, objects: Sequence[bytes]) -> bytes:
    head = _encode({"@odata.context": context, link_name: link})
    return b'%b,"value":[%b]}' % (head[:-1], b",".join(objects))


def tombstone(object_id: str, reason: str, odata_type: str | None = None) -> Properties:
    """`changed`: soft-deleted and restorable. `deleted`: gone for good."""
    typed = {"@odata.type": odata_type} if odata_type else {}
    return {**typed, "id": object_id, "@removed": {"reason": reason}}
