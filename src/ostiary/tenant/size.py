"""How big a generated tenant is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Size:
    """Every number is exact; `memberships` counts members and owners of all groups."""

    users: int
    groups: int
    memberships: int
    service_principals: int = 300
    seed: int = 1
