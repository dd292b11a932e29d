"""What to do where Graph refuses delta queries, as it does in external (customer) tenants.

Then every sync lists the collection anew. The refusal is remembered, and asked again only when the
image is started afresh.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec

from ostiary.entra.collect.applications import Applications
from ostiary.entra.collect.batched import read_each
from ostiary.entra.collect.changes import Reference
from ostiary.entra.collect.delta import REFUSED, Collection, TakeOver, follow, read_on
from ostiary.entra.collect.groups import GroupMembers, Groups
from ostiary.entra.collect.listing import replace_objects
from ostiary.entra.collect.parts import is_under_way, read_in_parts, worth_dividing
from ostiary.entra.collect.query import Query
from ostiary.entra.collect.reader import Reader
from ostiary.entra.collect.users import EXTENSION_ATTRIBUTES, Users
from ostiary.entra.image import Image, Kind, Relation
from ostiary.entra.records import Application, Group, Record, User, encode, fields_of
from ostiary.graph import GraphError


class Managed(User, kw_only=True):
    """A user as a listing with the manager expanded shows it."""

    manager: Record | None = None  # type: ignore[assignment]


async def read_users(reader: Reader, users: Users) -> None:
    """Bring users and managers up to date."""

    async def list_all() -> None:
        without = ("manager",) if EXTENSION_ATTRIBUTES in users.query.select else (
            "manager", EXTENSION_ATTRIBUTES,
        )  # fmt: skip
        query = Query(
            "/users", fields_of(User, without=without), expand="manager($select=id)", top=999
        )
        await replace_objects(
            reader, Kind.USER, query, Managed, stream=users.name, encode=_with_manager_id
        )

    await _follow_or(list_all, reader, users)


async def read_applications(reader: Reader, applications: Applications) -> None:
    """Bring application registrations up to date."""

    async def list_all() -> None:
        query = Query("/applications", applications.query.select, top=999)
        await replace_objects(
            reader, Kind.APPLICATION, query, Application,
            stream=applications.name, encode=encode,
        )  # fmt: skip

    await _follow_or(list_all, reader, applications)


async def read_groups(reader: Reader, groups: Groups) -> None:
    """Bring groups and their owners up to date."""

    async def list_all() -> None:
        query = Query("/groups", fields_of(Group), top=999)
        await replace_objects(reader, Kind.GROUP, query, Group, stream=groups.name, encode=encode)
        await _list_links(reader, Relation.OWNER, "owners", groups.name)

    await _follow_or(list_all, reader, groups)


async def read_group_members(
    reader: Reader, members: GroupMembers, groups_known: Callable[[], Awaitable[object]]
) -> None:
    """Bring the members of groups up to date; many groups are read in parts the first time."""
    image = reader.image

    async def list_all() -> None:
        await groups_known()
        await _list_links(reader, Relation.MEMBER, "members", members.name)

    async def take_over() -> bool:
        await groups_known()
        ids = image.objects.ids(Kind.GROUP)
        if not worth_dividing(image, members, ids):
            return False
        if not await read_in_parts(reader, members, ids):
            await read_on(reader, members)
        return True

    if is_under_way(image, members):
        await groups_known()
        await read_in_parts(reader, members, image.objects.ids(Kind.GROUP))
    await _follow_or(list_all, reader, members, take_over)


async def _list_links(reader: Reader, relation: Relation, name: str, stream: str) -> None:
    """The beta endpoint: v1.0 leaves service principals out of the members it lists."""
    ids = reader.image.objects.ids(Kind.GROUP)
    paths = {id_: f"/groups/{id_}/{name}?$select=id&$top=999" for id_ in ids}
    async for id_, references in read_each(reader, paths, Reference, stream=stream, beta=True):
        image = reader.image
        with image.transaction():
            source = image.objects.intern(id_, Kind.GROUP)
            targets = [image.objects.intern(r.id, r.kind) for r in references]
            image.links.replace(source, relation, targets)


async def _follow_or(
    list_all: Callable[[], Awaitable[None]],
    reader: Reader,
    collection: Collection,
    take_over: TakeOver | None = None,
) -> None:
    image = reader.image
    note = f"{collection.name} without delta"
    if image.remembered(note) is None:
        fresh = image.cursors.get(collection.cursor, collection.query.text).resume is None
        try:
            return await follow(reader, collection, take_over)
        except GraphError as error:
            if not fresh or error.status not in REFUSED or _began(image, collection):
                raise
        image.remember(note, "refused")
    return await list_all()


def _began(image: Image, collection: Collection) -> bool:
    """Whether the first round got past its first page: then delta is not what was refused."""
    return image.cursors.get(collection.cursor, collection.query.text).resume is not None


def _with_manager_id(user: Managed) -> str:
    manager = user.manager.id if user.manager else None
    return encode({**msgspec.structs.asdict(user), "manager": manager})
