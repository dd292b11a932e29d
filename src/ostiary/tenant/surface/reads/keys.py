"""Finding the one entity a path names. Reads by id do not lag."""

import re

from ostiary.tenant.directory import Kind
from ostiary.tenant.surface.backend import Backend
from ostiary.tenant.surface.entity import Entity
from ostiary.tenant.surface.errors import bad_request, malformed, not_found
from ostiary.tenant.surface.reads.sets import EntitySet
from ostiary.tenant.surface.reads.sources import entity_of

GUID = re.compile(r"^[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$")
_ALTERNATE = re.compile(r"^(?P<name>\w+)='(?P<value>(?:[^']|'')*)'$")
_QUOTED = re.compile(r"^'(?P<value>(?:[^']|'')*)'$")


def require(backend: Backend, entity_set: EntitySet, key: str) -> Entity:
    """Raises the 404 Graph answers, which quotes the key as it was given."""
    found = resolve(backend, entity_set, key)
    if found is None:
        raise not_found(_unquoted(key))
    return found


def resolve(backend: Backend, entity_set: EntitySet, key: str) -> Entity | None:
    """By id, `name='value'` of an alternate key, or for users the userPrincipalName."""
    alternate = _ALTERNATE.match(key)
    if alternate:
        return _by_alternate(backend, entity_set, alternate["name"], alternate["value"])
    key = _unquoted(key)
    if entity_set.kind is None:
        return entity_set.source(backend).entity(key)
    object_id = _object_id(backend, entity_set.kind, key)
    held = backend.directory.objects[entity_set.kind].get(object_id) if object_id else None
    return entity_of(backend, held) if held else None


def _object_id(backend: Backend, kind: Kind, key: str) -> str | None:
    if GUID.match(key):
        return key.lower()
    if kind is Kind.USER:
        return backend.principal_names.find(key)
    raise bad_request(f"Invalid object identifier '{key}'.")


def _by_alternate(backend: Backend, entity_set: EntitySet, name: str, value: str) -> Entity | None:
    spelled = entity_set.type.spelled(name)
    if spelled not in entity_set.alternate_keys or entity_set.kind is None:
        raise malformed(
            "The key property must be specified or the key was not recognised: "
            f"'{name}' on type 'microsoft.graph.{entity_set.type.name}'."
        )
    for held in backend.directory.objects[entity_set.kind].values():
        if held.props.get(spelled) == value:
            return entity_of(backend, held)
    return None


def _unquoted(key: str) -> str:
    quoted = _QUOTED.match(key)
    return quoted["value"].replace("''", "'") if quoted else key
