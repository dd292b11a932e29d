"""Reads the first request of a delta round: its options are baked into every token after it."""

from ostiary.tenant.surface.delta.cursor import Wanted
from ostiary.tenant.surface.delta.feeds import APP_ROLE_ASSIGNMENT, RELATIONS, UNASKED, Feed
from ostiary.tenant.surface.errors import (
    RefusalError,
    malformed,
    unknown_property,
    unsupported_query,
)
from ostiary.tenant.surface.odata.ast import Compare, Either, IsOf, Node
from ostiary.tenant.surface.odata.parser import parse_filter
from ostiary.tenant.surface.schema.types import ELSEWHERE, TYPES, EntityType

MOST_IDS = 50
_REFUSED = ("$orderby", "$expand", "$search", "$count", "$skip")
_NAMESPACE = "microsoft.graph."
_FOLLOWED = frozenset({*RELATIONS, "device", "orgContact", APP_ROLE_ASSIGNMENT})
_NOT_TRACKED = ELSEWHERE | {"signInActivity"}


def refuse_unsupported(options: dict[str, str]) -> None:
    """$top is ignored, not refused."""
    for name in _REFUSED:
        if name in options:
            raise unsupported_query(f"The query parameter '{name}' is not supported for delta.")


def scope(feed: Feed, text: str | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Kinds and, when $filter names any, ids."""
    alternatives = _alternatives(parse_filter(text, most_alternatives=MOST_IDS + 1)) if text else []
    if feed.kinds:
        return feed.kinds, _ids(alternatives)
    return _kinds(alternatives), ()


def wanted(kinds: tuple[str, ...], text: str | None) -> tuple[Wanted, ...]:
    return tuple(_wanted(kind, text, mixed=len(kinds) > 1) for kind in kinds)


def _wanted(kind: str, text: str | None, *, mixed: bool) -> Wanted:
    entity = TYPES[kind]
    if text is None:
        return Wanted(kind, entity.defaults, UNASKED.get(kind, ()))
    names: dict[str, None] = {}
    relations: dict[str, None] = {}
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        _take(part, entity, names, relations, mixed=mixed)
    return Wanted(kind, tuple(names), tuple(relations))


def _take(
    part: str,
    entity: EntityType,
    names: dict[str, None],
    relations: dict[str, None],
    *,
    mixed: bool,
) -> None:
    qualifier, _, bare = part.rpartition("/") if part.startswith(_NAMESPACE) else ("", "", part)
    if qualifier and qualifier != _NAMESPACE + entity.name:
        return
    followed = {name.lower(): name for name in RELATIONS.get(entity.name, ())}
    name = entity.spelled(bare.partition("/")[0])
    if bare.lower() in followed:
        relations[followed[bare.lower()]] = None
    elif name in _NOT_TRACKED:
        raise RefusalError(501, "NotImplemented", "Not Implemented")
    elif name is not None:
        if name != "id":
            names[name] = None
    elif qualifier or not mixed:
        raise unknown_property(bare, entity.name)


def _alternatives(node: Node) -> list[Node]:
    if isinstance(node, Either):
        return _alternatives(node.left) + _alternatives(node.right)
    return [node]


def _ids(alternatives: list[Node]) -> tuple[str, ...]:
    ids: list[str] = []
    for each in alternatives:
        match each:
            case Compare(("id",), "eq" | "in", values):
                ids += [str(value.value).lower() for value in values]
            case _:
                raise unsupported_query("Only $filter by id is supported for delta.")
    if len(ids) > MOST_IDS:
        raise unsupported_query(f"At most {MOST_IDS} ids may be filtered in delta: {len(ids)}.")
    return tuple(ids)


def _kinds(alternatives: list[Node]) -> tuple[str, ...]:
    kinds: dict[str, None] = {}
    for each in alternatives:
        if not isinstance(each, IsOf):
            raise unsupported_query("Only isof() is supported in $filter of directoryObjects.")
        if each.type_name not in _FOLLOWED:
            raise malformed(f"The type '{each.type_name}' cannot be followed by delta.")
        kinds[each.type_name] = None
    if not kinds:
        raise unsupported_query("directoryObjects/delta needs $filter with isof().")
    if APP_ROLE_ASSIGNMENT in kinds and "user" not in kinds:
        raise unsupported_query(
            "isof('microsoft.graph.appRoleAssignment') needs isof('microsoft.graph.user') beside "
            "it."
        )
    return tuple(kinds)
