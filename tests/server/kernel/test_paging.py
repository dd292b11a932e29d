from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ostiary.server.kernel.errors import AppError, Code
from ostiary.server.kernel.paging import Listing, PagedRequest, Paging, clamp
from ostiary.server.kernel.secrets import Keyring, new_key

KEYRING = Keyring([new_key()])
APPS = Listing(KEYRING, "apps", {"query": "mail"})


def name_of(row: str) -> Sequence[str]:
    return [row]


@pytest.mark.parametrize(
    ("asked", "given_"), [(0, 25), (1, 10), (-5, 10), (10, 10), (60, 60), (100, 100), (9999, 100)]
)
def test_page_sizes_are_clamped(asked: int, given_: int) -> None:
    assert clamp(asked) == given_


def test_the_last_page_has_no_token() -> None:
    assert APPS.page(["a", "b"], 2, name_of).next_page_token == ""


def test_a_token_leads_behind_the_last_row_of_its_page() -> None:
    page = APPS.page(["a", "b", "c"], 2, name_of)
    assert page.rows == ["a", "b"]
    assert APPS.after(Paging(token=page.next_page_token)) == ["b"]
    assert APPS.after(Paging()) is None


@pytest.mark.parametrize(
    "other",
    [
        Listing(KEYRING, "apps", {"query": "chat"}),
        Listing(KEYRING, "users", {"query": "mail"}),
        Listing(Keyring([new_key()]), "apps", {"query": "mail"}),
    ],
)
def test_a_token_opens_no_other_listing(other: Listing) -> None:
    token = other.page(["a", "b", "c"], 2, name_of).next_page_token
    with pytest.raises(AppError) as refusal:
        APPS.after(Paging(token=token))
    assert refusal.value.code is Code.INVALID_ARGUMENT


@given(st.text(min_size=1))
def test_an_invented_token_is_refused(token: str) -> None:
    with pytest.raises(AppError, match="pageToken"):
        APPS.after(Paging(token=token))


def test_a_token_survives_a_change_of_keys() -> None:
    token = APPS.page(["a", "b", "c"], 2, name_of).next_page_token
    later = Listing(Keyring([new_key(), *KEYRING.keys]), "apps", {"query": "mail"})
    assert later.after(Paging(token=token)) == ["b"]


def test_size_and_token_are_no_filters() -> None:
    class Search(PagedRequest):
        query: str = ""

    first = Search.model_validate({"query": "mail", "pageSize": 10})
    second = Search.model_validate({"query": "mail", "page_size": 50, "pageToken": "x"})
    assert first.filters == second.filters == {"query": "mail"}
