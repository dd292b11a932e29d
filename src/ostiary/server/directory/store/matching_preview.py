"""What another way of matching would change, before anything of it is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from ostiary.server.directory.rules import matching
from ostiary.server.directory.rules.matching import Case, Index, Mode
from ostiary.server.directory.rules.subjects import Account
from ostiary.server.directory.store import accounts, people


@dataclass
class Effect:
    """Accounts, whose owner nobody set by hand: which would find one, lose theirs, or have another.
    `same` of the rest stay as they are."""

    found: list[Account] = field(default_factory=list)
    lost: list[Account] = field(default_factory=list)
    changed: list[Account] = field(default_factory=list)
    same: int = 0
    by_hand: int = 0


def preview(connection: sa.Connection, app_id: str, mode: Mode, cases: Sequence[Case]) -> Effect:
    """Reads all people and all accounts of the app. `AppError` for expressions that are none."""
    index = Index(matching.rules_of(mode, cases))
    for person in people.current(connection, brief=mode != "custom"):
        index.add(person)
    past = accounts.past_links(connection, [app_id])
    effect = Effect()
    for known in accounts.of_apps(connection, [app_id], profiles=mode == "custom"):
        if known.decided:
            effect.by_hand += 1
            continue
        link = past.get(known.account.id)
        before = link.link.person if link and link.current else None
        match = index.match(known.account)
        _note(effect, known.account, before, match.person if match else None)
    return effect


def _note(effect: Effect, account: Account, before: str | None, after: str | None) -> None:
    if before == after:
        effect.same += 1
    elif before is None:
        effect.found.append(account)
    elif after is None:
        effect.lost.append(account)
    else:
        effect.changed.append(account)
