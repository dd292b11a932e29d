"""Collections made from the state of the directory."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Generic, TypeVar

from ostiary.tenant.directory import DirectoryObject, Kind
from ostiary.tenant.surface.backend import Backend
from ostiary.tenant.surface.entity import Entity
from ostiary.tenant.surface.schema.types import DIRECTORY_OBJECT, TYPES, EntityType

R = TypeVar("R")


def entity_of(backend: Backend, held: DirectoryObject) -> Entity:
    """signInActivity lives outside the object's own properties."""
    props = held.props
    if held.kind is Kind.USER:
        activity = backend.directory.sign_ins.get(held.id)
        if activity is not None:
            props = {**props, "signInActivity": activity}
    return Entity(TYPES[held.kind.value], held.id, props)


class Objects:
    """All live objects of one kind, as lagging lists see them."""

    def __init__(self, backend: Backend, kind: Kind) -> None:
        self._backend, self._kind = backend, kind
        self.type: EntityType = TYPES[kind.value]

    def keys(self) -> list[str]:
        return self._backend.replica.ids(self._kind)

    def entity(self, key: str) -> Entity | None:
        held = self._backend.replica.find(key)
        return entity_of(self._backend, held) if held else None


class Linked:
    """Directory objects of mixed kinds, by id; `kinds` None admits all."""

    def __init__(
        self, backend: Backend, ids: Iterable[str], kinds: frozenset[Kind] | None = None
    ) -> None:
        self._backend, self._ids, self._kinds = backend, ids, kinds
        self.type: EntityType = DIRECTORY_OBJECT

    def keys(self) -> list[str]:
        kinds = self._kinds
        if kinds is None:
            return list(self._ids)
        find = self._backend.replica.find
        return [each for each in self._ids if (held := find(each)) and held.kind in kinds]

    def entity(self, key: str) -> Entity | None:
        held = self._backend.replica.find(key)
        return entity_of(self._backend, held) if held else None


class Rows(Generic[R]):
    """Anything else: a table of records and how each is shown."""

    def __init__(
        self,
        type_name: str,
        table: Mapping[str, R],
        show: Callable[[R], Mapping[str, Any]],
    ) -> None:
        self.type: EntityType = TYPES[type_name]
        self._table, self._show = table, show

    def keys(self) -> list[str]:
        return list(self._table)

    def entity(self, key: str) -> Entity | None:
        row = self._table.get(key)
        return None if row is None else Entity(self.type, key, self._show(row))
