"""`/api/v1/users` and `/api/v1/search/users`: everybody, from directories or not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter

from ostiary.server.directory.api import user_messages as m
from ostiary.server.directory.api.expansion import Expansion
from ostiary.server.directory.store import person_search, reading
from ostiary.server.directory.store.everybody import PersonFilter
from ostiary.server.directory.store.person_search import Found
from ostiary.server.kernel.auth.api.messages import role_message
from ostiary.server.kernel.auth.api.permissions import Viewer
from ostiary.server.kernel.authz.enforcement import Access, requires
from ostiary.server.kernel.authz.oneself import is_oneself
from ostiary.server.kernel.authz.permissions import Permission
from ostiary.server.kernel.authz.roles import find_role
from ostiary.server.kernel.database import Connection
from ostiary.server.kernel.errors import not_found
from ostiary.server.kernel.paging import Listing, Paging, PagingQuery
from ostiary.server.kernel.rest import KernelOf, Message
from ostiary.server.kernel.work import Kernel

router = APIRouter(prefix="/api/v1", tags=["User"])

USER = "c1.api.user.v1.User"
ROLE = "c1.api.iam.v1.Role"
APP = "c1.api.app.v1.App"


class AppName(Message):
    id: str
    display_name: str
    is_directory: bool = True


Oneself = Annotated[Access, requires(Permission.SELF)]
OneselfOrViewer = Annotated[
    Access, requires(Permission.USERS_VIEW, own=is_oneself("id"), owner_with=Permission.SELF)
]


@router.get("/users")
def list_users(kernel: KernelOf, access: Viewer, paging: PagingQuery) -> m.UserList:
    return _page(kernel, m.SearchUsersRequest(), paging)


@router.post("/search/users")
def search_users(kernel: KernelOf, access: Viewer, request: m.SearchUsersRequest) -> m.UserList:
    """Deleted people only when `userStatuses` or ids ask for them."""
    return _page(kernel, request, request.paging)


@router.post("/users/introspect")
def introspect(kernel: KernelOf, access: Oneself, request: m.IntrospectRequest) -> m.UserReply:
    """The caller, as `GET /users/{id}` tells of others."""
    with kernel.read() as connection:
        found = _find(connection, access.caller.user.public_id)
        expansion = _expanded(connection, [found], request.expand_mask)
    return m.UserReply(user_view=_view(found, expansion), expanded=expansion.objects)


@router.get("/users/{id}")
def get_user(kernel: KernelOf, access: OneselfOrViewer, id: str) -> m.UserReply:
    """Oneself, or anybody for those who may see users. Also who is deleted."""
    with kernel.read() as connection:
        found = _find(connection, id)
    return m.UserReply(user_view=_view(found, Expansion()))


def _find(connection: Connection, public_id: str) -> Found:
    found = person_search.find(connection, public_id)
    if found is None:
        raise not_found("there is no such user")
    return found


def _page(kernel: Kernel, request: m.SearchUsersRequest, paging: Paging) -> m.UserList:
    listing = Listing(kernel.secrets, "users", request.filters)
    with kernel.read() as connection:
        rows = person_search.people(
            connection, request.wanted, listing.after(paging), paging.size + 1
        )
        page = listing.page(rows, paging.size, lambda each: (each.sort_name, each.person.id))
        expansion = _expanded(connection, page.rows, request.expand_mask)
    return m.UserList(
        list=[_view(found, expansion) for found in page.rows],
        next_page_token=page.next_page_token,
        expanded=expansion.objects,
    )


def _view(found: Found, expansion: Expansion) -> m.UserView:
    return m.UserView(
        user=m.user_message(found),
        user_id=found.person.id,
        roles_path=expansion.path(ROLE, found.role_ids),
        managers_path=expansion.path(USER, found.person.manager_ids),
        directories_path=expansion.path(APP, found.directory_ids),
    )


def _expanded(connection: Connection, rows: Sequence[Found], mask: Sequence[str]) -> Expansion:
    expansion = Expansion()
    everything = "*" in mask
    if everything or "role_ids" in mask:
        for key in dict.fromkeys(key for found in rows for key in found.role_ids):
            if role := find_role(key):
                expansion.add(ROLE, key, role_message(role))
    if everything or "manager_ids" in mask:
        wanted = {key for found in rows for key in found.person.manager_ids}
        for manager in _by_ids(connection, wanted):
            expansion.add(USER, manager.person.id, m.user_message(manager))
    if everything or "directory_ids" in mask:
        names = reading.app_names(
            connection, [key for found in rows for key in found.directory_ids]
        )
        for key, name in names.items():
            expansion.add(APP, key, AppName(id=key, display_name=name))
    return expansion


def _by_ids(connection: Connection, ids: set[str]) -> Sequence[Found]:
    if not ids:
        return ()
    return person_search.people(connection, PersonFilter(ids=sorted(ids)), None, len(ids))
