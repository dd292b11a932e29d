"""Two web processes, a worker and three agents on one PostgreSQL; each dies with -9 at points that
the seed chooses and comes back. FAULTS_SEEDS=1,2,3 runs other seeds.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from ostiary.server.connectors.files import uploads_folder
from ostiary.server.connectors.jobs import remove_leftover_uploads
from ostiary.server.connectors.rules import OPEN_SYNC_STATES, SyncState
from ostiary.server.connectors.store import syncs, tasks
from ostiary.server.connectors.store.syncs import Sync
from ostiary.server.ingest.jobs import remove_leftover_files
from ostiary.server.ingest.store import history
from ostiary.server.ingest.store.history import Record
from ostiary.server.kernel import audit_log
from ostiary.server.kernel.clock import FixedClock, SystemClock
from ostiary.server.kernel.database import Database
from ostiary.server.kernel.secrets import Key, Keyring
from ostiary.server.kernel.settings import Settings
from ostiary.server.kernel.work import Kernel
from tests.server.faults.cluster import cluster
from tests.server.faults.pictures import picture
from tests.server.faults.story import FUSES, KEY, Story, Watched
from tests.server.ingest.states import expected, state
from tests.server.postgres import TestPostgres

SEEDS = [int(seed) for seed in os.environ.get("FAULTS_SEEDS", "1").split(",")]

TASKS = sa.text("SELECT state, succeeded, sync_id FROM connector_tasks")
APPLIED = sa.text("SELECT count(*) FROM audit_entries WHERE action = 'ingest.sync.applied'")


@pytest.fixture
def kernel(postgres: TestPostgres, worker_id: str) -> Iterator[Kernel]:
    """On a database that no other test uses."""
    name = f"faults_{worker_id}"
    database = Database(postgres.create_migrated(name))
    with tempfile.TemporaryDirectory(prefix="ostiary-faults-") as folder:
        settings = Settings(
            data_dir=Path(folder) / "data", database_url=SecretStr(database.url), http_port=0
        )
        yield Kernel(settings, database, SystemClock(), Keyring([Key(KEY)]))
    database.close()
    postgres.drop(name)


@pytest.mark.parametrize("seed", SEEDS)
def test_whoever_dies_nothing_is_done_twice_lost_or_half_visible(
    kernel: Kernel, seed: int, tmp_path: Path
) -> None:
    with cluster(tmp_path, kernel.database.url) as members:
        story = Story(kernel, members, Random(seed), Random(seed))
        story.run()
    assert all(story.deaths[kind] for kind in FUSES), story.deaths
    for each in story.connectors:
        check_every_task_is_done_once(kernel, each, story.said["uploaded"])
        check_what_was_seen_and_what_is_remembered(kernel, each)
    check_what_agents_were_told_is_true(kernel, story)
    check_the_audit_log(kernel, story)
    check_the_folders(kernel)


def applied(kernel: Kernel, each: Watched) -> list[Record]:
    """Oldest first."""
    with kernel.read() as connection:
        records = history.page(connection, each.connector.id, size=1000)
    return [record for record in reversed(records) if record.state == "applied"]


def all_syncs(kernel: Kernel, each: Watched) -> list[Sync]:
    with kernel.read() as connection:
        return syncs.find_latest(connection, each.connector.key, 1000)


def check_every_task_is_done_once(kernel: Kernel, each: Watched, uploaded: set[str]) -> None:
    records = applied(kernel, each)
    done = [sync for sync in all_syncs(kernel, each) if sync.state is SyncState.DONE]
    assert len(records) == len(done) >= each.wanted
    assert len({record.sync_id for record in records}) == len(records)
    assert len({sync.upload_id for sync in done}) == len(done)
    states = {sync.key: sync.state for sync in all_syncs(kernel, each)}
    with kernel.read() as connection:
        for task in connection.execute(TASKS):
            if task.sync_id in states:
                over = states[task.sync_id] not in OPEN_SYNC_STATES - {SyncState.INGESTING}
                assert over == (task.state in ("finished", "cancelled"))


def check_what_was_seen_and_what_is_remembered(kernel: Kernel, each: Watched) -> None:
    records = applied(kernel, each)
    order = [record.sync_id for record in records]
    assert [order.index(sync_id) for sync_id in each.seen] == sorted(map(order.index, each.seen))
    assert each.seen
    for record in records:
        then = state(kernel, record.at, each.connector.id)
        assert then == expected(picture(record.sync_id))


def check_what_agents_were_told_is_true(kernel: Kernel, story: Story) -> None:
    """A sync that the server took is in the books; nothing is in them that nobody uploaded."""
    known = {record.sync_id for each in story.connectors for record in applied(kernel, each)}
    pending = {
        sync.key
        for each in story.connectors
        for sync in all_syncs(kernel, each)
        if sync.state is SyncState.INGESTING
    }
    assert known <= story.said["began"]
    assert len(story.said["finished"] - known) <= len(pending)


def check_the_audit_log(kernel: Kernel, story: Story) -> None:
    with kernel.read() as connection:
        verdict = audit_log.verify(connection)
        entries = connection.scalar(APPLIED)
    assert verdict.problems == ()
    assert entries == sum(len(applied(kernel, each)) for each in story.connectors)


def check_the_folders(kernel: Kernel) -> None:
    """What died uploads left is swept away, what somebody still needs is not."""
    later = Kernel(
        kernel.settings,
        kernel.database,
        FixedClock(datetime.now(UTC) + timedelta(days=2)),
        kernel.secrets,
    )
    remove_leftover_uploads(later)
    remove_leftover_files(later)
    left = {path.stem for path in uploads_folder(kernel.settings).iterdir()}
    with kernel.read() as connection:
        assert left == tasks.wanted_uploads(connection, left)
    assert list((kernel.settings.data_dir / "unpacked").iterdir()) == []
