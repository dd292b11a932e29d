import random
import sqlite3
from pathlib import Path

import pytest

from ostiary.baton.annotations import pack
from ostiary.baton.c1z import C1zReader, C1zWriter, ExpandableGrant, GrantSheet
from ostiary.baton.pb import connector_v2 as v2
from tests.baton.samples import expandable, grant, members, put_small_tenant, resource_id


def test_expandable_grants_come_with_their_expansion(tmp_path: Path) -> None:
    with C1zWriter(tmp_path / "s.c1z") as writer:
        put_small_tenant(writer)
        assert list(writer.begin_expansion().expandable()) == [
            ExpandableGrant(
                grant_id="group:all:members:group:staff",
                entitlement_id="group:all:members",
                principal_type="group",
                principal_id="staff",
                expansion=expandable("staff"),
            )
        ]


def test_entitlements_are_found_by_id(tmp_path: Path) -> None:
    with C1zWriter(tmp_path / "s.c1z") as writer:
        put_small_tenant(writer)
        grants = writer.begin_expansion()
        assert grants.entitlement("group:staff:members") == members("staff")
        assert grants.entitlement("group:nobody:members") is None


def test_grants_of_an_entitlement_come_ordered_by_principal_over_many_pages(
    tmp_path: Path,
) -> None:
    principals = [f"{number:05d}" for number in range(12_345)]
    shuffled = random.Random(7).sample(principals, len(principals))
    with C1zWriter(tmp_path / "s.c1z") as writer:
        writer.put_grants(
            [
                GrantSheet(members("big"), "user", shuffled),
                GrantSheet(members("other"), "user", ["x"]),
                GrantSheet(members("big"), "group", ["g2", "g1"]),
            ]
        )
        rows = list(writer.begin_expansion().of("group:big:members"))
    expected = [("group", "g1"), ("group", "g2"), *(("user", name) for name in principals)]
    assert [(row.principal_type, row.principal_id) for row in rows] == expected
    assert v2.Grant.FromString(rows[0].data) == grant(members("big"), resource_id("group", "g1"))
    assert rows[0].grant_id == "group:big:members:group:g1"


def test_two_grants_of_one_principal_both_come(tmp_path: Path) -> None:
    principal = resource_id("user", "ada")
    with C1zWriter(tmp_path / "s.c1z") as writer:
        writer.put_grants(grant(members("g"), principal, id=name) for name in ("z", "a"))
        found = [row.grant_id for row in writer.begin_expansion().of("group:g:members")]
    assert found == ["z", "a"]


def test_grants_of_an_earlier_sync_are_out_of_sight(tmp_path: Path) -> None:
    for _ in range(2):
        with C1zWriter(tmp_path / "s.c1z") as writer:
            put_small_tenant(writer)
            grants = writer.begin_expansion()
            assert len(list(grants.of("group:staff:members"))) == 2
            assert len(list(grants.expandable())) == 1
            writer.seal()
    with C1zWriter(tmp_path / "s.c1z") as writer:
        grants = writer.begin_expansion()
        assert list(grants.of("group:staff:members")) == []
        assert grants.entitlement("group:staff:members") is None


def test_what_is_being_read_may_be_changed_and_added_to(tmp_path: Path) -> None:
    path, count = tmp_path / "s.c1z", 6_000
    source = v2.GrantSources(sources={"s": v2.GrantSources.GrantSource(is_direct=True)})
    with C1zWriter(path) as writer:
        names = [f"{number:05d}" for number in range(count)]
        writer.put_grants([GrantSheet(members("g"), "user", names)])
        grants = writer.begin_expansion()
        seen = 0
        for row in grants.of("group:g:members"):
            changed = v2.Grant.FromString(row.data)
            changed.sources.CopyFrom(source)
            grants.replace([(row.row_id, changed.SerializeToString(deterministic=True))])
            grants.insert([GrantSheet(members("h"), row.principal_type, [row.principal_id])])
            seen += 1
        assert seen == count
        sealed = writer.seal()
    assert sealed.counts["grants"] == 2 * count
    with C1zReader(path) as reader:
        assert all(found.sources == source for found in reader.grants(resource="g"))
        assert not any(found.HasField("sources") for found in reader.grants(resource="h"))


def test_new_data_leaves_the_expansion_of_a_grant_alone(tmp_path: Path) -> None:
    path = tmp_path / "s.c1z"
    with C1zWriter(path) as writer:
        put_small_tenant(writer)
        grants = writer.begin_expansion()
        (row,) = grants.of("group:all:members")
        changed = v2.Grant.FromString(row.data)
        changed.annotations.append(pack(v2.GrantImmutable(source_id="x")))
        grants.replace([(row.row_id, changed.SerializeToString(deterministic=True))])
        writer.seal()
    with C1zReader(path) as reader:
        (found,) = reader.grants(resource="all")
    assert [note.type_url.rpartition(".")[2] for note in found.annotations] == [
        "GrantImmutable",
        "GrantExpandable",
    ]


def test_inserting_a_known_id_is_an_error(tmp_path: Path) -> None:
    with C1zWriter(tmp_path / "s.c1z") as writer:
        put_small_tenant(writer)
        grants = writer.begin_expansion()
        with pytest.raises(sqlite3.IntegrityError):
            grants.insert([GrantSheet(members("staff"), "user", ["ada"])])
