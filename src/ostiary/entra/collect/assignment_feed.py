"""The one change feed for app role assignments: directoryObjects/delta.

Graph documents it for v1.0 on condition that users are asked for too, which takes a permission to
read users. Where it is refused, every sync lists the assignments instead.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from ostiary.entra.collect.changes import Removed
from ostiary.entra.collect.delta import REFUSED
from ostiary.entra.collect.query import Query
from ostiary.entra.collect.reader import Reader
from ostiary.entra.image import Assignment, Image
from ostiary.graph import GraphError

NAME = "app role assignments"
TYPE = "microsoft.graph.appRoleAssignment"


class FeedItem(msgspec.Struct):
    id: str
    type: str | None = msgspec.field(name="@odata.type", default=None)
    removed: Removed | None = msgspec.field(name="@removed", default=None)
    appRoleId: str | None = None
    principalId: str | None = None
    resourceId: str | None = None


class AssignmentFeed:
    """Changes of app role assignments since a baseline; users in the feed are passed over."""

    name = cursor = NAME
    item = FeedItem
    query = Query(
        "/directoryObjects/delta",
        select=f"microsoft.graph.user/id,{TYPE}/appRoleId,{TYPE}/principalId,{TYPE}/resourceId",
        filter=f"isof('microsoft.graph.user') or isof('{TYPE}')",
    )

    def apply(self, image: Image, page: Sequence[FeedItem]) -> None:
        for item in page:
            if item.removed is not None:
                image.assignments.remove([item.id])
            elif item.appRoleId and item.principalId and item.resourceId:
                row = Assignment(item.id, item.resourceId, item.principalId, item.appRoleId)
                image.assignments.add([row])

    def reset(self, image: Image) -> None:
        """A baseline is taken by listing; the feed itself never starts from nothing."""
        image.assignments.reset()


async def open_feed(reader: Reader) -> str | None:
    """The link from which later changes can be read; None where Graph refuses the feed.

    Ask for it before listing, so that a change made in between is told twice and not lost.
    """
    query = AssignmentFeed.query
    try:
        return await reader.graph.latest_delta(query.path, params=query.params, stream=NAME)
    except GraphError as error:
        if error.status in (*REFUSED, 403):
            return None
        raise
