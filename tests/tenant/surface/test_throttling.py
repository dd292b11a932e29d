"""Resource units, buckets, 429s and the ledger."""

import pytest

from ostiary.tenant.directory import Kind
from ostiary.tenant.directory.ids import stable_id
from ostiary.tenant.surface.limits.limiter import UNITS
from tests.tenant.surface.api import APP_ID, EVENTUAL, Answer, Api
from tests.tenant.surface.conftest import Serve
from tests.tenant.surface.tenant import TENANT_ID, many_users

FINANCE, PAYROLL = stable_id("Finance"), stable_id("Payroll")
MEMBERS = f"/groups/{FINANCE}/members"
TINY = 10 / 3500
"""A quota that leaves a small tenant ten resource units in ten seconds."""


@pytest.mark.parametrize(
    ("path", "units"),
    [
        ("/users", 2),
        ("/users?$select=id", 1),
        ("/users?$select=id&$expand=manager", 2),
        ("/users?$expand=manager", 3),
        ("/users?$top=5", 1),
        ("/users?$top=20", 2),
        ("/users?$select=id&$top=5", 1),
        ("/applications", 2),
        (MEMBERS, 3),
        (f"{MEMBERS}?$select=id", 2),
        (f"{MEMBERS}?$select=id&$top=5", 1),
        (f"/groups/{FINANCE}/transitiveMembers", 5),
        (f"/groups/{FINANCE}/owners", 1),
        ("/groups", 1),
        ("/groups/delta", 1),
        ("/servicePrincipals?$select=id&$expand=appRoleAssignedTo", 1),
        (f"/servicePrincipals/{PAYROLL}/appRoleAssignments", 2),
        (f"/servicePrincipals/{PAYROLL}/appRoleAssignedTo", 1),
        ("/subscribedSkus", 3),
        ("/roleManagement/directory/roleAssignments", 1),
        (f"/users/{stable_id('bob')}/licenseDetails", 2),
    ],
)
async def test_every_answer_says_what_it_cost(api: Api, path: str, units: int) -> None:
    answer = await api.get(path, headers=EVENTUAL)
    assert answer.status == 200
    assert answer.headers["x-ms-resource-unit"] == str(units)
    assert api.surface.ledger.resource_units == units


async def test_get_by_ids_is_cheaper_with_select(api: Api) -> None:
    body = {"ids": [FINANCE]}
    path = "/directoryObjects/getByIds"
    assert (await api.ask("POST", path, body)).headers["x-ms-resource-unit"] == "5"
    assert (await api.ask("POST", f"{path}?$select=id", body)).headers["x-ms-resource-unit"] == "2"


@pytest.mark.parametrize(("users", "units"), [(49, 3500), (50, 5000), (500, 5000), (501, 8000)])
async def test_budget_grows_with_the_tenant(serve: Serve, users: int, units: int) -> None:
    api = await serve(directory=many_users(users))
    assert api.surface.limiter._amount(UNITS) == units


async def exhausted(serve: Serve, **settings: float) -> tuple[Api, Answer]:
    api = await serve(quota=TINY, **settings)
    for _ in range(10):
        assert (await api.get("/groups")).status == 200
    return api, await api.get("/groups")


async def test_empty_bucket_is_429_with_a_fractional_wait(serve: Serve) -> None:
    api, refused = await exhausted(serve)
    assert refused.error[:2] == (429, "TooManyRequests")
    assert refused.headers["Retry-After"] == "1"
    assert refused.headers["x-ms-throttle-information"] == "ResourceUnitLimitExceeded"
    assert refused.headers["x-ms-throttle-scope"] == (
        f"Tenant_Application/ReadWrite/{APP_ID}/{TENANT_ID}"
    )
    api.directory.clock.advance(1.25)
    assert (await api.get("/groups")).status == 200
    refused = await api.get("/groups")
    assert (refused.status, refused.headers["Retry-After"]) == (429, "0.75")


async def test_bucket_refills_over_ten_seconds(serve: Serve) -> None:
    api, _ = await exhausted(serve)
    api.directory.clock.advance(10)
    statuses = [(await api.get("/groups")).status for _ in range(11)]
    assert statuses == [200] * 10 + [429]


async def test_usage_is_shown_above_four_fifths(serve: Serve) -> None:
    api = await serve(quota=TINY)
    shown = [
        (await api.get("/groups")).headers.get("x-ms-throttle-limit-percentage") for _ in range(10)
    ]
    assert shown == [None] * 8 + ["0.90", "1.00"]


async def test_request_before_retry_after_is_a_violation(serve: Serve) -> None:
    api, _ = await exhausted(serve)
    assert api.surface.ledger.violations == []
    assert (await api.get("/groups")).status == 429
    [violation] = api.surface.ledger.violations
    assert (violation.operation, violation.violation) == ("GET /groups", "ReadWrite")
    assert api.surface.ledger.throttled == 2


async def test_request_after_retry_after_is_none(serve: Serve) -> None:
    api, refused = await exhausted(serve)
    api.directory.clock.advance(float(refused.headers["Retry-After"]))
    assert (await api.get("/groups")).status == 200
    assert api.surface.ledger.violations == []


async def test_reports_have_a_bucket_of_their_own(serve: Serve) -> None:
    api = await serve()
    answers = [await api.get("/auditLogs/directoryAudits") for _ in range(6)]
    assert [answer.status for answer in answers] == [200] * 5 + [429]
    assert answers[-1].headers["Retry-After"] == "2"
    assert (await api.get("/users")).status == 200


async def test_sign_in_activity_is_ten_a_minute(api: Api) -> None:
    path = "/users?$select=id,signInActivity"
    statuses = [(await api.get(path)).status for _ in range(11)]
    assert statuses == [200] * 10 + [429]
    assert (await api.get("/users?$select=id")).status == 200


async def test_ledger_counts_by_operation_and_resets(api: Api) -> None:
    await api.get("/users?$select=id")
    await api.get("/users")
    await api.get(f"/groups/{stable_id('nobody')}")
    ledger = api.surface.ledger
    assert ledger.summary() == {
        "requests": 3,
        "httpRequests": 3,
        "resourceUnits": 4,
        "throttled": 0,
        "retryAfterViolations": 0,
        "operations": {
            "GET /groups/{id}": {
                "requests": 1,
                "resourceUnits": 1,
                "throttled": 0,
                "errors": 1,
            },
            "GET /users": {"requests": 2, "resourceUnits": 3, "throttled": 0, "errors": 0},
        },
    }
    assert [entry.path for entry in ledger.log][:2] == ["/users", "/users"]
    ledger.reset()
    assert ledger.requests == 0


async def test_members_bound_in_a_patch_count_a_third_of_a_write_each(serve: Serve) -> None:
    api = await serve(quota=7 / 3000)
    users = list(api.directory.objects[Kind.USER])[:3]
    new = [api.directory.create(Kind.USER, {"displayName": "x"}).id for _ in range(17)]
    links = [f"https://graph.microsoft.com/v1.0/directoryObjects/{each}" for each in new + users]
    group = api.directory.create(Kind.GROUP, {"displayName": "Big", "groupTypes": []}).id
    body = {"members@odata.bind": links}
    assert (await api.ask("PATCH", f"/groups/{group}", body)).status == 204
    refused = await api.ask("PATCH", f"/groups/{group}", {"displayName": "Bigger"})
    assert refused.status == 429
    assert refused.headers["x-ms-throttle-information"] == "WriteLimitExceeded"


async def test_writes_have_a_limit_of_their_own(api: Api) -> None:
    api.surface.limiter.quota = 2 / 3000
    path = f"/users/{stable_id('alice')}"
    api.directory.clock.advance(10)
    statuses = []
    for number in range(3):
        statuses.append((await api.ask("PATCH", path, {"department": str(number)})).status)
        api.directory.clock.advance(5)
    answer = await api.ask("PATCH", path, {"department": "last"})
    assert statuses == [204, 204, 429]
    assert answer.headers["x-ms-throttle-information"] == "WriteLimitExceeded"
    assert (await api.get("/groups")).status == 200
