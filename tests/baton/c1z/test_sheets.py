from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ostiary.baton.annotations import pack
from ostiary.baton.c1z import C1zReader, C1zWriter, GrantSheet, InvalidRecordError
from ostiary.baton.c1z.encoding import grant_fields, sheet_fields
from ostiary.baton.pb import connector_v2 as v2
from tests.baton.samples import expandable, grant, members, resource_id

ids = st.text(min_size=1, max_size=200)
annotations = st.lists(
    st.sampled_from(
        [
            pack(v2.GrantImmutable(source_id="s")),
            pack(v2.GrantMetadata()),
            pack(v2.ExternalLink(url="https://example.com/" + "x" * 300)),
        ]
    ),
    max_size=3,
)
sources = st.none() | st.dictionaries(ids, st.booleans(), max_size=4).map(
    lambda found: v2.GrantSources(
        sources={name: v2.GrantSources.GrantSource(is_direct=flag) for name, flag in found.items()}
    )
)


@given(
    ids,
    ids,
    st.lists(ids, min_size=1, max_size=5),
    annotations,
    st.none() | st.just(expandable("a", "b", shallow=True)),
    sources,
)
def test_a_sheet_writes_the_bytes_that_protobuf_would(
    group: str,
    principal_type: str,
    principals: list[str],
    notes: list[object],
    expansion: v2.GrantExpandable | None,
    came_from: v2.GrantSources | None,
) -> None:
    entitlement = members(group)
    sheet = GrantSheet(
        entitlement,
        principal_type,
        principals,
        tuple(notes),  # type: ignore[arg-type]
        expansion,
        came_from,
    )
    packed = [pack(expansion)] if expansion else []
    ordinary = [
        grant(
            entitlement,
            resource_id(principal_type, name),
            annotations=[*notes, *packed],
            sources=came_from,
        )
        for name in principals
    ]
    assert list(sheet_fields(sheet)) == [grant_fields(message) for message in ordinary]


@pytest.mark.parametrize(
    "principals",
    [
        ["ada", "bob"],
        ['a"a', "b\\b"],
        ["a\x00a", "b\x00b"],
        ["äöü", "ÄÖÜ"],
        ["x" * 16_384, "y" * 16_384],
        [f"{number:036}" for number in range(10_000)],
    ],
)
@pytest.mark.parametrize(
    "came_from", [None, v2.GrantSources(sources={"é": v2.GrantSources.GrantSource()})]
)
def test_a_written_sheet_is_what_single_grants_would_be(
    tmp_path: Path, principals: list[str], came_from: v2.GrantSources | None
) -> None:
    sheet = GrantSheet(members("g" * 200), "user", principals, sources=came_from)
    single = [
        grant(sheet.entitlement, resource_id("user", name), sources=came_from)
        for name in principals
    ]
    for name, grants in (("sheet", [sheet]), ("single", single)):
        with C1zWriter(tmp_path / name, sync_id="s", clock=lambda: 10**18) as writer:
            assert writer.put_grants(grants) == len(principals)
            writer.seal()
    assert (tmp_path / "sheet").read_bytes() == (tmp_path / "single").read_bytes()


def test_principal_ids_of_every_length_encoding_are_spliced_right() -> None:
    principals = ["x" * length for length in (1, 36, 100, 127, 128, 129, 255, 16_384, 70_000)]
    rows = list(sheet_fields(GrantSheet(members("g"), "user", principals)))
    for name, row in zip(principals, rows, strict=True):
        assert row == grant_fields(grant(members("g"), resource_id("user", name)))


@pytest.mark.parametrize(
    "sheet",
    [
        GrantSheet(members("g"), "user", ["ada", ""]),
        GrantSheet(members("g"), "", ["ada"]),
        GrantSheet(v2.Entitlement(), "user", ["ada"]),
    ],
)
def test_a_sheet_without_an_identity_is_refused(tmp_path: Path, sheet: GrantSheet) -> None:
    with C1zWriter(tmp_path / "s.c1z") as writer, pytest.raises(InvalidRecordError):
        writer.put_grants([sheet])


@pytest.mark.parametrize(
    "message",
    [
        grant(members("g"), resource_id("user", "")),
        grant(members("g"), resource_id("", "ada")),
        grant(members("g"), resource_id("user", "ada"), id=""),
        grant(v2.Entitlement(), resource_id("user", "ada")),
    ],
)
def test_a_grant_without_an_identity_is_refused(tmp_path: Path, message: v2.Grant) -> None:
    with C1zWriter(tmp_path / "s.c1z") as writer, pytest.raises(InvalidRecordError):
        writer.put_grants([message])


@pytest.mark.parametrize("blank", [v2.GrantExpandable(), v2.GrantExpandable(entitlement_ids=[" "])])
def test_an_expansion_that_names_no_entitlement_is_dropped(
    tmp_path: Path, blank: v2.GrantExpandable
) -> None:
    path = tmp_path / "s.c1z"
    with C1zWriter(path) as writer:
        message = grant(members("g"), resource_id("group", "h"), annotations=[pack(blank)])
        writer.put_grants([message, GrantSheet(members("g"), "group", ["i"], expandable=blank)])
        assert not writer.has_expandable_grants
        writer.seal()
    assert len(message.annotations) == 1, "the caller's message is left alone"
    with C1zReader(path) as reader:
        assert [len(found.annotations) for found in reader.grants()] == [0, 0]


def test_an_expansion_among_the_annotations_of_a_sheet_is_one() -> None:
    note = pack(expandable("h"))
    (row,) = sheet_fields(GrantSheet(members("g"), "group", ["h"], (note,)))
    assert row == grant_fields(grant(members("g"), resource_id("group", "h"), annotations=[note]))
    assert row[6] == expandable("h").SerializeToString()


def test_a_million_rows_are_never_in_memory_at_once(tmp_path: Path) -> None:
    given_out = 0

    class Counting:
        """A sheet's principals, counted as they are asked for."""

        def __iter__(self):  # type: ignore[no-untyped-def]
            nonlocal given_out
            for number in range(1_000_000):
                given_out += 1
                if number == 20_000:
                    raise InterruptedError
                yield str(number)

    with C1zWriter(tmp_path / "s.c1z") as writer:
        with pytest.raises(InterruptedError):
            writer.put_grants([GrantSheet(members("g"), "user", Counting())])  # type: ignore[arg-type]
        written = writer._connection.execute("SELECT count(*) FROM v1_grants").fetchone()[0]
    assert given_out - written < 10_000
