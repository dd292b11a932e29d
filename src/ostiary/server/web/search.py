"""Ctrl-K: what the slices find, and where one can go."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from ostiary.server.kernel.authz.enforcement import Access, requires
from ostiary.server.kernel.authz.permissions import Permission
from ostiary.server.kernel.database import Connection
from ostiary.server.web.shell import Shell, ShellOf, html

MOST = 5
"""Of each kind."""

LONGEST = 200

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class Hit:
    title: str
    path: str
    icon: str
    note: str = ""


Find = Callable[[Shell, Connection, str, int], Sequence[Hit]]
"""At most so many things that a text names; nothing that the caller may not see."""


@dataclass(frozen=True)
class Finder:
    """`kind` is the heading over what it finds: "Apps"."""

    kind: str
    find: Find


@dataclass(frozen=True)
class Command:
    """Something one does at `path`: "Add connector"."""

    title: str
    path: str
    icon: str
    permission: Permission


@router.get("/search")
def search(
    shell: ShellOf,
    _access: Annotated[Access, requires(Permission.SELF)],
    q: Annotated[str, Query(max_length=LONGEST)] = "",
) -> Response:
    """The list under the palette's field."""
    query = q.strip()
    groups = [("Go to", _places(shell, query)), ("Do", _commands(shell, query))]
    if query:
        groups = [*_found(shell, query), *groups]
    template = shell.web.templates.get_template("web/search.html")
    shown = [(kind, hits) for kind, hits in groups if hits]
    return html(template.render(shell=shell, groups=shown, query=query), shell.nonce)


def _found(shell: Shell, query: str) -> list[tuple[str, list[Hit]]]:
    """By kind. All kinds at once: somebody waits for it at every letter."""

    def find(finder: Finder) -> tuple[str, list[Hit]]:
        with shell.kernel.read() as connection:
            return finder.kind, list(finder.find(shell, connection, query, MOST))

    with ThreadPoolExecutor(len(shell.web.finders) or 1) as threads:
        return list(threads.map(find, shell.web.finders))


def _places(shell: Shell, query: str) -> list[Hit]:
    return [
        Hit(section.title, section.path, section.icon, f"g {section.key}")
        for section in shell.sidebar.sections
        if query.lower() in section.title.lower()
    ]


def _commands(shell: Shell, query: str) -> list[Hit]:
    return [
        Hit(command.title, command.path, command.icon)
        for command in shell.web.commands
        if shell.allows(command.permission) and query.lower() in command.title.lower()
    ]
