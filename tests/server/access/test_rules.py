from __future__ import annotations

from itertools import pairwise, permutations

from hypothesis import given
from hypothesis import strategies as st

from ostiary.server.access.rules import MOST_PATHS, Edge, find_paths

NODES = range(5)
graphs = st.dictionaries(
    st.sampled_from(NODES),
    st.lists(
        st.builds(Edge, st.sampled_from(NODES), st.just(0), st.booleans()),
        max_size=4,
        unique_by=lambda edge: edge.source,
    ),
)


def brute_force(
    target: int, direct: set[int], edges: dict[int, list[Edge]]
) -> set[tuple[int, ...]]:
    """Every sequence of different nodes, kept where each step is an edge that lets one pass."""
    shallow = {(edge.source, to): edge.shallow for to, into in edges.items() for edge in into}
    found = set()
    for length in range(1, len(NODES) + 1):
        for path in permutations(NODES, length):
            steps = list(pairwise(path))
            if path[-1] != target or path[0] not in direct:
                continue
            if all(step in shallow for step in steps) and not any(
                shallow[step] for step in steps[1:]
            ):
                found.add(path)
    return found


@given(graphs, st.sets(st.sampled_from(NODES)))
def test_paths_are_every_loopless_way_from_something_held_directly(
    edges: dict[int, list[Edge]], direct: set[int]
) -> None:
    paths = find_paths(0, direct, edges)
    assert paths.complete
    assert {tuple(path) for path in paths.found} == brute_force(0, direct, edges)
    assert len(paths.found) == len({tuple(path) for path in paths.found})
    assert [len(path) for path in paths.found] == sorted(len(path) for path in paths.found)


def test_doubling_paths_are_cut_off_and_said_to_be() -> None:
    edges = {}
    for level in range(20):
        below = [Edge(10 * level + 11, 0), Edge(10 * level + 12, 0)]
        edges[10 * level + 1] = edges[10 * level + 2] = below
    edges[0] = [Edge(1, 0), Edge(2, 0)]
    bottom = {201, 202}
    paths = find_paths(0, bottom, edges)
    assert not paths.complete
    assert len(paths.found) <= MOST_PATHS
