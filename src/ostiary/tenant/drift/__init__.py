"""Random but plausible life in a tenant, through the same verbs as everything else."""

from random import Random

from ostiary.tenant.directory import Directory
from ostiary.tenant.drift import access, groups, people
from ostiary.tenant.drift.scene import Happening, Scene

_HAPPENINGS: list[tuple[int, Happening]] = [
    *people.HAPPENINGS,
    *groups.HAPPENINGS,
    *access.HAPPENINGS,
]


def drift(directory: Directory, seed: int, steps: int) -> list[str]:
    """Makes `steps` changes and says what each was; the same seed makes the same changes.

    The clock stands still. Spared: service principals that hold application permissions (a
    connector signs in as one) and Microsoft's own. Fewer lines than steps come back only when
    nothing at all can happen.
    """
    scene = Scene(directory, Random(seed))
    weights = [weight for weight, _ in _HAPPENINGS]
    told: list[str] = []
    fruitless = 0
    while len(told) < steps and fruitless < 200:
        ((_, happening),) = scene.rng.choices(_HAPPENINGS, weights)
        line = happening(scene)
        fruitless = 0 if line else fruitless + 1
        if line:
            told.append(line)
    return told
