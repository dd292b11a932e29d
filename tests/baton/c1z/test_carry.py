import shutil
from pathlib import Path

import pytest

from ostiary.baton.c1z import C1zReader, C1zWriter, CorruptC1zError, DiskFullError, SyncType
from ostiary.baton.c1z.runs import SyncRun, retained
from ostiary.baton.c1z.working import WorkingDatabase
from tests.baton.samples import GOLDEN, Ticking, database, put_small_tenant, rewrap, user

CLOCK = Ticking()


def write(path: Path, *, keep: int = 2, sync_type: SyncType = SyncType.FULL) -> str:
    with C1zWriter(path, keep=keep, sync_type=sync_type, clock=CLOCK) as writer:
        put_small_tenant(writer)
        return writer.seal().sync_id


def sync_ids(path: Path) -> list[str]:
    with C1zReader(path) as reader:
        return [run.sync_id for run in reader.syncs]


def test_earlier_full_syncs_stay_up_to_the_number_kept(tmp_path: Path) -> None:
    path = tmp_path / "s.c1z"
    written = [write(path) for _ in range(4)]
    assert sync_ids(path) == written[2:]
    newest = write(path, keep=3)
    assert sync_ids(path) == [*written[2:], newest]
    alone = write(path, keep=1)
    assert sync_ids(path) == [alone]


def test_a_kept_sync_keeps_every_byte_of_its_records(tmp_path: Path) -> None:
    path = tmp_path / "s.c1z"
    first = write(path)
    before = dump(path, first)
    write(path)
    assert dump(path, first) == before
    assert len(before) == 2 + 4 + 2 + 3 + 1


def test_records_of_a_dropped_sync_are_gone(tmp_path: Path) -> None:
    path = tmp_path / "s.c1z"
    first = write(path)
    write(path, keep=1)
    assert dump(path, first) == []


def test_each_sync_counts_only_its_own_records(tmp_path: Path) -> None:
    path = tmp_path / "s.c1z"
    write(path)
    with C1zWriter(path) as writer:
        writer.put_resources([user("cy")])
        assert list(writer.begin_expansion().expandable()) == []
        sealed = writer.seal()
    assert sealed.counts == {"resource_types": 0, "resources": 1, "entitlements": 0, "grants": 0}
    with C1zReader(path) as reader:
        assert [found.id.resource for found in reader.resources()] == ["cy"]


def test_a_sync_of_an_old_go_sdk_is_carried_with_defaults(tmp_path: Path) -> None:
    path = tmp_path / "s.c1z"
    shutil.copy(GOLDEN / "demo.c1z", path)
    write(path)
    with C1zReader(path, sync_id="3MQfv8vfHYROIf7KzhV2i4jCU6y") as reader:
        assert len(list(reader.grants())) == 32
        assert (reader.sync.sync_type, reader.sync.grants_backfilled) == ("full", False)
    with C1zReader(path) as reader:
        assert len(list(reader.grants())) == 3


def test_a_new_sync_ends_after_the_earlier_ones_even_when_the_clock_was_set_back(
    tmp_path: Path,
) -> None:
    path = tmp_path / "s.c1z"
    write(path)
    rewrap(path, ["UPDATE v1_sync_runs SET ended_at = '2026-12-24 18:00:00.999999999'"])
    newest = write(path)
    with C1zReader(path) as reader:
        assert (reader.sync.sync_id, reader.sync.ended_at) == (newest, "2026-12-24 18:00:01")


def test_an_unfinished_run_is_dropped(tmp_path: Path) -> None:
    path = tmp_path / "s.c1z"
    unfinished = write(path)
    rewrap(path, ["UPDATE v1_sync_runs SET ended_at = NULL"])
    newest = write(path)
    assert sync_ids(path) == [newest]
    assert dump(path, unfinished) == []


def test_a_partial_sync_has_the_newest_full_one_as_its_parent(tmp_path: Path) -> None:
    path = tmp_path / "s.c1z"
    write(path)
    full = write(path)
    partial = write(path, sync_type=SyncType.PARTIAL)
    with C1zReader(path, sync_id=partial) as reader:
        assert reader.sync.parent_sync_id == full
        assert len(reader.syncs) == 3
    with C1zReader(path) as reader:
        assert reader.sync.sync_id == full, "a partial sync never answers by default"


def test_an_empty_file_is_a_new_one(tmp_path: Path) -> None:
    path = tmp_path / "s.c1z"
    path.touch()
    written = write(path)
    assert sync_ids(path) == [written]


def test_a_damaged_file_is_refused_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "s.c1z"
    write(path)
    damaged = path.read_bytes()[:-20]
    path.write_bytes(damaged)
    with pytest.raises(CorruptC1zError, match="truncated"):
        C1zWriter(path)
    foreign = tmp_path / "t.c1z"
    write(foreign)
    rewrap(foreign, ["DROP TABLE v1_sync_runs"])
    with pytest.raises(CorruptC1zError, match="no table of sync runs"):
        C1zWriter(foreign)
    assert path.read_bytes() == damaged
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["s.c1z", "t.c1z"]


def test_a_disk_that_fills_while_carrying_is_told_with_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, temp = tmp_path / "s.c1z", tmp_path / "temp"
    with C1zWriter(path) as writer:
        writer.put_resources(user(str(number)) for number in range(1_000))
        writer.seal()
    temp.mkdir()
    before = path.read_bytes()
    create = WorkingDatabase.__init__

    def small(self: WorkingDatabase, folder: Path, name: str) -> None:
        create(self, folder, name)
        self.connection.execute("PRAGMA max_page_count = 10")

    monkeypatch.setattr(WorkingDatabase, "__init__", small)
    with pytest.raises(DiskFullError, match=f"no space is left in {temp}"):
        C1zWriter(path, temp_dir=temp)
    assert path.read_bytes() == before
    assert list(temp.iterdir()) == []


def run(sync_id: str, kind: SyncType, ended: int | None, linked: str = "") -> SyncRun:
    at = None if ended is None else f"2026-01-{ended:02d} 00:00:00"
    return SyncRun(sync_id, "2026-01-01 00:00:00", at, "", kind, "", linked, False, True, None)


FULL, PARTIAL, RESOURCES = SyncType.FULL, SyncType.PARTIAL, SyncType.RESOURCES_ONLY
HISTORY = [
    run("p1", PARTIAL, 2),
    run("f1", FULL, 3),
    run("p2", PARTIAL, 4),
    run("f2", FULL, 5),
    run("r1", RESOURCES, 6),
    run("broken", FULL, None),
    run("f3", FULL, 7),
    run("p3", PARTIAL, 8),
]


@pytest.mark.parametrize(
    ("keep", "beside", "kept"),
    [
        (1, FULL, ""),
        (2, FULL, "f3 p3"),
        (3, FULL, "f2 r1 f3 p3"),
        (9, FULL, "f1 p2 f2 r1 f3 p3"),
        (1, PARTIAL, "f3 p3"),
        (2, PARTIAL, "f2 r1 f3 p3"),
        (1, RESOURCES, "f3 p3"),
    ],
)
def test_what_is_retained(keep: int, beside: SyncType, kept: str) -> None:
    assert [found.sync_id for found in retained(HISTORY, keep, beside)] == kept.split()


def test_partial_syncs_without_any_full_one_stay_beside_another_partial() -> None:
    alone = [run("p1", PARTIAL, 2), run("p2", PARTIAL, 3)]
    assert retained(alone, 1, PARTIAL) == alone
    assert retained(alone, 1, FULL) == []


def test_of_diff_pairs_only_the_newest_stays() -> None:
    upserts, deletions = SyncType.PARTIAL_UPSERTS, SyncType.PARTIAL_DELETIONS
    history = [
        run("f", FULL, 2),
        run("u1", upserts, 3, "d1"),
        run("d1", deletions, 4, "u1"),
        run("u2", upserts, 5, "d2"),
        run("d2", deletions, 6, "u2"),
    ]
    assert [found.sync_id for found in retained(history, 2, FULL)] == ["f", "u2", "d2"]


def dump(path: Path, sync_id: str) -> list[tuple[object, ...]]:
    """All rows of a sync but their row ids."""
    tables = ("resource_types", "resources", "entitlements", "grants", "sync_runs")
    with database(path) as connection:
        return [
            row[1:]
            for table in tables
            for row in connection.execute(
                f"SELECT * FROM v1_{table} WHERE sync_id = ? ORDER BY id", (sync_id,)
            )
        ]
