"""The tenant image merges what Graph says, and is thrown away rather than trusted wrongly."""

from pathlib import Path

import pytest

from ostiary.entra.image import Assignment, Identity, Image, Kind, Relation
from ostiary.entra.records import User

MINE = Identity("tenant", "graph.microsoft.com", "client")


def test_a_change_keeps_what_it_does_not_name_and_clears_what_is_null() -> None:
    image = Image.in_memory()
    image.objects.patch(Kind.USER, [("u", '{"id":"u","displayName":"Bob","jobTitle":"Clerk"}')])
    image.objects.patch(Kind.USER, [("u", '{"id":"u","displayName":"Robert"}')])
    image.objects.patch(Kind.USER, [("u", '{"id":"u","jobTitle":null}')])
    user = image.objects.get("u", User)
    assert user is not None
    assert (user.displayName, user.jobTitle) == ("Robert", None)


def test_a_removed_object_is_gone_and_its_links_wait_for_its_return() -> None:
    image = Image.in_memory()
    image.objects.patch(Kind.GROUP, [("g", '{"id":"g"}')])
    image.objects.patch(Kind.USER, [("u", '{"id":"u"}')])
    group = image.objects.intern("g", Kind.GROUP)
    member = image.objects.intern("u", Kind.USER)
    image.links.apply({(group, Relation.MEMBER, member): True})
    image.objects.remove(["u"])
    assert list(image.links.targets(group, Relation.MEMBER)) == [("u", Kind.USER, False)]
    image.objects.patch(Kind.USER, [("u", '{"id":"u"}')])
    assert list(image.links.targets(group, Relation.MEMBER)) == [("u", Kind.USER, True)]


def test_an_object_first_seen_as_the_end_of_a_link_learns_its_kind() -> None:
    image = Image.in_memory()
    image.objects.intern("x", Kind.OTHER)
    assert image.objects.kind_of("x") is None
    image.objects.patch(Kind.USER, [("x", '{"id":"x"}')])
    assert image.objects.kind_of("x") is Kind.USER


def test_a_finished_listing_removes_what_it_did_not_show() -> None:
    image = Image.in_memory()
    first, second = image.next_generation(), image.next_generation()
    image.objects.replace(Kind.SERVICE_PRINCIPAL, [("a", "{}"), ("b", "{}")], seen=first)
    image.objects.replace(Kind.SERVICE_PRINCIPAL, [("b", "{}")], seen=second)
    assert image.objects.remove_unseen(Kind.SERVICE_PRINCIPAL, seen=second) == ["a"]
    assert image.objects.ids(Kind.SERVICE_PRINCIPAL) == ["b"]


def test_a_failed_page_leaves_no_trace() -> None:
    image = Image.in_memory()

    def broken_page() -> None:
        with image.transaction():
            image.objects.intern("u", Kind.USER)
            image.cursors.advance("users", "q", "next", None)
            raise ValueError("a broken page")

    with pytest.raises(ValueError, match="a broken page"):
        broken_page()
    assert image.cursors.get("users", "q").resume is None
    assert image.objects.intern("u", Kind.USER) == image.objects.intern("u", Kind.USER)
    image.objects.patch(Kind.USER, [("u", '{"id":"u"}')])
    assert image.objects.kind_of("u") is Kind.USER


def test_a_cursor_serves_only_the_query_it_was_saved_under() -> None:
    image = Image.in_memory()
    image.cursors.advance("users", "with one property", None, "delta")
    assert image.cursors.get("users", "with one property").resume == "delta"
    assert image.cursors.get("users", "with two").resume is None


def test_going_back_from_a_round_under_way_leads_to_the_last_finished_one() -> None:
    image = Image.in_memory()
    image.cursors.advance("users", "q", None, "finished")
    image.cursors.advance("users", "q", "under way", None)
    assert image.cursors.get("users", "q").resume == "under way"
    image.cursors.rewind("users")
    assert image.cursors.get("users", "q").resume == "finished"


def test_an_assignment_told_twice_is_one() -> None:
    image = Image.in_memory()
    image.assignments.add([Assignment("1", "app", "user", "role")] * 2)
    assert image.assignments.of("app") == [Assignment("1", "app", "user", "role")]
    image.assignments.remove(["1", "unknown"])
    assert image.assignments.resources() == set()


@pytest.mark.parametrize("position", range(3))
def test_an_image_of_another_tenant_host_or_application_is_not_used(
    position: int, tmp_path: Path
) -> None:
    path = tmp_path / "image.sqlite"
    image = Image.open(path, MINE)
    image.remember("mark", "1")
    image.close()
    other = Identity(*("other" if i == position else part for i, part in enumerate(MINE)))
    image = Image.open(path, other)
    assert "another" in image.discarded
    assert image.remembered("mark") is None
    image.close()


def test_the_same_image_is_used_again(tmp_path: Path) -> None:
    path = tmp_path / "image.sqlite"
    image = Image.open(path, MINE)
    image.remember("mark", "1")
    image.close()
    image = Image.open(path, Identity("TENANT", "graph.microsoft.com", "Client"))
    assert (image.discarded, image.remembered("mark")) == ("", "1")
    image.close()


def test_a_damaged_image_is_replaced_and_said_to_be(tmp_path: Path) -> None:
    path = tmp_path / "image.sqlite"
    path.write_bytes(b"not a database")
    image = Image.open(path, MINE)
    assert image.discarded
    assert image.objects.count(Kind.USER) == 0
    image.close()


def test_an_image_that_an_early_kill_left_empty_is_simply_new(tmp_path: Path) -> None:
    path = tmp_path / "image.sqlite"
    path.write_bytes(b"")
    image = Image.open(path, MINE)
    assert not image.discarded
    assert image.objects.count(Kind.USER) == 0
    image.close()


def test_only_its_owner_can_read_it(tmp_path: Path) -> None:
    path = tmp_path / "image.sqlite"
    Image.open(path, MINE).close()
    assert path.stat().st_mode & 0o077 == 0
