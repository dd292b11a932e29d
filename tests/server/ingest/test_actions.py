from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from backports import zstd

from ostiary.baton.c1z import C1zWriter, SyncType
from ostiary.baton.c1z.container import MAGIC, SQLITE_MAGIC, pack, unpack
from ostiary.baton.pb import connector_v2 as v2
from ostiary.server.catalog.actions import set_hold_large_drops
from ostiary.server.ingest.actions import Sync, SyncOutcome, apply_sync
from ostiary.server.ingest.losses import lost_resources
from ostiary.server.ingest.rules import Delta
from ostiary.server.ingest.store import history
from ostiary.server.kernel.actor import SYSTEM
from ostiary.server.kernel.clock import FixedClock
from ostiary.server.kernel.errors import AppError, Code
from ostiary.server.kernel.work import Kernel
from tests.server.ingest.states import expected, state
from tests.server.ingest.tenants import CONNECTOR, Held, Tenant, connect


class Uploads:
    """Takes in files an hour apart."""

    def __init__(self, kernel: Kernel, clock: FixedClock, folder: Path) -> None:
        self.kernel = kernel
        self.clock = clock
        self.folder = folder
        self._count = 0

    def path(self) -> Path:
        self._count += 1
        return self.folder / f"{self._count}.c1z"

    def take(self, upload: Tenant | Path, how: Sync | None = None) -> SyncOutcome:
        file = upload.write(self.path()) if isinstance(upload, Tenant) else upload
        self.clock.advance(timedelta(hours=1))
        return apply_sync(self.kernel, CONNECTOR, file, how)

    def state(self) -> dict[str, object]:
        return state(self.kernel, self.clock.now())

    def history(self) -> list[history.Record]:
        with self.kernel.read() as connection:
            return history.page(connection, CONNECTOR)


@pytest.fixture
def uploads(kernel: Kernel, clock: FixedClock, tmp_path: Path) -> Uploads:
    connect(kernel)
    return Uploads(kernel, clock, tmp_path)


def ten_groups() -> Tenant:
    tenant = Tenant()
    for number in range(10):
        tenant.group(f"g{number}", tenant.user(f"u{number}"))
    return tenant


def without_groups(*numbers: int) -> Tenant:
    tenant = ten_groups()
    for number in numbers:
        tenant.remove(("group", f"g{number}"))
    return tenant


def test_deltas_tell_what_changed_by_type(uploads: Uploads) -> None:
    tenant = ten_groups()
    first = uploads.take(tenant).record
    assert first.deltas["resources"] == {"group": Delta(added=10), "user": Delta(added=10)}
    assert first.deltas["accounts"] == {"user": Delta(added=10)}
    assert first.counts["grants"] == {"group": 10}

    tenant.remove(("user", "u1"))
    tenant.resources["group", "g2"] = "renamed"
    tenant.hold("group:g3:members", ("user", "u3"), Held(metadata="for a week"))
    tenant.hold("group:g3:members", ("user", "u4"))
    second = uploads.take(tenant).record
    assert {kind: types for kind, types in second.deltas.items() if types} == {
        "resources": {"group": Delta(changed=1), "user": Delta(removed=1)},
        "accounts": {"user": Delta(removed=1)},
        "grants": {"group": Delta(added=1, removed=1, changed=1)},
    }
    assert second.counts["resources"] == {"group": 10, "user": 9}


def test_what_returns_keeps_its_id_and_its_past(uploads: Uploads, kernel: Kernel) -> None:
    def ids() -> list[tuple[str, str]]:
        with kernel.read() as connection:
            query = sa.text(
                "SELECT external_id, public_id FROM resources UNION ALL "
                "SELECT external_id, public_id FROM entitlements ORDER BY 1, 2"
            )
            return [(row[0], row[1]) for row in connection.execute(query)]

    tenant = ten_groups()
    uploads.take(tenant)
    then, before = uploads.clock.now(), ids()
    uploads.take(without_groups(0, 1))
    assert uploads.take(tenant).record.deltas["resources"] == {"group": Delta(added=2)}
    assert ids() == before
    assert state(kernel, then) == expected(tenant) == uploads.state()


def test_half_the_groups_gone_is_held_and_applied_when_confirmed(
    uploads: Uploads, kernel: Kernel
) -> None:
    uploads.take(ten_groups())
    half = without_groups(*range(6))
    held = uploads.take(half)
    assert held.state == "held"
    assert held.reason == "The sync would remove 6 of 10 resources of type group, 6 of 10 grants."
    assert held.record.deltas["resources"]["group"] == Delta(removed=6)
    assert uploads.state() == expected(ten_groups())
    assert held.record.held_file is not None

    (uploads.folder / "2.c1z").unlink()
    confirmed_at = uploads.clock.advance(timedelta(days=1))
    kept = Path(held.record.held_file)
    confirmed = apply_sync(kernel, CONNECTOR, kept, Sync(confirmed=True))
    assert (confirmed.state, confirmed.record.at) == ("applied", confirmed_at)
    assert uploads.state() == expected(half)
    assert state(kernel, confirmed_at - timedelta(hours=1)) == expected(ten_groups())
    assert [record.state for record in uploads.history()] == ["applied", "confirmed", "applied"]
    assert not kept.exists()


def test_what_a_held_sync_would_remove_is_named_while_its_file_can_be_read(
    uploads: Uploads, kernel: Kernel
) -> None:
    uploads.take(ten_groups())
    record = uploads.take(without_groups(*range(6))).record
    losses = lost_resources(kernel, CONNECTOR, record, most=4)
    assert [each.external_id for each in losses.shown] == ["g0", "g1", "g2", "g3"]
    assert losses.rest == 2
    assert record.held_file is not None
    kept = Path(record.held_file)
    kept.write_bytes(kept.read_bytes()[:-40])
    with pytest.raises(AppError, match="The upload is") as refusal:
        lost_resources(kernel, CONNECTOR, record)
    assert str(kept) not in refusal.value.message
    kept.unlink()
    with pytest.raises(AppError, match="file of the held sync is gone"):
        lost_resources(kernel, CONNECTOR, record)


def test_a_newer_sync_replaces_a_held_one(uploads: Uploads) -> None:
    uploads.take(ten_groups())
    held = uploads.take(without_groups(*range(6)))
    assert uploads.take(without_groups(0)).state == "applied"
    assert [record.state for record in uploads.history()] == ["applied", "superseded", "applied"]
    assert held.record.held_file is not None
    assert not Path(held.record.held_file).exists()


def test_a_held_sync_that_comes_again_stays_held_once(uploads: Uploads) -> None:
    uploads.take(ten_groups())
    file = without_groups(*range(6)).write(uploads.path())
    held, again = uploads.take(file), uploads.take(file)
    assert again.replayed
    assert again.record == held.record
    assert len(uploads.history()) == 2


def test_a_connector_can_be_let_drop_what_it_likes(uploads: Uploads, kernel: Kernel) -> None:
    uploads.take(ten_groups())
    with kernel.work(SYSTEM) as work:
        set_hold_large_drops(work, CONNECTOR, hold=False)
    assert uploads.take(without_groups(*range(9))).state == "applied"


def unfinished(path: Path) -> Path:
    """A file of which the newest sync never ended."""
    ten_groups().write(path)
    with C1zWriter(path) as writer:
        Tenant({("user", "u1"): "u1"}).put(writer)
        writer.seal()
    return unended(path)


def unended(path: Path) -> Path:
    database = path.with_suffix(".db")
    unpack(path, database)
    with sqlite3.connect(database) as connection:
        connection.execute(
            "UPDATE v1_sync_runs SET ended_at = NULL WHERE id = (SELECT max(id) FROM v1_sync_runs)"
        )
    connection.close()
    with database.open("rb") as file:
        pack(file, path)
    return path


def empty(path: Path) -> Path:
    """What a connector run with --skip-full-sync leaves."""
    with C1zWriter(path) as writer:
        writer.put_resource_types([v2.ResourceType(id="user", display_name="User")])
        writer.seal()
    return path


def partial(path: Path) -> Path:
    return Tenant({("user", "u1"): "u1"}).write(path, sync_type=SyncType.PARTIAL)


def truncated(path: Path) -> Path:
    ten_groups().write(path)
    path.write_bytes(path.read_bytes()[:-200])
    return path


def foreign(path: Path) -> Path:
    path.write_bytes(b"SQLite format 3\0" + bytes(4096))
    return path


def bomb(path: Path) -> Path:
    """Two KiB that do not announce that they become 65 MiB."""
    compressor = zstd.ZstdCompressor()
    content = compressor.compress(SQLITE_MAGIC) + compressor.compress(bytes(65 * 1024**2))
    path.write_bytes(MAGIC + content + compressor.flush())
    return path


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (unfinished, "never finished"),
        (empty, "no resource at all"),
        (partial, "only a full one"),
        (truncated, "truncated"),
        (foreign, "not a .c1z"),
        (bomb, "holds more than 64 MiB"),
    ],
)
def test_what_is_not_the_whole_truth_is_refused_and_changes_nothing(
    uploads: Uploads, make: object, why: str
) -> None:
    assert callable(make)
    uploads.take(ten_groups())
    outcome = uploads.take(make(uploads.path()))
    assert outcome.state == "refused"
    assert why in outcome.reason
    assert uploads.state() == expected(ten_groups())
    assert [record.state for record in uploads.history()] == ["refused", "applied"]


def test_resources_only_closes_what_hung_on_what_is_gone_and_no_other_grant(
    uploads: Uploads,
) -> None:
    uploads.take(ten_groups())
    only = Tenant(dict(without_groups(0).resources))
    only.remove(("user", "u9"))
    outcome = uploads.take(only.write(uploads.path(), sync_type=SyncType.RESOURCES_ONLY))
    assert outcome.state == "applied"
    left = without_groups(0)
    left.remove(("user", "u9"))
    assert uploads.state() == expected(left)
    assert outcome.record.counts["grants"] == {"group": 8}
    assert outcome.record.counts["entitlements"] == {"group": 9}


def test_a_sync_of_an_earlier_time_is_refused(uploads: Uploads, clock: FixedClock) -> None:
    uploads.take(ten_groups())
    early = Sync(at=clock.now() - timedelta(minutes=1))
    outcome = uploads.take(without_groups(1), early)
    assert outcome.state == "refused"
    assert "a newer one" in outcome.reason


def test_two_syncs_in_one_instant_keep_their_order(uploads: Uploads, clock: FixedClock) -> None:
    first = uploads.take(ten_groups())
    second = apply_sync(uploads.kernel, CONNECTOR, without_groups(1).write(uploads.path()))
    assert second.record.at - first.record.at == timedelta(microseconds=1)
    assert state(uploads.kernel, first.record.at) == expected(ten_groups())
    assert state(uploads.kernel, second.record.at) == expected(without_groups(1))


def test_grants_to_nobody_and_on_nothing_are_dropped_and_counted(uploads: Uploads) -> None:
    tenant = ten_groups()
    whole = expected(tenant)
    tenant.hold("group:g1:members", ("user", "nobody"))
    tenant.hold("group:g1:members", ("martian", "u1"))
    tenant.hold("group:nothing:members", ("user", "u1"))
    assert uploads.take(tenant).record.dropped == {"grants": 3}
    assert uploads.state() == whole


def test_hostile_texts_are_kept_and_hostile_ids_refused(uploads: Uploads) -> None:
    tenant = ten_groups()
    tenant.resources["user", "u1"] = "a\tb\\N\n'; DROP TABLE grants; --\u202e𝕏"
    tenant.hold("group:g1:members", ("user", "u1"), Held(metadata="\\.\n\t"))
    uploads.take(tenant)
    assert uploads.state() == expected(tenant)

    tenant.resources["user", "u1"] = "a\0b"
    assert uploads.take(tenant).state == "applied"
    tenant.resources["user", "u\0" + "1"] = "nul"
    refused = uploads.take(tenant)
    assert refused.state == "refused"
    assert "impossible id" in refused.reason


def test_an_unknown_connector_is_not_found(uploads: Uploads) -> None:
    file = ten_groups().write(uploads.path())
    with pytest.raises(AppError) as refusal:
        apply_sync(uploads.kernel, "1nobody1nobody1nobody1nobod", file)
    assert refusal.value.code == Code.NOT_FOUND


TARGET = Sync(targets=[("group", "g1")])


def targeted(uploads: Uploads, tenant: Tenant) -> SyncOutcome:
    return uploads.take(tenant.write(uploads.path(), sync_type=SyncType.PARTIAL), TARGET)


def test_a_targeted_sync_touches_only_what_it_was_asked_for(uploads: Uploads) -> None:
    whole = ten_groups()
    uploads.take(whole)
    part = Tenant()
    part.resources["user", "u2"] = "not what was asked for"
    group = part.group("g1", ("user", "u2"), part.user("new"))
    part.resources["group", "g1"] = "renamed"
    assert targeted(uploads, part).state == "applied"

    whole.resources["group", "g1"] = "renamed"
    whole.user("new")
    del whole.grants[group, ("user", "u1")]
    whole.hold(group, ("user", "u2"))
    whole.hold(group, ("user", "new"))
    assert uploads.state() == expected(whole)


def test_a_targeted_sync_leaves_what_is_inherited(uploads: Uploads) -> None:
    whole = ten_groups()
    group, other = "group:g1:members", "group:g2:members"
    whole.inherit(group, ("user", "u2"), other)
    whole.hold(group, ("user", "u3"), Held(sources={group: True, other: True}))
    whole.inherit(group, ("user", "u4"), other)
    uploads.take(whole)
    part = Tenant()
    part.group("g1", part.user("u1"), part.user("u4"))
    targeted(uploads, part)

    whole.inherit(group, ("user", "u3"), other)
    whole.hold(group, ("user", "u4"), Held(sources={group: True, other: True}))
    assert uploads.state() == expected(whole)


def test_a_target_that_is_not_there_any_more_is_gone_with_all_its_grants(uploads: Uploads) -> None:
    whole = ten_groups()
    whole.hold("group:g2:members", ("group", "g1"))
    uploads.take(whole)
    outcome = targeted(uploads, Tenant())
    whole.remove(("group", "g1"))
    assert uploads.state() == expected(whole)
    assert outcome.record.counts["grants"] == {"group": 9}


def test_a_targeted_upload_must_be_a_partial_sync(uploads: Uploads) -> None:
    uploads.take(ten_groups())
    outcome = uploads.take(without_groups(1), TARGET)
    assert outcome.state == "refused"
    assert "a partial was asked for" in outcome.reason
