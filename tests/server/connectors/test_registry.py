from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from ostiary.server.connectors.actions.registry import (
    NewConnector,
    create_connector,
    delete_connector,
    pause_connector,
    rename_connector,
    resume_connector,
    save_config,
    set_owners,
    set_schedule,
)
from ostiary.server.connectors.actions.syncs import end_held, request_sync, stop_sync
from ostiary.server.connectors.rules import Health, PauseCategory, Status, SyncState
from ostiary.server.connectors.schedule import Cron, Interval
from ostiary.server.connectors.sealing import CONFIG_PURPOSE
from ostiary.server.connectors.store import registry, syncs
from ostiary.server.connectors.store.registry import Connector
from ostiary.server.kernel.actor import SYSTEM
from ostiary.server.kernel.clock import FixedClock
from ostiary.server.kernel.errors import AppError, Code
from ostiary.server.kernel.model import audit_entries
from ostiary.server.kernel.work import Kernel
from tests.server.connectors import world
from tests.server.connectors.world import ADA


def test_a_new_connector_is_not_connected_and_wants_its_first_sync(
    kernel: Kernel, connector: Connector
) -> None:
    assert connector.status is Status.NOT_CONNECTED
    sync = world.open_sync(kernel, connector)
    assert sync is not None
    assert sync.cause == "first"


def test_a_completed_sync_connects_a_failed_one_does_not(
    kernel: Kernel, connector: Connector
) -> None:
    world.fail_sync(kernel, connector, "AADSTS7000215")
    failed = world.seen(kernel, connector)
    assert (failed.status, failed.last_error) == (Status.ERROR, "AADSTS7000215")
    with kernel.work(ADA) as work:
        request_sync(work, connector.id)
    world.complete_sync(kernel, connector)
    good = world.seen(kernel, connector)
    assert (good.status, good.last_error, good.health) == (Status.CONNECTED, "", Health.GOOD)
    assert world.latest_sync(kernel, connector).counts == {"user": 3}


def test_three_failures_in_a_row_raise_one_alert_and_a_success_starts_over(
    kernel: Kernel, connector: Connector
) -> None:
    for expected in (0, 0, 1, 1):
        world.fail_sync(kernel, connector)
        assert world.alerts(kernel, connector) == ["syncs_failing"] * expected
    with kernel.work(ADA) as work:
        request_sync(work, connector.id)
    world.complete_sync(kernel, connector)
    for _ in range(3):
        world.fail_sync(kernel, connector)
    assert world.alerts(kernel, connector) == ["syncs_failing"] * 2


def test_stopping_a_sync_is_no_failure(kernel: Kernel, connector: Connector) -> None:
    with kernel.work(ADA) as work:
        assert stop_sync(work, connector.id).state is SyncState.CANCELLED
    assert world.seen(kernel, connector).failures.count == 0
    assert world.lease(kernel, connector, "host-a") is None
    with pytest.raises(AppError, match="No sync"), kernel.work(ADA) as work:
        stop_sync(work, connector.id)


def test_a_paused_connector_syncs_again_once_resumed(
    kernel: Kernel, connector: Connector, clock: FixedClock
) -> None:
    with kernel.work(ADA) as work:
        paused = pause_connector(work, connector.id, "maintenance")
    assert (paused.status, paused.paused_reason) == (Status.PAUSED, "maintenance")
    assert world.lease(kernel, connector, "host-a") is None
    with pytest.raises(AppError, match="paused"), kernel.work(ADA) as work:
        request_sync(work, connector.id)
    with kernel.work(ADA) as work:
        resumed = resume_connector(work, connector.id)
    assert resumed.status is Status.NOT_CONNECTED
    assert resumed.due_at == clock.now() + timedelta(hours=1)
    with kernel.work(ADA) as work:
        request_sync(work, connector.id)


def test_a_held_sync_pauses_and_alerts(kernel: Kernel, connector: Connector) -> None:
    task = world.lease(kernel, connector, "host-a")
    assert task is not None
    world.upload(kernel, connector, "host-a", task.id)
    world.finish(kernel, connector, "host-a", task.id)
    sync = world.latest_sync(kernel, connector)
    with kernel.work(SYSTEM) as work:
        end_held(work, sync.id, "55 % of the groups are gone", {"group": 9})
    held = world.seen(kernel, connector)
    assert (held.status, held.paused_category) == (Status.PAUSED, PauseCategory.ANOMALY)
    assert world.latest_sync(kernel, connector).state is SyncState.HELD
    assert world.alerts(kernel, connector) == ["sync_held"]


def test_a_deleted_connector_takes_no_orders_and_stays_visible_as_deleted(
    kernel: Kernel, connector: Connector
) -> None:
    with kernel.work(ADA) as work:
        assert delete_connector(work, connector.id).deleted_at is not None
    with kernel.read() as connection:
        assert registry.find_all(connection) == []
        assert syncs.find_open(connection, connector.key) is None
    with pytest.raises(AppError) as refused, kernel.work(ADA) as work:
        rename_connector(work, connector.id, "Ghost")
    assert refused.value.code is Code.NOT_FOUND


def test_owners_are_replaced_and_the_new_ones_reported(
    kernel: Kernel, connector: Connector
) -> None:
    carol, dana, erin = (f"{letter}" * 27 for letter in "CDE")
    with kernel.work(ADA) as work:
        assert set_owners(work, connector.id, [carol, dana, carol]) == [carol, dana]
        assert set_owners(work, connector.id, [dana, erin]) == [erin]
        assert registry.owners_of(work.connection, connector.key) == [dana, erin]


def test_a_schedule_decides_when_the_next_sync_is_due(
    kernel: Kernel, connector: Connector, clock: FixedClock
) -> None:
    with kernel.work(ADA) as work:
        nightly = set_schedule(work, connector.id, Cron("0 3 * * *", "Europe/Berlin"))
    assert nightly.schedule == Cron("0 3 * * *", "Europe/Berlin")
    assert nightly.due_at == clock.now().replace(hour=2) + timedelta(days=1)
    with kernel.work(ADA) as work:
        assert set_schedule(work, connector.id, None).due_at is None
        hourly = set_schedule(work, connector.id, Interval(timedelta(hours=2)))
    assert hourly.due_at == clock.now() + timedelta(hours=2)
    with pytest.raises(AppError, match="30 minutes"), kernel.work(ADA) as work:
        set_schedule(work, connector.id, Cron("* * * * *"))


def test_a_configuration_is_kept_encrypted_and_leaves_no_value_in_the_audit_log(
    kernel: Kernel, connector: Connector
) -> None:
    with kernel.work(ADA) as work:
        save_config(work, connector.id, {"entra-client-secret": "hunter2"}, kernel.secrets)
    with kernel.read() as connection:
        sealed = registry.read_config(connection, connector.key)
        written = connection.execute(sa.select(audit_entries)).all()
    assert sealed is not None
    assert b"hunter2" not in sealed
    assert (
        kernel.secrets.decrypt_text(sealed, CONFIG_PURPOSE) == '{"entra-client-secret": "hunter2"}'
    )
    assert "connectors.connector.configure" in {entry.action for entry in written}
    assert "hunter2" not in repr(written)


def test_every_change_is_audited_with_before_and_after(
    kernel: Kernel, connector: Connector
) -> None:
    with kernel.work(ADA) as work:
        rename_connector(work, connector.id, "Production")
        rename_connector(work, connector.id, "Production")
    with kernel.read() as connection:
        entries = connection.execute(
            sa.select(audit_entries).where(audit_entries.c.action.endswith("rename"))
        ).all()
    assert [(entry.before["displayName"], entry.after["displayName"]) for entry in entries] == [
        ("Demo", "Production")
    ]


@pytest.mark.parametrize("name", ["", "   ", "x" * 257, "nul\x00"])
def test_a_name_that_nobody_can_read_is_refused(
    kernel: Kernel, connector: Connector, name: str
) -> None:
    with pytest.raises(AppError) as refused, kernel.work(ADA) as work:
        create_connector(work, NewConnector(connector.app_id, "baton", name))
    assert refused.value.code is Code.INVALID_ARGUMENT


def test_a_connector_needs_an_app(kernel: Kernel) -> None:
    with pytest.raises(AppError) as refused, kernel.work(ADA) as work:
        create_connector(work, NewConnector("x" * 27, "baton", "Demo"))
    assert refused.value.code is Code.NOT_FOUND
