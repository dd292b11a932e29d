"""What needs somebody, and what a newcomer does next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ostiary.server.connectors.expiring import ADVICE, Ending, when
from ostiary.server.connectors.rules import PauseCategory, Status
from ostiary.server.kernel.authz.permissions import Permission
from ostiary.server.web.components.cells import Tone
from ostiary.server.web.moments import counted

OVERDUE_AFTER = timedelta(hours=2)
"""Behind its schedule so long, a connector is stale."""


@dataclass(frozen=True)
class Seen:
    """A connector as the first page looks at it."""

    id: str
    app_id: str
    name: str
    status: Status
    error: str
    last_sync_at: datetime | None
    due_at: datetime | None
    paused: PauseCategory | None
    paused_reason: str


@dataclass(frozen=True)
class Notice:
    """What is the matter, why, and where to go about it. `since`: None where it is not known."""

    title: str
    text: str
    icon: str
    tone: Tone
    href: str
    since: datetime | None = None


@dataclass(frozen=True)
class Step:
    """Who lacks the permission is told of it all the same: somebody else does it."""

    title: str
    text: str
    done: bool
    href: str
    permission: Permission


def notice(connector: Seen, now: datetime, href: str) -> Notice | None:
    """None when all is well."""
    name, last = connector.name, connector.last_sync_at
    if connector.paused is PauseCategory.ANOMALY:
        reason = connector.paused_reason or "It would remove more than usual."
        return Notice(f"{name} is held", reason, "hand-stop", "person", href, last)
    if connector.status is Status.PAUSED:
        reason = connector.paused_reason or "Nothing new comes in until it is resumed."
        return Notice(f"{name} is paused", reason, "player-pause", "person", href, last)
    if connector.status is Status.ERROR:
        return Notice(f"{name} failed", connector.error, "circle-x", "danger", href, last)
    if connector.status is Status.NOT_CONNECTED:
        text = "No sync has finished yet."
        return Notice(f"{name} is not connected", text, "plug", "person", href, last)
    if _stale(connector, now):
        text = "What is shown of it may be out of date."
        return Notice(f"{name} is behind its schedule", text, "clock-pause", "person", href, last)
    return None


def ending_notice(name: str, ending: Ending, now: datetime, href: str) -> Notice:
    """`name`: of the connector."""
    advice = ADVICE[ending.kind]
    if ending.expired:
        title = f"{ending.name} of {name} has expired"
        return Notice(title, advice, "key", "danger", href)
    return Notice(
        f"{ending.name} of {name} ends {when(ending.ends_at, now)}", advice, "key", "person", href
    )


def more_endings_notice(number: int, href: str) -> Notice | None:
    """Of connectors that were not looked at more closely."""
    if not number:
        return None
    title = f"Credentials of {counted(number, 'more connector')} may end within a month"
    return Notice(title, "Their pages say which and when.", "key", "person", href)


def orphans_notice(number: int, href: str) -> Notice | None:
    """None without any."""
    if not number:
        return None
    title = f"{counted(number, 'account')} {'is' if number == 1 else 'are'} orphaned"
    text = (
        "Nobody who is enabled answers for them. Set an owner, or remove them where they come from."
    )
    return Notice(title, text, "user-question", "person", href)


def apps_notice(number: int, href: str) -> Notice | None:
    if not number:
        return None
    title = f"{counted(number, 'app')} {'waits' if number == 1 else 'wait'} to be managed"
    text = "Connectors discovered them. Manage those whose access somebody has to answer for."
    return Notice(title, text, "apps", "accent", href)


def next_steps(*, connectors: int, connected: int, managed: int, sources: int) -> Sequence[Step]:
    """Empty once all are done."""
    steps = (
        Step(
            "Add the first connector",
            "It tells who has access to what. It takes about ten minutes.",
            connectors > 0,
            "/connectors/add",
            Permission.CONNECTORS_CREATE,
        ),
        Step(
            "Wait for its first sync",
            "A tenant of some thousand people takes a few minutes.",
            connected > 0,
            "/connectors",
            Permission.CONNECTORS_VIEW,
        ),
        Step(
            "Choose the apps to manage",
            "Discovered apps wait under Unmanaged until somebody answers for them.",
            managed > 1,
            "/apps?tab=unmanaged",
            Permission.APPS_VIEW,
        ),
        Step(
            "Make people of accounts",
            "Name the directory that says who people are, and accounts find their owners.",
            sources > 0,
            "/people/sources/add",
            Permission.USERS_MANAGE,
        ),
    )
    return () if all(step.done for step in steps) else steps


def _stale(connector: Seen, now: datetime) -> bool:
    waiting = connector.due_at is not None and now - connector.due_at > OVERDUE_AFTER
    return waiting and connector.status is Status.CONNECTED
