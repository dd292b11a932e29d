"""Setting connectors up, changing and removing them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from ostiary.server.catalog.actions import attach_connector
from ostiary.server.connectors import schedule as schedules
from ostiary.server.connectors.actions.locking import locked
from ostiary.server.connectors.actions.syncs import (
    discard_held_sync,
    enqueue_sync,
    stop_everything,
)
from ostiary.server.connectors.actions.telling import tell_new_owners
from ostiary.server.connectors.rules import PauseCategory
from ostiary.server.connectors.schedule import Cron, Interval, Schedule, ScheduleError
from ostiary.server.connectors.sealing import seal
from ostiary.server.connectors.store import credentials, hosting, registry, syncs
from ostiary.server.connectors.store.registry import Connector
from ostiary.server.kernel.errors import invalid
from ostiary.server.kernel.secrets import Keyring
from ostiary.server.kernel.work import UnitOfWork

LONGEST_NAME: Final = 256
HOURLY: Final = Interval(timedelta(hours=1))


@dataclass(frozen=True, slots=True)
class NewConnector:
    """`catalog_id` names the kind of connector; `owner_ids` are users."""

    app_id: str
    catalog_id: str
    display_name: str
    description: str = ""
    owner_ids: Sequence[str] = ()
    schedule: Schedule | None = HOURLY


def create_connector(work: UnitOfWork, new: NewConnector) -> Connector:
    """Its first sync waits from now on for an agent to fetch it. AppError for an unknown app."""
    connector = registry.add(
        work.connection,
        work.new_id(),
        work.now,
        app_id=new.app_id,
        catalog_id=new.catalog_id,
        display_name=_name(new.display_name),
        description=new.description,
        **_scheduled(new.schedule, work),
    )
    owners = list(dict.fromkeys(new.owner_ids))
    registry.add_owners(work.connection, connector.key, owners, work.now)
    tell_new_owners(work, connector, owners)
    work.audit(
        "connectors.connector.create", "connector", connector.id, None, _shown(work, connector)
    )
    attach_connector(work, new.app_id, connector.id)
    enqueue_sync(work, connector.id, cause="first")
    return connector


def rename_connector(
    work: UnitOfWork, connector_id: str, display_name: str, description: str | None = None
) -> Connector:
    before = locked(work, connector_id)
    changes: dict[str, Any] = {"display_name": _name(display_name)}
    if description is not None:
        changes["description"] = description
    return _changed(work, before, "rename", **changes)


def set_schedule(work: UnitOfWork, connector_id: str, schedule: Schedule | None) -> Connector:
    """None: syncs only when asked."""
    before = locked(work, connector_id)
    return _changed(work, before, "schedule", **_scheduled(schedule, work))


def set_owners(work: UnitOfWork, connector_id: str, user_ids: Sequence[str]) -> list[str]:
    """Returns who is new among them."""
    connector = locked(work, connector_id)
    before = registry.owners_of(work.connection, connector.key)
    wanted = list(dict.fromkeys(user_ids))
    added = [user for user in wanted if user not in before]
    removed = [user for user in before if user not in wanted]
    registry.remove_owners(work.connection, connector.key, removed)
    registry.add_owners(work.connection, connector.key, added, work.now)
    tell_new_owners(work, connector, added)
    if added or removed:
        work.audit(
            "connectors.connector.set_owners",
            "connector",
            connector.id,
            {"ownerIds": before},
            {"ownerIds": wanted},
        )
    return added


def save_config(
    work: UnitOfWork, connector_id: str, config: Mapping[str, str], secrets: Keyring
) -> Connector:
    """Replaces the whole configuration, and has it used by a sync at once.

    The audit log names the fields and holds no value.
    """
    before = locked(work, connector_id)
    registry.update(
        work.connection,
        before.key,
        config=seal(config, secrets),
        config_updated_at=work.now,
        updated_at=work.now,
    )
    work.audit(
        "connectors.connector.configure",
        "connector",
        before.id,
        None,
        {"configuredFields": sorted(config)},
    )
    hosting.announce(work.connection)
    if before.paused_at is None and syncs.find_open(work.connection, before.key) is None:
        enqueue_sync(work, before.id, cause="configured")
    return _read_again(work, before)


def pause_connector(
    work: UnitOfWork,
    connector_id: str,
    reason: str = "",
    category: PauseCategory = PauseCategory.MANUAL,
) -> Connector:
    """No sync starts until it is resumed; one that waits or runs is stopped."""
    before = locked(work, connector_id)
    if before.paused_at is not None:
        return before
    stop_everything(work, before, only_syncs=True)
    return _changed(
        work,
        before,
        "pause",
        paused_at=work.now,
        paused_category=category,
        paused_reason=reason,
    )


def resume_connector(work: UnitOfWork, connector_id: str) -> Connector:
    """A sync that is held is given up; the next one shows whether things are still so."""
    before = locked(work, connector_id)
    if before.paused_at is None:
        return before
    discard_held_sync(work, before)
    following = before.schedule.next_after(work.now) if before.schedule else None
    return _changed(
        work,
        before,
        "resume",
        paused_at=None,
        paused_category=None,
        paused_reason="",
        due_at=following,
    )


def delete_connector(work: UnitOfWork, connector_id: str) -> Connector:
    """Agents are locked out at once and what they were told to do is called off."""
    before = locked(work, connector_id)
    stop_everything(work, before, only_syncs=False)
    credentials.revoke_all(work.connection, before.key, work.now)
    registry.update(
        work.connection, before.key, deleted_at=work.now, updated_at=work.now, due_at=None
    )
    work.audit("connectors.connector.delete", "connector", before.id, _shown(work, before), None)
    hosting.announce(work.connection)
    return _read_again(work, before)


def _changed(work: UnitOfWork, before: Connector, verb: str, **changes: Any) -> Connector:
    registry.update(work.connection, before.key, updated_at=work.now, **changes)
    after = _read_again(work, before)
    shown_before, shown_after = _shown(work, before), _shown(work, after)
    hosting.announce(work.connection)
    if shown_before != shown_after:
        work.audit(
            f"connectors.connector.{verb}", "connector", before.id, shown_before, shown_after
        )
    return after


def _read_again(work: UnitOfWork, connector: Connector) -> Connector:
    found = registry.find(work.connection, connector.id)
    assert found is not None
    return found


def _scheduled(schedule: Schedule | None, work: UnitOfWork) -> dict[str, Any]:
    if schedule is not None:
        try:
            schedules.check(schedule, work.now)
        except ScheduleError as error:
            raise invalid(str(error)) from error
    return registry.schedule_columns(schedule, work.now)


def _name(text: str) -> str:
    name = text.strip()
    if not 1 <= len(name) <= LONGEST_NAME or "\x00" in name:
        raise invalid(f"A connector's name has 1 to {LONGEST_NAME} characters.")
    return name


def _shown(work: UnitOfWork, connector: Connector) -> dict[str, Any]:
    """A connector as the audit log keeps it."""
    return {
        "appId": connector.app_id,
        "catalogId": connector.catalog_id,
        "displayName": connector.display_name,
        "description": connector.description,
        "ownerIds": registry.owners_of(work.connection, connector.key),
        "schedule": _schedule_shown(connector.schedule),
        "pausedCategory": connector.paused_category,
        "pausedReason": connector.paused_reason,
    }


def _schedule_shown(schedule: Schedule | None) -> dict[str, Any] | None:
    match schedule:
        case Interval(every):
            return {"everySeconds": int(every.total_seconds())}
        case Cron(spec, zone):
            return {"cron": spec, "zone": zone}
    return None
