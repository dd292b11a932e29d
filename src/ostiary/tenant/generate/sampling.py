"""Cheap random choices: a million picks must not take a second."""

from collections.abc import Sequence
from random import Random

_SHUFFLES = 12


def random_id(rng: Random) -> str:
    """A GUID of version 4."""
    raw = f"{rng.getrandbits(128):032x}"
    return f"{raw[:8]}-{raw[8:12]}-4{raw[13:16]}-a{raw[17:20]}-{raw[20:]}"


class Crowd:
    """Draws distinct ids by cutting slices out of a few shuffled copies."""

    def __init__(self, rng: Random, ids: Sequence[str]) -> None:
        self._rng = rng
        self._size = len(ids)
        self._copies = []
        for _ in range(_SHUFFLES):
            copy = list(ids)
            rng.shuffle(copy)
            self._copies.append(copy + copy)

    def draw(self, count: int) -> list[str]:
        """At most as many as there are."""
        start = self._rng.randrange(self._size) if self._size else 0
        return self._rng.choice(self._copies)[start : start + min(count, self._size)]


def skewed_sizes(rng: Random, count: int, total: int, largest: int) -> list[int]:
    """`count` sizes in random order that add up to `total`, each from 1 to `largest`.

    The r-th largest is about 1/r of the first.
    """
    if not count <= total <= count * largest:
        raise ValueError(f"{count} groups cannot hold {total} members of {largest}")
    sizes = [1] * count
    left = total - count
    while left:
        scale = left / sum(1 / rank for rank in range(1, count + 1))
        for index in range(count):
            more = min(left, largest - sizes[index], max(1, int(scale / (index + 1))))
            sizes[index] += more
            left -= more
            if not left:
                break
    rng.shuffle(sizes)
    return sizes
