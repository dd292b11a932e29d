"""One page of a collection, from its query options to JSON."""

from collections.abc import Iterable
from typing import Any

from ostiary.tenant.surface.backend import Backend, Call
from ostiary.tenant.surface.entity import Entity, Source
from ostiary.tenant.surface.errors import raw_count_needs_advanced
from ostiary.tenant.surface.message import GraphRequest, GraphResponse, json_response
from ostiary.tenant.surface.odata.ast import Compare, Node
from ostiary.tenant.surface.odata.consistency import require_consistency
from ostiary.tenant.surface.odata.options import Options, PageRule, Sorting, read_options
from ostiary.tenant.surface.odata.predicates import predicate
from ostiary.tenant.surface.reads.expanding import expander
from ostiary.tenant.surface.reads.relations import RELATIONS
from ostiary.tenant.surface.reads.snapshots import Snapshot
from ostiary.tenant.surface.schema.types import DIRECTORY_OBJECT


def list_page(
    call: Call, source: Source, page: PageRule, *, context: str, advanced: bool
) -> GraphResponse:
    request = call.request
    options = _options(request, source, page)
    if advanced:
        require_consistency(options, eventual=request.eventual)
    snapshot, offset = _position(call, source, options)
    end = offset + options.page_size if options.page_size else len(snapshot.keys)
    body: dict[str, Any] = {"@odata.context": _context(request, context, options)}
    if options.count and offset == 0:
        body["@odata.count"] = len(snapshot.keys)
    if end < len(snapshot.keys):
        token = call.backend.snapshots.token(snapshot, end)
        body["@odata.nextLink"] = _next_link(request, token)
    body["value"] = _rows(call.backend, source, snapshot.keys[offset:end], options)
    return json_response(body)


def count_text(call: Call, source: Source, page: PageRule, *, advanced: bool) -> GraphResponse:
    """`/$count`: a bare number."""
    if advanced and not call.request.eventual:
        raise raw_count_needs_advanced()
    number = len(_keys(call.backend, source, _options(call.request, source, page)))
    return GraphResponse(200, str(number).encode(), content_type="text/plain")


def matching(
    entities: Iterable[Entity], node: Node | None, search: tuple[str, str] | None
) -> Iterable[Entity]:
    if node is not None:
        holds = predicate(node)
        entities = (each for each in entities if holds({"id": each.id, **each.props}))
    if search is not None:
        name, words = search
        entities = (each for each in entities if words in str(each.props.get(name, "")).casefold())
    return entities


def _options(request: GraphRequest, source: Source, page: PageRule) -> Options:
    relations = frozenset(RELATIONS.get(source.type.name, ()))
    return read_options(request, source.type, page, relations)


def _position(call: Call, source: Source, options: Options) -> tuple[Snapshot, int]:
    snapshots = call.backend.snapshots
    token = call.request.options.get("$skiptoken")
    if token is not None:
        return snapshots.resume(token)
    return snapshots.take(_keys(call.backend, source, options)), 0


def _keys(backend: Backend, source: Source, options: Options) -> list[str]:
    if options.filter is None and options.search is None and not options.sorting:
        return source.keys()
    named = _named(backend, source, options.filter)
    if named is not None:
        return named
    every = (entity for key in source.keys() if (entity := source.entity(key)))  # noqa: SIM118
    found = list(matching(every, options.filter, options.search))
    for sorting in reversed(options.sorting):
        _sort(found, sorting)
    return [entity.id for entity in found]


def _named(backend: Backend, source: Source, node: Node | None) -> list[str] | None:
    """A unique name needs no scan of a hundred thousand users."""
    match node:
        case Compare(("userPrincipalName",), "eq", (value,)) if source.type.name == "user":
            found = backend.principal_names.find(str(value.value))
            return [found] if found and source.entity(found) else []
    return None


def _sort(entities: list[Entity], sorting: Sorting) -> None:
    def rank(entity: Entity) -> tuple[bool, str]:
        value = entity.id if sorting.name == "id" else entity.props.get(sorting.name)
        return value is not None, str(value).casefold()

    entities.sort(key=rank, reverse=sorting.descending)


def _rows(
    backend: Backend, source: Source, keys: list[str], options: Options
) -> list[dict[str, Any]]:
    render = options.projection.renderer()
    expand = expander(backend, options.expansion) if options.expansion else None
    mixed = source.type is DIRECTORY_OBJECT
    shown = []
    for key in keys:
        entity = source.entity(key)
        if entity is None:
            continue
        row = render(entity)
        if mixed:
            row = {"@odata.type": entity.type.odata_type, **row}
        if expand is not None:
            row.update(expand(entity))
        shown.append(row)
    return shown


def _context(request: GraphRequest, context: str, options: Options) -> str:
    columns = list(options.projection.names or ())
    if options.expansion:
        columns.append(f"{options.expansion.relation}()")
    shown = f"({','.join(columns)})" if columns else ""
    return f"{request.service_root}/$metadata#{context}{shown}"


def _next_link(request: GraphRequest, token: str) -> str:
    """The request's own query with the token in place of the last one."""
    kept = [
        part.replace(" ", "%20")
        for part in request.raw_query.split("&")
        if part and not part.lower().replace("%24", "$").startswith(("$skiptoken=", "skiptoken="))
    ]
    return f"{request.url}?{'&'.join([*kept, f'$skiptoken={token}'])}"
