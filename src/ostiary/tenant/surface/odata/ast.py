"""What a $filter says."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

Value = str | bool | float | datetime | None


@dataclass(frozen=True, slots=True)
class Literal:
    """`kind` is string, guid, instant, number, flag or null."""

    kind: str
    value: Value


@dataclass(frozen=True, slots=True)
class Compare:
    """`operator` is eq, ne, gt, ge, lt, le, in, startswith, endswith or contains.

    `path` is the property and, below it, the members of a complex value; empty inside a lambda
    means the element itself.
    """

    path: tuple[str, ...]
    operator: str
    values: tuple[Literal, ...]


@dataclass(frozen=True, slots=True)
class Quantified:
    """`path/any(x:...)` or `path/all(x:...)`; without a condition: the collection is not empty."""

    path: tuple[str, ...]
    every: bool
    condition: "Node | None"


@dataclass(frozen=True, slots=True)
class CountOf:
    """`path/$count eq 0`."""

    path: tuple[str, ...]
    operator: str
    number: float


@dataclass(frozen=True, slots=True)
class IsOf:
    """`isof('microsoft.graph.user')`; `type_name` without its namespace."""

    type_name: str


@dataclass(frozen=True, slots=True)
class Not:
    inner: "Node"


@dataclass(frozen=True, slots=True)
class Both:
    left: "Node"
    right: "Node"


@dataclass(frozen=True, slots=True)
class Either:
    left: "Node"
    right: "Node"


Node = Compare | Quantified | CountOf | IsOf | Not | Both | Either


def walk(node: Node) -> Iterator[Node]:
    yield node
    match node:
        case Not(inner):
            yield from walk(inner)
        case Both(left, right) | Either(left, right):
            yield from walk(left)
            yield from walk(right)
        case Quantified(_, _, condition) if condition is not None:
            yield from walk(condition)
