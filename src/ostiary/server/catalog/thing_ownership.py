"""People as owners of resources and of entitlements: who is asked about access to them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from ostiary.server.catalog import rules
from ostiary.server.catalog.store import owners
from ostiary.server.kernel.auth import user_store
from ostiary.server.kernel.errors import not_found
from ostiary.server.kernel.work import UnitOfWork


@dataclass(frozen=True)
class Thing:
    """`key` is internal, `id` public."""

    kind: Literal["resource", "entitlement"]
    key: int
    id: str


def set_owners(unit: UnitOfWork, thing: Thing, user_ids: Sequence[str]) -> None:
    """These people and no others. `AppError` NotFound for one whom nobody knows,
    InvalidArgument when they are too many."""
    _change(unit, thing, lambda _before: list(user_ids))


def add_owner(unit: UnitOfWork, thing: Thing, user_id: str) -> None:
    _change(unit, thing, lambda before: [*before, user_id])


def remove_owner(unit: UnitOfWork, thing: Thing, user_id: str) -> None:
    """Nothing happens when they do not own it."""
    _change(unit, thing, lambda before: [each for each in before if each != user_id])


def _change(unit: UnitOfWork, thing: Thing, wanted_after: Callable[[list[str]], list[str]]) -> None:
    owners.lock(unit.connection, thing.kind, thing.key)
    before, _ = owners.owners_of(unit.connection, thing.kind, thing.key)
    wanted = list(dict.fromkeys(wanted_after(before)))
    rules.check_owners(wanted, ())
    for user_id in wanted:
        if user_id not in before and user_store.find_public(unit.connection, user_id) is None:
            raise not_found(f"There is no user {user_id}.")
    if set(wanted) == set(before):
        return
    owners.set_users(unit.connection, thing.kind, thing.key, wanted)
    unit.audit(
        f"catalog.{thing.kind}.set_owners",
        thing.kind,
        thing.id,
        before={"users": before},
        after={"users": wanted},
    )
