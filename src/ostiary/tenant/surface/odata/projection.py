"""$select: which properties an entity shows, and what stands for those that are unset."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ostiary.tenant.surface.entity import Entity
from ostiary.tenant.surface.errors import RefusalError, unknown_property
from ostiary.tenant.surface.schema.types import DIRECTORY_OBJECT, ELSEWHERE, TYPES, EntityType

Fields = tuple[tuple[str, Any], ...]
"""Property names with what to show when they are unset."""


@dataclass(frozen=True, slots=True)
class Projection:
    """`names` None means the default set of each entity's own type."""

    entity: EntityType
    names: tuple[str, ...] | None
    with_keys: bool = False

    def shows(self, name: str) -> bool:
        return self.names is not None and name in self.names

    def renderer(self) -> Callable[[Entity], dict[str, Any]]:
        fields_by_type: dict[str, Fields] = {}

        def render(entity: Entity) -> dict[str, Any]:
            name = entity.type.name
            fields = fields_by_type.get(name)
            if fields is None:
                fields = fields_by_type[name] = self._fields(entity.type)
            return _render(entity, fields, with_keys=self.with_keys)

        return render

    def _fields(self, entity: EntityType) -> Fields:
        names = entity.defaults if self.names is None else self.names
        known = entity.properties
        return tuple((name, entity.unset(name)) for name in names if name in known)


def _render(entity: Entity, fields: Fields, *, with_keys: bool) -> dict[str, Any]:
    props = entity.props
    shown: dict[str, Any] = {"id": entity.id}
    for name, unset in fields:
        value = props.get(name)
        shown[name] = unset if value is None else value
    if "keyCredentials" in shown and not with_keys:
        shown["keyCredentials"] = [without_key(each) for each in shown["keyCredentials"]]
    return shown


def without_key(credential: Mapping[str, Any]) -> dict[str, Any]:
    """Key bytes are given only to who selects keyCredentials of one object."""
    return {**credential, "key": None}


def selected(text: str | None, entity: EntityType, *, collection: bool = True) -> Projection:
    """Reads a $select; raises 400 for a property the type does not have."""
    if text is None or text.strip() == "*":
        return Projection(entity, None)
    names = tuple(dict.fromkeys(_spelled(part.strip(), entity) for part in text.split(",")))
    if collection:
        _not_elsewhere(names, entity)
    return Projection(entity, names, with_keys=not collection and "keyCredentials" in names)


def _spelled(part: str, entity: EntityType) -> str:
    """`microsoft.graph.group/members` and `onPremisesExtensionAttributes/x` name their root."""
    pieces = part.split("/")
    if pieces[0].startswith("microsoft.graph.") and len(pieces) > 1:
        entity = TYPES.get(pieces[0].removeprefix("microsoft.graph."), entity)
        pieces = pieces[1:]
    name = entity.spelled(pieces[0])
    if name is None:
        raise unknown_property(pieces[0], entity.name)
    return name


def _not_elsewhere(names: Sequence[str], entity: EntityType) -> None:
    if entity.name in ("user", DIRECTORY_OBJECT.name) and ELSEWHERE.intersection(names):
        raise RefusalError(501, "NotImplemented", "Not Implemented")
