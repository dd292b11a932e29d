"""Finds the route of a request: literal segments first, then wildcards.

Templates: `{}` matches any segment, `{cast}` a type name with its namespace. A path may write
`users('key')` for `users/key`, `delta()` or `microsoft.graph.delta` for `delta`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from ostiary.tenant.surface.backend import Call
from ostiary.tenant.surface.errors import RefusalError, no_segment
from ostiary.tenant.surface.message import GraphResponse

Handler = Callable[[Call], GraphResponse]

_KEYED = re.compile(r"^(?P<name>[A-Za-z]\w*)\((?P<key>.*)\)$")
_CAST = "microsoft.graph."


@dataclass(frozen=True, slots=True)
class Route:
    """`name` is how the ledger and the permission table know the operation."""

    method: str
    template: str
    handler: Handler

    @property
    def name(self) -> str:
        return f"{self.method} {self.template.replace('{}', '{id}')}"


@dataclass(slots=True)
class _Node:
    literals: "dict[str, _Node]" = field(default_factory=dict)
    any: "_Node | None" = None
    cast: "_Node | None" = None
    routes: dict[str, Route] = field(default_factory=dict)


class Router:
    def __init__(self) -> None:
        self._root = _Node()

    def add(self, route: Route) -> None:
        node = self._root
        for segment in route.template.strip("/").split("/"):
            node = _child(node, segment)
        node.routes[route.method] = route

    def match(self, method: str, segments: list[str]) -> tuple[Route, tuple[str, ...]]:
        """Raises 400 for a path that leads nowhere, 405 for a method it does not take."""
        path = list(_spread(segments))
        found = _find(self._root, path, ())
        if found is None:
            raise no_segment(path[-1] if path else "")
        node, args = found
        route = node.routes.get(method)
        if route is None:
            raise RefusalError(
                405,
                "Request_BadRequest",
                f"Specified HTTP method is not allowed for the request target: {method}.",
                headers={"Allow": ", ".join(sorted(node.routes))},
            )
        return route, args


def _child(node: _Node, segment: str) -> _Node:
    if segment == "{}":
        node.any = node.any or _Node()
        return node.any
    if segment == "{cast}":
        node.cast = node.cast or _Node()
        return node.cast
    return node.literals.setdefault(segment.lower(), _Node())


def _find(
    node: _Node, path: list[str], args: tuple[str, ...]
) -> tuple[_Node, tuple[str, ...]] | None:
    if not path:
        return (node, args) if node.routes else None
    head, rest = path[0], path[1:]
    literal = node.literals.get(head.lower())
    found = _find(literal, rest, args) if literal else None
    if found is None and node.cast and head.startswith(_CAST):
        found = _find(node.cast, rest, (*args, head.removeprefix(_CAST)))
    if found is None and node.any:
        found = _find(node.any, rest, (*args, head))
    return found


def _spread(segments: list[str]) -> list[str]:
    path: list[str] = []
    for segment in segments:
        keyed = _KEYED.match(segment)
        if keyed is None:
            path.append(_without_namespace(segment))
        else:
            path.append(_without_namespace(keyed["name"]))
            if keyed["key"]:
                path.append(keyed["key"])
    return path


_FUNCTIONS = frozenset({"delta", "getbyids", "restore", "assignlicense", "revokesigninsessions"})


def _without_namespace(segment: str) -> str:
    bare = segment.removeprefix(_CAST)
    return bare if bare.lower() in _FUNCTIONS else segment
