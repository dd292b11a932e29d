"""Collections: default properties, $select, paging and their refusals."""

import pytest

from ostiary.tenant.directory.ids import stable_id
from tests.tenant.surface.api import EVENTUAL, Api
from tests.tenant.surface.conftest import Serve
from tests.tenant.surface.tenant import many_users

ELEVEN = {
    "businessPhones",
    "displayName",
    "givenName",
    "id",
    "jobTitle",
    "mail",
    "mobilePhone",
    "officeLocation",
    "preferredLanguage",
    "surname",
    "userPrincipalName",
}


async def test_users_show_eleven_properties_unasked(api: Api) -> None:
    [alice, *_] = (await api.get("/users")).value
    assert set(alice) == ELEVEN
    assert alice["businessPhones"] == []
    assert alice["jobTitle"] is None


async def test_select_shows_what_was_asked_for_and_the_id(api: Api) -> None:
    answer = await api.get("/users?$select=userType,DISPLAYNAME&$top=1")
    assert answer.value == [
        {"id": stable_id("alice"), "userType": "Member", "displayName": "Alice"}
    ]
    assert answer.body["@odata.context"].endswith("/v1.0/$metadata#users(userType,displayName)")


async def test_unknown_property_in_select_is_refused(api: Api) -> None:
    assert (await api.get("/users?$select=id,shoeSize")).error == (
        400,
        "BadRequest",
        "Parsing OData Select and Expand failed: Could not find a property named 'shoeSize' on "
        "type 'microsoft.graph.user'.",
    )


async def test_properties_kept_elsewhere_are_not_implemented_on_a_collection(api: Api) -> None:
    assert (await api.get("/users?$select=id,skills")).error[:2] == (501, "NotImplemented")


async def test_every_user_comes_once_over_pages_of_a_hundred(serve: Serve) -> None:
    api = await serve(directory=many_users(250))
    pages = await api.pages("/users?$select=id")
    assert [len(page.value) for page in pages] == [100, 100, 50]
    assert sorted(each for page in pages for each in page.ids) == sorted(
        stable_id(f"user{number:04}") for number in range(250)
    )


async def test_next_link_keeps_the_query_and_may_be_used_twice(serve: Serve) -> None:
    api = await serve(directory=many_users(3))
    first = await api.get("/users?$select=id&$top=1")
    assert first.next is not None
    assert "/v1.0/users?$select=id&$top=1&$skiptoken=" in first.next
    assert (await api.get(first.next)).value == (await api.get(first.next)).value
    assert (await api.get(first.next)).ids == [stable_id("user0001")]


@pytest.mark.parametrize("top", ["0", "1000", "-1", "many"])
async def test_page_sizes_outside_1_to_999_are_refused(api: Api, top: str) -> None:
    assert (await api.get(f"/users?$top={top}")).error == (
        400,
        "Request_UnsupportedQuery",
        f"Invalid page size specified: '{top}'. Must be between 1 and 999 inclusive.",
    )


async def test_999_users_fit_one_page(serve: Serve) -> None:
    api = await serve(directory=many_users(1000))
    assert [len(page.value) for page in await api.pages("/users?$top=999")] == [999, 1]


@pytest.mark.parametrize("path", ["/subscribedSkus", "/directoryRoles"])
async def test_some_collections_refuse_any_page_size(api: Api, path: str) -> None:
    assert (await api.get(f"{path}?$top=5")).error == (
        400,
        "Request_UnsupportedQuery",
        "This resource does not support custom page sizes. Please retry without a page size "
        "argument.",
    )


async def test_directory_role_members_refuse_any_page_size(api: Api) -> None:
    [role] = (await api.get("/directoryRoles")).ids
    answer = await api.get(f"/directoryRoles/{role}/members?$top=5")
    assert answer.error[1] == "Request_UnsupportedQuery"
    assert (await api.get(f"/directoryRoles/{role}/members")).ids == [stable_id("carol")]


async def test_page_token_expires(serve: Serve) -> None:
    api = await serve(directory=many_users(3))
    first = await api.get("/users?$top=1")
    api.directory.clock.advance(601)
    assert (await api.get(first.next)).error == (
        400,
        "Directory_ExpiredPageToken",
        "The specified page token value has expired and can no longer be included in your request.",
    )


async def test_made_up_page_token_is_refused(api: Api) -> None:
    assert (await api.get("/users?$skiptoken=100")).error[:2] == (400, "Request_BadRequest")


async def test_user_deleted_between_two_pages_is_left_out(serve: Serve) -> None:
    api = await serve(directory=many_users(3))
    first = await api.get("/users?$top=1")
    api.directory.soft_delete(stable_id("user0001"))
    rest = await api.pages(first.next)
    assert [each for page in rest for each in page.ids] == [stable_id("user0002")]


async def test_count_comes_on_the_first_page_only(serve: Serve) -> None:
    api = await serve(directory=many_users(3))
    pages = await api.pages("/users?$count=true&$top=2", headers=EVENTUAL)
    assert [page.body.get("@odata.count") for page in pages] == [3, None]


async def test_next_page_of_an_advanced_query_needs_the_header_again(serve: Serve) -> None:
    api = await serve(directory=many_users(3))
    first = await api.get("/users?$count=true&$top=2", headers=EVENTUAL)
    assert (await api.get(first.next)).error[1] == "Request_UnsupportedQuery"


async def test_raw_count_is_plain_text(api: Api) -> None:
    answer = await api.get("/users/$count", headers=EVENTUAL)
    assert (answer.status, answer.body) == (200, "3")


async def test_raw_count_without_the_header_is_refused(api: Api) -> None:
    assert (
        "'ConsistencyLevel:eventual' header is missing" in (await api.get("/users/$count")).error[2]
    )


async def test_unknown_path_is_refused(api: Api) -> None:
    assert (await api.get("/persons")).error == (
        400,
        "BadRequest",
        "Resource not found for the segment 'persons'.",
    )


async def test_missing_token_is_401(api: Api) -> None:
    answer = await api.get("/users", token=None)
    assert answer.error == (401, "InvalidAuthenticationToken", "Access token is empty.")


async def test_expired_token_is_401_and_says_so(api: Api) -> None:
    assert (await api.get("/users", token="old")).error == (
        401,
        "InvalidAuthenticationToken",
        "Lifetime validation failed, the token is expired.",
    )


async def test_errors_carry_the_clients_own_request_id(api: Api) -> None:
    answer = await api.get("/persons", headers={"client-request-id": "mine"})
    assert answer.headers["client-request-id"] == "mine"
    inner = answer.body["error"]["innerError"]
    assert inner["client-request-id"] == "mine"
    assert inner["request-id"] == answer.headers["request-id"]
    assert inner["date"] == "2026-11-01T09:00:00"
