"""Cycles and order of a directed graph whose nodes are 0..n-1."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

Successors = Sequence[Sequence[int]]


def components(successors: Successors) -> list[list[int]]:
    """Strongly connected components, each before those it leads to (Tarjan, without recursion)."""
    search = _Search(successors)
    for node in range(len(successors)):
        if search.index[node] < 0:
            search.visit(node)
    return search.found[::-1]


def successors_of(count: int, pairs: Iterator[tuple[int, int]]) -> list[list[int]]:
    """Adjacency lists from (source, target) pairs."""
    successors: list[list[int]] = [[] for _ in range(count)]
    for source, target in pairs:
        successors[source].append(target)
    return successors


class _Search:
    def __init__(self, successors: Successors) -> None:
        self.successors = successors
        self.index = [-1] * len(successors)
        self.found: list[list[int]] = []
        self._low = [0] * len(successors)
        self._open: list[int] = []
        self._is_open = [False] * len(successors)
        self._count = 0

    def visit(self, root: int) -> None:
        path = [(root, self._enter(root))]
        while path:
            node, rest = path[-1]
            deeper = next((child for child in rest if self._meet(node, child)), None)
            if deeper is not None:
                path.append((deeper, self._enter(deeper)))
                continue
            path.pop()
            if path:
                parent = path[-1][0]
                self._low[parent] = min(self._low[parent], self._low[node])
            if self._low[node] == self.index[node]:
                self._close(node)

    def _enter(self, node: int) -> Iterator[int]:
        self.index[node] = self._low[node] = self._count
        self._count += 1
        self._open.append(node)
        self._is_open[node] = True
        return iter(self.successors[node])

    def _meet(self, node: int, child: int) -> bool:
        """Whether the child is new and has to be visited first."""
        if self.index[child] < 0:
            return True
        if self._is_open[child]:
            self._low[node] = min(self._low[node], self.index[child])
        return False

    def _close(self, root: int) -> None:
        component: list[int] = []
        while not component or component[-1] != root:
            component.append(self._open.pop())
            self._is_open[component[-1]] = False
        self.found.append(component[::-1])
