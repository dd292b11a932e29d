"""Turns a parsed $filter into a function over one entity's properties.

Strings compare without regard to case, as the directory does. Null never satisfies an ordering.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from ostiary.tenant.surface.odata.ast import (
    Both,
    Compare,
    CountOf,
    Either,
    IsOf,
    Literal,
    Node,
    Not,
    Quantified,
)
from ostiary.tenant.surface.odata.parser import as_instant

Predicate = Callable[[Any], bool]
"""Takes a property mapping; inside a lambda, the collection's element."""

_ORDERINGS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda left, right: bool(left == right),
    "ne": lambda left, right: bool(left != right),
    "gt": lambda left, right: bool(left > right),
    "ge": lambda left, right: bool(left >= right),
    "lt": lambda left, right: bool(left < right),
    "le": lambda left, right: bool(left <= right),
    "startswith": lambda left, right: isinstance(left, str) and left.startswith(right),
    "endswith": lambda left, right: isinstance(left, str) and left.endswith(right),
    "contains": lambda left, right: isinstance(left, str) and right in left,
}


def predicate(node: Node) -> Predicate:
    match node:
        case Both(left, right):
            first, second = predicate(left), predicate(right)
            return lambda props: first(props) and second(props)
        case Either(left, right):
            first, second = predicate(left), predicate(right)
            return lambda props: first(props) or second(props)
        case Not(inner):
            denied = predicate(inner)
            return lambda props: not denied(props)
        case Quantified():
            return _quantified(node)
        case CountOf(path, operator, number):
            compare = _ORDERINGS[operator]
            return lambda props: compare(len(_at(props, path) or ()), number)
        case IsOf(type_name):
            return lambda props: bool(_at(props, ("@type",)) == type_name)
        case Compare(path, "in", values):
            accepted = {_folded(literal) for literal in values}
            return lambda props: _comparable(_at(props, path)) in accepted
        case Compare(path, operator, (value,)):
            return _comparison(path, operator, value)
    raise AssertionError(node)


def _quantified(node: Quantified) -> Predicate:
    path, every = node.path, node.every
    if node.condition is None:
        return lambda props: bool(_at(props, path))
    holds = predicate(node.condition)
    if every:
        return lambda props: all(holds(element) for element in _at(props, path) or ())
    return lambda props: any(holds(element) for element in _at(props, path) or ())


def _comparison(path: tuple[str, ...], operator: str, literal: Literal) -> Predicate:
    if literal.kind == "instant":
        return _instant_comparison(path, operator, literal)
    wanted, compare = _folded(literal), _ORDERINGS[operator]
    tolerates_null = operator in ("eq", "ne")

    def holds(props: Any) -> bool:
        found = _comparable(_at(props, path))
        if found is None or wanted is None:
            return tolerates_null and compare(found, wanted)
        return compare(found, wanted)

    return holds


def _instant_comparison(path: tuple[str, ...], operator: str, literal: Literal) -> Predicate:
    compare = _ORDERINGS[operator]

    def holds(props: Any) -> bool:
        found = _at(props, path)
        if not isinstance(found, str):
            return operator == "ne"
        return compare(as_instant(found), literal.value)

    return holds


def _at(value: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        if not isinstance(value, Mapping):
            return None
        value = value.get(name)
    return value


def _folded(literal: Literal) -> str | bool | float | datetime | None:
    return literal.value.casefold() if isinstance(literal.value, str) else literal.value


def _comparable(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value
