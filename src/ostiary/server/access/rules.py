"""How access comes about through groups."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

MOST_PATHS: Final = 100
MOST_STEPS: Final = 20_000
"""Groups can be nested so that the number of paths doubles with each level."""


@dataclass(frozen=True)
class Edge:
    """Whoever holds `source` holds what the edge leads to, as `via` (its resource) holds that.

    `shallow`: only those who hold `source` directly.
    """

    source: int
    via: int
    shallow: bool = False


@dataclass(frozen=True)
class Paths:
    """Each path from something held directly to the target; `complete` unless cut off."""

    found: list[list[int]]
    complete: bool


def find_paths(target: int, direct: Collection[int], edges: Mapping[int, Sequence[Edge]]) -> Paths:
    """Every way without a loop, the shortest first. `direct` are the entitlements held directly."""
    found: list[list[int]] = []
    waiting: deque[tuple[tuple[int, ...], bool]] = deque([((target,), False)])
    steps = 0
    while waiting:
        path, must_be_direct = waiting.popleft()
        steps += 1
        if len(found) == MOST_PATHS or steps > MOST_STEPS:
            return Paths(found, complete=False)
        if path[0] in direct:
            found.append(list(path))
        if must_be_direct:
            continue
        for edge in edges.get(path[0], ()):
            if edge.source not in path:
                waiting.append(((edge.source, *path), edge.shallow))
    return Paths(found, complete=True)
