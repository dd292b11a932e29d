from datetime import UTC, datetime
from pathlib import Path

import pytest
from google.protobuf.message import Message

from ostiary.baton import annotations
from ostiary.baton.c1z import C1zReader, C1zWriter, CorruptC1zError, NoSyncError, StorageError
from ostiary.baton.c1z.timestamps import parse_time
from ostiary.baton.pb import connector_v2 as v2
from tests.baton.samples import GOLDEN, put_small_tenant, rewrap

SALES = "project:2IC11NXgAkNrKRk9nukbPRRKMhI:owner"


@pytest.fixture
def small(tmp_path: Path) -> Path:
    with C1zWriter(tmp_path / "small.c1z") as writer:
        put_small_tenant(writer)
        writer.seal()
    return tmp_path / "small.c1z"


@pytest.mark.parametrize(("name", "grants"), [("demo", 32), ("demo-v025-sqlite", 31)])
def test_files_of_old_and_new_go_sdks_are_read_whole(name: str, grants: int) -> None:
    with C1zReader(GOLDEN / f"{name}.c1z") as reader:
        assert {kind.id for kind in reader.resource_types()} == {"group", "project", "role", "user"}
        assert len(list(reader.resources())) == 11
        assert len(list(reader.entitlements())) == 10
        assert len(list(reader.grants())) == grants
        assert reader.sync.sync_type == "full"


def test_the_columns_an_old_file_lacks_have_their_defaults() -> None:
    with C1zReader(GOLDEN / "demo.c1z") as reader:
        assert reader.syncs == [reader.sync]
        assert reader.sync.sync_id == "3MQfv8vfHYROIf7KzhV2i4jCU6y"
        assert reader.sync.ended_at == "2026-11-21 19:05:39.934438452"
        assert reader.sync.stats is None
        assert not reader.sync.grants_backfilled


def test_records_come_as_the_go_sdk_wrote_them() -> None:
    with C1zReader(GOLDEN / "demo.c1z") as reader:
        first = next(reader.grants())
    assert annotations.to_json(first) == {
        "entitlement": {
            "resource": {
                "id": {"resourceType": "project", "resource": "2IC11NXgAkNrKRk9nukbPRRKMhI"},
                "displayName": "Sales",
                "annotations": [{"@type": "type.googleapis.com/c1.connector.v2.ETag"}],
                "creationSource": "CREATION_SOURCE_CONNECTOR_LIST_RESOURCES",
            },
            "id": SALES,
        },
        "principal": {"id": {"resourceType": "user", "resource": "2IC0WoaHVvl2GIQppXQH0flK1yJ"}},
        "id": f"{SALES}:user:2IC0WoaHVvl2GIQppXQH0flK1yJ",
    }


def test_filters_combine() -> None:
    with C1zReader(GOLDEN / "demo-v025-sqlite.c1z") as reader:
        everything = list(reader.grants())
        of_projects = list(reader.grants(resource_type="project"))
        assert len(of_projects) == 12
        owners = list(reader.grants(entitlement=SALES))
        assert owners == [found for found in everything if found.entitlement.id == SALES]
        someone = owners[0].principal.id
        theirs = list(reader.grants(principal_type="user", principal=someone.resource))
        assert theirs == [found for found in everything if found.principal.id == someone]
        assert list(reader.grants(entitlement=SALES, principal=someone.resource)) == owners[:1]
        assert [kind.id.resource_type for kind in reader.resources(resource_type="role")] == [
            "role"
        ] * 2
        resource = owners[0].entitlement.resource.id.resource
        assert len(list(reader.entitlements(resource_type="project", resource=resource))) == 2
        assert list(reader.entitlements(resource_type="nothing")) == []


@pytest.mark.parametrize("name", ["demo", "demo-v025-sqlite"])
def test_what_is_read_can_be_written_and_read_again(tmp_path: Path, name: str) -> None:
    def records(reader: C1zReader) -> list[list[Message]]:
        return [
            list(reader.resource_types()),
            list(reader.resources()),
            list(reader.entitlements()),
            list(reader.grants()),
        ]

    with C1zReader(GOLDEN / f"{name}.c1z") as original:
        valid = [found for found in original.grants() if found.principal.id.resource]
        with C1zWriter(tmp_path / "copy.c1z") as writer:
            writer.put_resource_types(original.resource_types())
            writer.put_resources(original.resources())
            writer.put_entitlements(original.entitlements())
            writer.put_grants(valid)
            writer.seal()
        expected = [*records(original)[:3], valid]
    with C1zReader(tmp_path / "copy.c1z") as copy:
        assert records(copy) == expected


def test_slim_grants_get_their_entitlement_and_principal_back(small: Path) -> None:
    slim = v2.Grant(id="group:staff:members:user:ada").SerializeToString().hex()
    rewrap(small, [f"UPDATE v1_grants SET data = x'{slim}' WHERE id = 1"])
    with C1zReader(small) as reader:
        found = next(reader.grants())
    assert found.entitlement.id == "group:staff:members"
    assert found.entitlement.resource.id == v2.ResourceId(resource_type="group", resource="staff")
    assert found.principal.id == v2.ResourceId(resource_type="user", resource="ada")


def test_a_sync_can_be_chosen_by_id(small: Path) -> None:
    with C1zReader(small) as reader:
        first = reader.sync.sync_id
    with C1zWriter(small) as writer:
        writer.seal()
    with C1zReader(small) as newest, C1zReader(small, sync_id=first) as chosen:
        assert list(newest.grants()) == []
        assert len(list(chosen.grants())) == 3
    with pytest.raises(NoSyncError, match="no sync nonesuch"):
        C1zReader(small, sync_id="nonesuch")


def test_an_unfinished_sync_answers_for_seven_days_if_there_is_no_other(small: Path) -> None:
    started = "2026-05-01 10:00:00.5"
    rewrap(small, [f"UPDATE v1_sync_runs SET ended_at = NULL, started_at = '{started}'"])
    with C1zReader(small, now=datetime(2026, 5, 8, 10, tzinfo=UTC)) as reader:
        assert len(list(reader.grants())) == 3
    with pytest.raises(NoSyncError, match="no finished sync"):
        C1zReader(small, now=datetime(2026, 5, 8, 10, 0, 1, tzinfo=UTC))


def test_a_database_of_something_else_is_refused(small: Path) -> None:
    rewrap(small, ["DROP TABLE v1_sync_runs"])
    with pytest.raises(CorruptC1zError, match="no table of sync runs"):
        C1zReader(small)


def test_a_missing_file_is_told_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"gone\.c1z failed: No such file"):
        C1zReader(tmp_path / "gone.c1z")


def test_reading_leaves_no_files(small: Path, tmp_path: Path) -> None:
    (tmp_path / "temp").mkdir()
    with C1zReader(small, temp_dir=tmp_path / "temp") as reader:
        assert list((tmp_path / "temp").iterdir()) == []
        assert len(list(reader.grants())) == 3
    with pytest.raises(NoSyncError):
        C1zReader(small, temp_dir=tmp_path / "temp", sync_id="nonesuch")
    assert list((tmp_path / "temp").iterdir()) == []


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-21 19:05:39.934438452", datetime(2026, 11, 21, 19, 5, 39, 934438, UTC)),
        ("2026-11-21 19:05:39.5", datetime(2026, 11, 21, 19, 5, 39, 500_000, UTC)),
        ("2026-11-21 19:05:39", datetime(2026, 11, 21, 19, 5, 39, 0, UTC)),
        ("2026-11-21T19:05:39.25Z", datetime(2026, 11, 21, 19, 5, 39, 250_000, UTC)),
    ],
)
def test_stored_times_are_parsed(text: str, moment: datetime) -> None:
    assert parse_time(text) == moment
