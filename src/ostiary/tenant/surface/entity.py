"""A row of a collection, whatever it is made from, and the collections themselves."""

from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

from ostiary.tenant.surface.schema.types import EntityType


class Entity(NamedTuple):
    type: EntityType
    id: str
    props: Mapping[str, Any]


class Source(Protocol):
    """Keys are cheap and stay valid; an entity may be gone when its key is looked up (None)."""

    @property
    def type(self) -> EntityType: ...

    def keys(self) -> list[str]: ...

    def entity(self, key: str) -> Entity | None: ...
