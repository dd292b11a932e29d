from collections.abc import Iterator
from pathlib import Path

import pytest

from ostiary.baton.annotations import pack
from ostiary.baton.c1z import (
    C1zReader,
    C1zWriter,
    DiskFullError,
    GrantSheet,
    InvalidRecordError,
    NotC1zError,
    StorageError,
    UnsupportedEngineError,
)
from ostiary.baton.pb import connector_v2 as v2
from tests.baton.samples import (
    GOLDEN,
    USER,
    database,
    expandable,
    grant,
    group,
    members,
    put_small_tenant,
    resource_id,
    user,
)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_sealed_sync_reports_what_is_in_it(tmp_path: Path) -> None:
    path = tmp_path / "sync.c1z"
    with C1zWriter(path) as writer:
        put_small_tenant(writer)
        sealed = writer.seal()
    assert sealed.path == path
    assert sealed.sync_id == writer.sync_id
    assert sealed.size == path.stat().st_size
    assert sealed.counts == {"resource_types": 2, "resources": 4, "entitlements": 2, "grants": 3}
    assert sealed.merged == 0


def test_putting_returns_the_number_of_rows(tmp_path: Path) -> None:
    with C1zWriter(tmp_path / "s.c1z") as writer:
        assert writer.put_resource_types([USER]) == 1
        assert writer.put_resources(user(f"u{number}") for number in range(10_000)) == 10_000
        assert writer.put_entitlements([]) == 0
        sheet = GrantSheet(members("g"), "user", ["a", "b"])
        assert writer.put_grants([sheet, grant(members("g"), resource_id("user", "c"))]) == 3


def test_a_child_resource_keeps_its_parent_in_the_columns(tmp_path: Path) -> None:
    child = group("team")
    child.parent_resource_id.CopyFrom(resource_id("org", "acme"))
    with C1zWriter(tmp_path / "s.c1z") as writer:
        writer.put_resources([child])
        writer.seal()
    with database(tmp_path / "s.c1z") as connection:
        columns = "parent_resource_type_id, parent_resource_id"
        row = connection.execute(f"SELECT {columns} FROM v1_resources").fetchone()
    assert row == ("org", "acme")


def test_nothing_is_to_be_seen_before_the_seal_and_nothing_else_after(tmp_path: Path) -> None:
    with C1zWriter(tmp_path / "s.c1z") as writer:
        put_small_tenant(writer)
        assert names(tmp_path) == []
        writer.begin_expansion()
        assert names(tmp_path) == []
        writer.seal()
    assert names(tmp_path) == ["s.c1z"]


def test_an_abandoned_sync_leaves_the_old_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "s.c1z"
    path.write_bytes((GOLDEN / "demo.c1z").read_bytes())
    with C1zWriter(path) as writer:
        put_small_tenant(writer)
    assert path.read_bytes() == (GOLDEN / "demo.c1z").read_bytes()
    assert names(tmp_path) == ["s.c1z"]


def test_working_files_go_where_they_are_told(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    with pytest.raises(StorageError, match=r"working file in .*missing"):
        C1zWriter(tmp_path / "out" / "s.c1z", temp_dir=tmp_path / "missing")
    (tmp_path / "temp").mkdir()
    with C1zWriter(tmp_path / "out" / "s.c1z", temp_dir=tmp_path / "temp") as writer:
        put_small_tenant(writer)
        writer.seal()
    assert names(tmp_path / "out") == ["s.c1z"]
    assert names(tmp_path / "temp") == []


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"PK\x03\x04", NotC1zError),
        ((GOLDEN / "demo-v025-pebble.c1z").read_bytes(), UnsupportedEngineError),
    ],
)
def test_a_file_that_cannot_be_continued_is_refused_at_once_and_kept(
    tmp_path: Path, content: bytes, error: type[Exception]
) -> None:
    path = tmp_path / "s.c1z"
    path.write_bytes(content)
    with pytest.raises(error):
        C1zWriter(path)
    assert path.read_bytes() == content
    assert names(tmp_path) == ["s.c1z"]


def test_an_unusable_output_is_found_at_once(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="is a folder"):
        C1zWriter(tmp_path)
    with pytest.raises(StorageError, match="create the folder first"):
        C1zWriter(tmp_path / "gone" / "s.c1z")


def test_a_full_disk_while_working_is_told_with_its_folder(tmp_path: Path) -> None:
    with C1zWriter(tmp_path / "s.c1z") as writer:
        writer._connection.execute("PRAGMA max_page_count = 60")
        sheet = GrantSheet(members("g"), "user", [str(number) for number in range(10_000)])
        with pytest.raises(DiskFullError, match=f"no space is left in {tmp_path}"):
            writer.put_grants([sheet])
    assert names(tmp_path) == []


def test_a_full_disk_while_making_the_indexes_leaves_nothing(tmp_path: Path) -> None:
    with C1zWriter(tmp_path / "s.c1z") as writer:
        put_small_tenant(writer)
        writer._connection.execute("PRAGMA max_page_count = 12")
        with pytest.raises(DiskFullError):
            writer.seal()
    assert names(tmp_path) == []


def test_an_error_of_the_connector_is_not_taken_for_one_of_the_file(tmp_path: Path) -> None:
    def resources() -> Iterator[v2.Resource]:
        yield user("ada")
        raise ConnectionResetError("the source hung up")

    with C1zWriter(tmp_path / "s.c1z") as writer, pytest.raises(ConnectionResetError):
        writer.put_resources(resources())


@pytest.mark.parametrize("keep", [0, -1])
def test_the_sync_being_written_is_always_kept(tmp_path: Path, keep: int) -> None:
    with pytest.raises(ValueError, match="is kept"):
        C1zWriter(tmp_path / "s.c1z", keep=keep)


def test_records_without_ids_are_refused(tmp_path: Path) -> None:
    with C1zWriter(tmp_path / "s.c1z") as writer:
        with pytest.raises(InvalidRecordError, match="resource type has no id"):
            writer.put_resource_types([v2.ResourceType(display_name="Nameless")])
        with pytest.raises(InvalidRecordError, match="'Nameless'"):
            writer.put_resources([v2.Resource(display_name="Nameless")])
        with pytest.raises(InvalidRecordError, match="entitlement lacks"):
            writer.put_entitlements([v2.Entitlement(id="group:g:members")])


def test_the_last_of_two_equal_ids_gives_the_data_and_the_first_the_columns(
    tmp_path: Path,
) -> None:
    path = tmp_path / "s.c1z"
    first = grant(members("a"), resource_id("user", "ada"), id="same")
    last = grant(members("b"), resource_id("user", "bob"), id="same")
    renamed = user("ada")
    renamed.display_name = "Countess"
    with C1zWriter(path) as writer:
        writer.put_resources([user("ada"), user("bob"), renamed])
        writer.put_grants([first, grant(members("a"), resource_id("user", "cy")), last])
        sealed = writer.seal()
    assert sealed.merged == 2
    assert (sealed.counts["resources"], sealed.counts["grants"]) == (2, 2)
    with C1zReader(path) as reader:
        assert [found.display_name for found in reader.resources()] == ["Countess", "Bob"]
        assert [found.principal.id.resource for found in reader.grants()] == ["bob", "cy"]
        assert [found.id for found in reader.grants(entitlement="group:b:members")] == []


@pytest.mark.parametrize("early", [False, True], ids=["at the seal", "before expansion"])
def test_the_last_of_two_equal_grants_decides_whether_it_expands(
    tmp_path: Path, early: bool
) -> None:
    path, principal = tmp_path / "s.c1z", ["h"]
    deep, none = expandable("h"), None
    with C1zWriter(path) as writer:
        for name, expansions in {"gains": (none, deep), "loses": (deep, none)}.items():
            for expansion in expansions:
                sheet = GrantSheet(members(name), "group", principal, expandable=expansion)
                writer.put_grants([sheet])
        if early:
            found = [entry.entitlement_id for entry in writer.begin_expansion().expandable()]
            assert found == ["group:gains:members"]
        assert writer.seal().merged == 2
    with database(path) as connection:
        rows = connection.execute(
            "SELECT entitlement_id, expansion IS NOT NULL, needs_expansion FROM v1_grants"
        ).fetchall()
    assert rows == [("group:gains:members", 1, 1), ("group:loses:members", 0, 0)]


def test_an_expandable_grant_reads_back_as_it_was_put(tmp_path: Path) -> None:
    note = pack(v2.GrantMetadata())
    message = grant(
        members("all"),
        resource_id("group", "staff"),
        annotations=[note, pack(expandable("staff", shallow=True))],
    )
    with C1zWriter(tmp_path / "s.c1z") as writer:
        writer.put_grants([message])
        assert writer.has_expandable_grants
        writer.seal()
    with C1zReader(tmp_path / "s.c1z") as reader:
        assert list(reader.grants()) == [message]
