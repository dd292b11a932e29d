"""$expand: linked entities inside their owner, 20 at most and no nextLink."""

from collections.abc import Callable
from itertools import islice
from typing import Any

from ostiary.tenant.surface.backend import Backend
from ostiary.tenant.surface.entity import Entity, Source
from ostiary.tenant.surface.odata.expansion import MOST_EXPANDED, Expansion
from ostiary.tenant.surface.odata.projection import selected
from ostiary.tenant.surface.reads.relations import RELATIONS
from ostiary.tenant.surface.schema.types import DIRECTORY_OBJECT


def expander(backend: Backend, expansion: Expansion) -> Callable[[Entity], dict[str, Any]]:
    """The returned function gives what $expand adds to an entity; nothing for an unset link."""

    def expand(entity: Entity) -> dict[str, Any]:
        relation = RELATIONS[entity.type.name][expansion.relation]
        linked = _linked(relation.source(backend, entity), expansion.select)
        if not relation.single:
            return {relation.name: linked}
        return {relation.name: linked[0]} if linked else {}

    return expand


def _linked(source: Source, select: str | None) -> list[dict[str, Any]]:
    render = selected(select, source.type).renderer()
    mixed = source.type is DIRECTORY_OBJECT
    found = (entity for key in source.keys() if (entity := source.entity(key)))  # noqa: SIM118
    return [
        {"@odata.type": entity.type.odata_type, **render(entity)} if mixed else render(entity)
        for entity in islice(found, MOST_EXPANDED)
    ]
