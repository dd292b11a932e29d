"""The query options of a listing, read once per page and judged by the rules of its collection."""

from dataclasses import dataclass

from ostiary.tenant.surface.errors import (
    RefusalError,
    bad_request,
    invalid_page_size,
    malformed,
    page_size_refused,
    unsupported_query,
)
from ostiary.tenant.surface.message import GraphRequest
from ostiary.tenant.surface.odata.ast import Node
from ostiary.tenant.surface.odata.expansion import Expansion, expansion
from ostiary.tenant.surface.odata.filters import checked
from ostiary.tenant.surface.odata.parser import parse_filter
from ostiary.tenant.surface.odata.projection import Projection, selected
from ostiary.tenant.surface.schema.types import EntityType

EXPANDED_PAGE = 100
"""A page with $expand holds at most this many objects, whatever $top says."""
SIGN_IN_PAGE = 500

_FOREIGN = frozenset({"apply", "compute", "levels", "deltatoken"})


@dataclass(frozen=True, slots=True)
class PageRule:
    """`largest` 0: any $top is refused. `default` 0: everything on one page."""

    default: int = 100
    largest: int = 999


@dataclass(frozen=True, slots=True)
class Sorting:
    name: str
    descending: bool


@dataclass(frozen=True, slots=True)
class Options:
    projection: Projection
    filter: Node | None
    expansion: Expansion | None
    page_size: int
    count: bool
    sorting: tuple[Sorting, ...]
    search: tuple[str, str] | None
    """A property and the text to look for in it."""


def read_options(
    request: GraphRequest, entity: EntityType, page: PageRule, relations: frozenset[str]
) -> Options:
    options = request.options
    _no_foreign(options)
    projection = selected(options.get("$select"), entity)
    expanded = expansion(options.get("$expand"), entity, relations)
    text = options.get("$filter")
    return Options(
        projection=projection,
        filter=checked(parse_filter(text), entity) if text else None,
        expansion=expanded,
        page_size=_page_size(options.get("$top"), page, projection, expanded),
        count=_flag(options.get("$count")),
        sorting=_sorting(options.get("$orderby"), entity),
        search=_search(options.get("$search"), entity),
    )


def _no_foreign(options: dict[str, str]) -> None:
    for name in options:
        if name == "$skip":
            raise bad_request("'$skip' is not supported by the service.")
        if name.removeprefix("$") in _FOREIGN:
            raise malformed(f"The query parameter '{name}' is not supported.")


def _page_size(
    top: str | None, page: PageRule, projection: Projection, expanded: Expansion | None
) -> int:
    size = page.default
    if top is not None:
        if not page.largest:
            raise page_size_refused()
        if not top.isdigit() or not 1 <= int(top) <= page.largest:
            raise invalid_page_size(top, page.largest)
        size = int(top)
    if expanded is not None:
        size = min(size, EXPANDED_PAGE) if size else EXPANDED_PAGE
    if projection.shows("signInActivity"):
        size = min(size, SIGN_IN_PAGE)
    return size


def _flag(text: str | None) -> bool:
    if text is None or text.lower() == "false":
        return False
    if text.lower() == "true":
        return True
    raise malformed(f"Invalid value '{text}' for $count query option found.")


def _sorting(text: str | None, entity: EntityType) -> tuple[Sorting, ...]:
    if not text:
        return ()
    return tuple(_sort_key(part, entity) for part in text.split(","))


def _sort_key(part: str, entity: EntityType) -> Sorting:
    words = part.split()
    name = entity.spelled(words[0]) if words else None
    if name is None or words[1:] not in ([], ["asc"], ["desc"]):
        raise unsupported_query("Sorting not supported for current query.")
    return Sorting(name, words[1:] == ["desc"])


def _search(text: str | None, entity: EntityType) -> tuple[str, str] | None:
    if text is None:
        return None
    quoted = len(text) > 2 and text.startswith('"') and text.endswith('"')
    name, colon, words = text.strip('"').partition(":")
    if not quoted or not colon:
        raise _bad_search(text)
    spelled = entity.spelled(name)
    if spelled not in ("displayName", "description", "mail", "userPrincipalName"):
        raise unsupported_query(f"Property '{name}' does not support $search.")
    return spelled, words.casefold()


def _bad_search(text: str) -> RefusalError:
    return bad_request(
        "Unrecognized query argument specified: '$search'. A search is written "
        f'"property:value" in double quotes, not {text}.'
    )
