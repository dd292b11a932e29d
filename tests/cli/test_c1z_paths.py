"""The computation of paths, against a definition that is too slow for anything but tests."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from ostiary.cli.c1z.paths import Path, PathGraph, count_paths, simple_paths

NAMES = "abcde"


@dataclass(frozen=True)
class Nesting:
    deep: frozenset[tuple[str, str]]
    shallow: frozenset[tuple[str, str]]
    direct: frozenset[str]

    def graph(self) -> PathGraph:
        return PathGraph(_by_target(self.deep), _by_target(self.shallow), self.direct)

    def all_paths(self, target: str) -> Iterator[Path]:
        """By definition: every sequence of different entitlements that may lead to `target`."""
        for length in range(len(NAMES)):
            for before in permutations(set(NAMES) - {target}, length):
                path = (*before, target)
                if path[0] in self.direct and all(map(self.leads, range(length), path, path[1:])):
                    yield path

    def leads(self, place: int, source: str, target: str) -> bool:
        return (source, target) in self.deep or (place == 0 and (source, target) in self.shallow)


def _by_target(edges: frozenset[tuple[str, str]]) -> dict[str, list[str]]:
    return {name: [s for s, target in edges if target == name] for name in NAMES}


@st.composite
def nestings(draw: st.DrawFn) -> Nesting:
    pairs = [(source, target) for source in NAMES for target in NAMES if source != target]
    deep = draw(st.frozensets(st.sampled_from(pairs), max_size=14))
    shallow = draw(st.frozensets(st.sampled_from(pairs), max_size=8))
    return Nesting(deep, shallow - deep, draw(st.frozensets(st.sampled_from(NAMES))))


def _place(path: Path) -> tuple[int, Path]:
    return len(path), path[::-1]


@given(nestings())
@settings(max_examples=400, deadline=None)
def test_every_simple_path_is_found_once(nesting: Nesting) -> None:
    found = list(simple_paths(nesting.graph(), "a"))
    assert sorted(found) == sorted(nesting.all_paths("a"))


@given(nestings())
@settings(max_examples=400, deadline=None)
def test_paths_come_shortest_first_and_direct_ones_before_all(nesting: Nesting) -> None:
    lengths = [len(path) for path in simple_paths(nesting.graph(), "a")]
    assert lengths == sorted(lengths)
    assert (lengths[:1] == [1]) == ("a" in nesting.direct)


@given(nestings())
@settings(max_examples=400, deadline=None)
def test_the_sources_of_a_grant_are_the_last_stations_of_its_paths(nesting: Nesting) -> None:
    last_stations = {path[-2] for path in nesting.all_paths("a") if len(path) > 1}
    assert nesting.graph().sources("a") == last_stations


@given(nestings())
@settings(max_examples=400, deadline=None)
def test_counting_agrees_with_listing_and_gives_up_only_on_cycles(nesting: Nesting) -> None:
    count = count_paths(nesting.graph(), "a")
    if count is None:
        assert _has_cycle(nesting)
    else:
        assert count == len(list(nesting.all_paths("a")))


def test_the_first_of_a_billion_paths_are_found_without_the_others() -> None:
    layers = [[f"{place:02}left", f"{place:02}right"] for place in range(30)]
    deep = {name: layers[place] for place, layer in enumerate(layers[1:]) for name in layer}
    graph = PathGraph(deep | {"top": layers[-1]}, {}, layers[0])
    assert count_paths(graph, "top") == 2**30
    assert len(set(islice(simple_paths(graph, "top"), 50))) == 50


def _has_cycle(nesting: Nesting) -> bool:
    reach = set(nesting.deep | nesting.shallow)
    for _ in NAMES:
        reach |= {(a, d) for a, b in reach for c, d in reach if b == c}
    return any((name, name) in reach for name in NAMES)
