"""Keeping service principals, their owners and their app role assignments up to date.

The first sync lists everything. Later ones list the service principals (for their owners, which no
feed reports) and take the assignments from the change feed.
"""

from __future__ import annotations

from ostiary.entra.collect import service_principals
from ostiary.entra.collect.assignment_feed import AssignmentFeed, open_feed
from ostiary.entra.collect.delta import read_round
from ostiary.entra.collect.reader import Reader
from ostiary.graph.faults import (
    BadRequest,
    DeltaExpired,
    PageTokenExpired,
    PermissionMissing,
)

_FEED = AssignmentFeed()


async def refresh(reader: Reader) -> None:
    """Bring service principals, owners and assignments up to date.

    A feed that cannot be followed any more is replaced by listing everything once.

    Raises:
        GraphError: something could not be read to its end.
    """
    if reader.image.cursors.get(_FEED.name, _FEED.query.text).resume is None:
        await _list_all(reader)
    else:
        await _read_changes(reader)
    reader.finished(_FEED.name)


async def _read_changes(reader: Reader) -> None:
    try:
        await _follow_feed(reader)
    except (BadRequest, DeltaExpired, PageTokenExpired, PermissionMissing):
        await _list_all(reader)
    else:
        await _list_principals(reader)


async def _list_all(reader: Reader) -> None:
    link, image = await open_feed(reader), reader.image
    with image.transaction():
        image.cursors.forget(_FEED.name)
    await service_principals.list_with_assignments(reader)
    await service_principals.list_owners(reader)
    if link is not None:
        with image.transaction():
            image.cursors.advance(_FEED.name, _FEED.query.text, None, link)


async def _follow_feed(reader: Reader) -> None:
    try:
        await read_round(reader, _FEED)
    except PageTokenExpired:
        with reader.image.transaction():
            reader.image.cursors.rewind(_FEED.name)
        await read_round(reader, _FEED)


async def _list_principals(reader: Reader) -> None:
    """A service principal that appears is asked for its assignments: a restored one has some."""
    appeared, gone = await service_principals.list_with_owners(reader)
    with reader.image.transaction():
        reader.image.assignments.drop_resources(gone)
    await service_principals.list_assignments(reader, appeared)
