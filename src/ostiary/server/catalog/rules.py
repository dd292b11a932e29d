"""Limits of the catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ostiary.server.kernel.errors import invalid

MOST_OWNERS: Final = 32
"""Of each kind, people and entitlements."""


def check_owners(user_ids: Sequence[str], entitlement_ids: Sequence[str]) -> None:
    """`AppError` InvalidArgument when there are too many."""
    for kind, ids in (("people", user_ids), ("entitlements", entitlement_ids)):
        if len(set(ids)) > MOST_OWNERS:
            raise invalid(f"At most {MOST_OWNERS} {kind} own an app; these are {len(set(ids))}.")
