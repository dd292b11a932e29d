"""Objects beside a list that its items point at by path (c1-api reference 1.6)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Annotated, Any

from fastapi import Query
from pydantic import Field

from ostiary.server.kernel.rest import FieldMask, Message

TYPE = "type.googleapis.com/c1.api."

Expanded = list[dict[str, Any]]

ExpandQuery = Annotated[
    str,
    Query(description="what to add in `expanded`: field names with commas between them, or `*`"),
]


class ExpandMask(Message):
    paths: FieldMask = Field(default_factory=list)


class Expansion:
    """Collects each object once; `path` tells where it is, or "" when nobody asked for it."""

    def __init__(self, wanted: Collection[str]) -> None:
        self._wanted = set(wanted)
        self._places: dict[tuple[str, str], str] = {}
        self.expanded: Expanded = []

    def asked(self, path: str) -> bool:
        return path in self._wanted or "*" in self._wanted

    def add(self, path: str, name: str, objects: Mapping[str, Message]) -> None:
        """`name` is the message's, such as `app.v1.App`; objects by id."""
        if not self.asked(path):
            return
        for identity, message in objects.items():
            if (path, identity) not in self._places:
                self._places[path, identity] = f"$.expanded[{len(self.expanded)}]"
                shown = message.model_dump(mode="json")
                self.expanded.append({"@type": f"{TYPE}{name}", **shown})

    def load(
        self, path: str, name: str, ids: Collection[str], read: Callable[[Collection[str]], Any]
    ) -> None:
        """`read` gets ids and returns messages by id; it is called only when somebody asked."""
        if ids and self.asked(path):
            self.add(path, name, read(ids))

    def path(self, path: str, identity: str) -> str:
        return self._places.get((path, identity), "")


def expansion(paths: str | ExpandMask | None) -> Expansion:
    mask = paths if isinstance(paths, ExpandMask) else ExpandMask.model_validate({"paths": paths})
    return Expansion(mask.paths)
