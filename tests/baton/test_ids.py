from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ostiary.baton.ids import (
    EntitlementBid,
    GrantBid,
    ResourceBid,
    entitlement_id,
    grant_id,
    ksuid_time,
    new_ksuid,
    parse_bid,
)

names = st.text(min_size=1, max_size=12)
resources = st.builds(ResourceBid, names, names) | st.builds(
    ResourceBid, names, names, names, names
)
entitlements = st.builds(EntitlementBid, resources, names)
grants = st.builds(GrantBid, entitlements, resources)


def test_ids_are_joined_raw_even_when_a_part_has_colons() -> None:
    held = entitlement_id("directory_role", "r1", "assigned:administrativeUnits/a:b")
    assert held == "directory_role:r1:assigned:administrativeUnits/a:b"
    assert grant_id(held, "user", "u1") == f"{held}:user:u1"


@given(resources | entitlements | grants)
def test_a_bid_survives_formatting_and_parsing(
    bid: ResourceBid | EntitlementBid | GrantBid,
) -> None:
    assert parse_bid(str(bid)) == bid


def test_bids_escape_backslash_slash_and_colon() -> None:
    assert str(ResourceBid("a/b", "c:d\\")) == "bid:r:a\\/b/c\\:d\\\\"
    bid = GrantBid(EntitlementBid(ResourceBid("group", "g"), "members"), ResourceBid("user", "u"))
    assert str(bid) == "bid:g:group/g:members:user/u"
    assert str(ResourceBid("repo", "r", "org", "o")) == "bid:r:org/o/repo/r"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "bid:",
        "bid:x:user/u",
        "bid:r:user",
        "bid:r:user/",
        "bid:r:/u",
        "bid:r:a/b/c",
        "bid:r:a/b/c/d/e",
        "bid:r:user/u:slug",
        "bid:e:user/u",
        "bid:e:user/u:a/b",
        "bid:g:group/g:members",
        "bid:r:user/u\\",
        "bid:r:user/\\u",
        "user/u",
    ],
)
def test_malformed_bids_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"Baton id|slash|names|backslash"):
        parse_bid(text)


def test_an_empty_component_cannot_be_formatted() -> None:
    with pytest.raises(ValueError, match="empty"):
        str(ResourceBid("user", ""))


def test_the_smallest_and_largest_ksuids_are_those_of_the_specification() -> None:
    smallest = new_ksuid(lambda: 1_400_000_000, lambda n: bytes(n))
    largest = new_ksuid(lambda: 1_400_000_000 + 0xFFFF_FFFF, lambda n: b"\xff" * n)
    assert smallest == "0" * 27
    assert largest == "aWgEPTl1tmebfsQzFP4bxwgy80V"


def test_a_ksuid_tells_when_it_was_made() -> None:
    # The sync of tests/baton/golden/demo.c1z, which the Go SDK began at this second.
    assert ksuid_time("3MQfv8vfHYROIf7KzhV2i4jCU6y") == datetime(
        2026, 11, 21, 19, 5, 39, tzinfo=UTC
    )


@given(st.integers(0, 0xFFFF_FFFF), st.binary(min_size=16, max_size=16))
def test_ksuids_sort_by_time(seconds: int, entropy: bytes) -> None:
    ksuid = new_ksuid(lambda: 1_400_000_000 + seconds, lambda n: entropy)
    assert len(ksuid) == 27
    assert ksuid_time(ksuid).timestamp() == 1_400_000_000 + seconds
    if seconds < 0xFFFF_FFFF:
        assert ksuid < new_ksuid(lambda: 1_400_000_001 + seconds, lambda n: bytes(n))


@pytest.mark.parametrize("text", ["", "0" * 26, "0" * 28, "0" * 26 + "-", "z" * 27])
def test_malformed_ksuids_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a KSUID"):
        ksuid_time(text)
