"""Which queries need `ConsistencyLevel: eventual` (and `$count=true`), and which exclude it."""

from ostiary.tenant.surface.errors import (
    operator_needs_advanced,
    option_needs_advanced,
    unsupported_query,
)
from ostiary.tenant.surface.odata.ast import Compare, CountOf, Node, Not, walk
from ostiary.tenant.surface.odata.options import Options

_OPERATORS = {"ne": "NotEqualsMatch", "endswith": "EndsWith"}


def require_consistency(options: Options, *, eventual: bool) -> None:
    """For directory objects and their links only; other services have no advanced queries."""
    operator = _advanced_operator(options.filter)
    if operator and not (eventual and options.count):
        raise operator_needs_advanced(operator)
    if options.search and not eventual:
        raise option_needs_advanced("$search")
    if options.count and not eventual:
        raise option_needs_advanced("$count")
    if options.sorting and options.filter and not (eventual and options.count):
        raise unsupported_query("Sorting not supported for current query.")
    if options.expansion and (operator or options.search or options.count):
        raise unsupported_query("The $expand query parameter cannot be used in advanced queries.")


def _advanced_operator(node: Node | None) -> str | None:
    for part in walk(node) if node else ():
        match part:
            case Not():
                return "Not"
            case CountOf():
                return "Count"
            case Compare(_, operator, _) if operator in _OPERATORS:
                return _OPERATORS[operator]
    return None
