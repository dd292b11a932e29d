"""When a child that ended starts again, and when that has become a failure to tell people of."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

FIRST_PAUSE: Final = timedelta(seconds=1)
LONGEST_PAUSE: Final = timedelta(minutes=5)
STEADY_AFTER: Final = timedelta(minutes=1)
"""A child that ran so long counts as having come up."""

CRASHES_BEFORE_ERROR: Final = 3


def crashes_after(crashes: int, ran_for: timedelta) -> int:
    """How many in a row, the one just now included."""
    return 1 if ran_for >= STEADY_AFTER else crashes + 1


def pause_after(crashes: int) -> timedelta:
    """Doubles with every crash in a row."""
    doublings = min(max(crashes - 1, 0), 16)
    return min(FIRST_PAUSE * (1 << doublings), LONGEST_PAUSE)


def keeps_crashing(crashes: int) -> bool:
    return crashes >= CRASHES_BEFORE_ERROR


def share_of(connectors: int, workers: int, most: int) -> int:
    """How many of the connectors each of the workers may have, so that they have about as many
    each and together have all, unless `most` per worker forbids it."""
    return min(most, -(-connectors // max(1, workers)))
