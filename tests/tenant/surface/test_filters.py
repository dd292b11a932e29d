"""$filter, $search and $orderby, and which of them need ConsistencyLevel."""

from urllib.parse import quote

import pytest

from ostiary.tenant.directory.ids import stable_id
from tests.tenant.surface.api import EVENTUAL, Api

A, B, C = (stable_id(name) for name in ("alice", "bob", "carol"))


async def found(api: Api, text: str, *, advanced: bool = False) -> list[str]:
    count = "&$count=true" if advanced else ""
    answer = await api.get(
        f"/users?$select=id&$filter={quote(text)}{count}", headers=EVENTUAL if advanced else None
    )
    return answer.ids


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("displayName eq 'ALICE'", [A]),
        ("userPrincipalName eq 'Bob@contoso.test'", [B]),
        ("userPrincipalName eq 'nobody@contoso.test'", []),
        ("startswith(userPrincipalName,'b')", [B]),
        ("startswith(displayName,'a') or displayName eq 'Carol'", [A, C]),
        ("accountEnabled eq true and startsWith(displayName,'c')", [C]),
        (f"id in ('{A}','{C}')", [A, C]),
        ("createdDateTime ge 2025-01-01T00:00:00Z", [A, B, C]),
        ("createdDateTime le 2024-12-31", []),
        ("jobTitle eq null", [A, B, C]),
        ("assignedLicenses/any(x:x/skuId eq 06ebc4ee-1bb5-47dd-8120-11324bc54e06)", [B]),
        ("(displayName eq 'Alice' or displayName eq 'Bob') and userType eq 'Guest'", []),
    ],
)
async def test_filters_that_need_no_header(api: Api, text: str, expected: list[str]) -> None:
    assert await found(api, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("displayName ne 'Alice'", [B, C]),
        ("not startswith(displayName,'a')", [B, C]),
        ("endswith(userPrincipalName,'ol@contoso.test')", [C]),
        ("assignedLicenses/$count eq 0", [A, C]),
    ],
)
async def test_advanced_filters_work_with_header_and_count_only(
    api: Api, text: str, expected: list[str]
) -> None:
    assert await found(api, text, advanced=True) == expected
    refused = await api.get(f"/users?$filter={quote(text)}", headers=EVENTUAL)
    assert refused.error[:2] == (400, "Request_UnsupportedQuery")
    assert "ConsistencyLevel: eventual" in refused.error[2]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("shoeSize eq 'x'", "Could not find a property named 'shoeSize'"),
        ("displayName eq", "Syntax error"),
        ("displayName eq 'x", "Syntax error"),
        ("displayName like 'x'", "'like' is not an operator"),
        ("accountEnabled eq 'true'", "incompatible types"),
    ],
)
async def test_filters_that_do_not_parse_are_refused(api: Api, text: str, message: str) -> None:
    answer = await api.get(f"/users?$filter={quote(text)}")
    assert answer.error[:2] == (400, "BadRequest")
    assert message in answer.error[2]


async def test_collection_property_needs_a_lambda(api: Api) -> None:
    answer = await api.get(f"/users?$filter={quote('proxyAddresses eq null')}")
    assert answer.error[:2] == (400, "Request_UnsupportedQuery")


async def test_more_than_fifteen_alternatives_are_refused(api: Api) -> None:
    text = " or ".join(f"displayName eq 'n{number}'" for number in range(16))
    answer = await api.get(f"/users?$filter={quote(text)}")
    assert "OR' operators: 16. Max allowed: 15." in answer.error[2]


async def test_search_needs_the_header(api: Api) -> None:
    query = f"/users?$search={quote(chr(34) + 'displayName:lic' + chr(34))}"
    assert (await api.get(query, headers=EVENTUAL)).ids == [A]
    assert "special request header: 'ConsistencyLevel: eventual'" in (await api.get(query)).error[2]


async def test_orderby_sorts_and_with_a_filter_needs_the_header(api: Api) -> None:
    assert (await api.get("/users?$orderby=displayName desc".replace(" ", "%20"))).ids == [C, B, A]
    both = f"/users?$orderby=displayName&$filter={quote('accountEnabled eq true')}"
    assert (await api.get(both)).error[1] == "Request_UnsupportedQuery"
    assert (await api.get(f"{both}&$count=true", headers=EVENTUAL)).ids == [A, B, C]


async def test_app_role_assignments_filter_by_unquoted_principal_id(api: Api) -> None:
    path = f"/servicePrincipals/{stable_id('Payroll')}/appRoleAssignedTo"
    [row] = (await api.get(f"{path}?$filter={quote(f'principalId eq {B}')}")).value
    assert row["principalId"] == B
    assert (await api.get(f"{path}?$filter={quote(f'principalId eq {A}')}")).value == []
    refused = await api.get(f"{path}?$filter={quote(f'principalId eq {chr(39)}{B}{chr(39)}')}")
    assert "'Edm.Guid' and 'Edm.String'" in refused.error[2]
