"""Whatever is asked, the answer is one Graph could give: never a crash of the simulator."""

from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ostiary.tenant.directory.ids import stable_id
from ostiary.tenant.surface.message import GraphRequest, GraphResponse
from ostiary.tenant.surface.pipeline import Pipeline
from ostiary.tenant.surface.writes.guards import USER_ADMINISTRATOR
from tests.tenant.surface.api import served
from tests.tenant.surface.tenant import E5, PAYROLL_ROLE, READERS, built, group

A, FINANCE, PAYROLL = stable_id("alice"), stable_id("Finance"), stable_id("Payroll")
ROLES = "/roleManagement/directory"
LINK = {"@odata.id": f"https://graph.microsoft.com/v1.0/directoryObjects/{stable_id('carol')}"}
USER = {
    "accountEnabled": True,
    "displayName": "Dave",
    "mailNickname": "dave",
    "userPrincipalName": "dave@contoso.test",
    "passwordProfile": {"password": "Correct-Horse-9"},
}
PIM = {
    "action": "adminAssign",
    "principalId": stable_id("bob"),
    "roleDefinitionId": READERS,
    "directoryScopeId": "/",
    "scheduleInfo": {"expiration": {"type": "afterDuration", "duration": "PT8H"}},
    "ticketInfo": {"ticketNumber": "1"},
}
LICENCES = {"addLicenses": [{"skuId": E5, "disabledPlans": []}], "removeLicenses": []}
SUBJECTS = [{"objectId": A, "objectTypeName": "User", "links": {"members": []}}]
WRITES: list[tuple[str, str, dict[str, Any]]] = [
    ("POST", "/users", USER),
    ("PATCH", f"/users/{A}", USER | {"otherMails": [], "onPremisesExtensionAttributes": {}}),
    ("PUT", f"/users/{A}/manager/$ref", LINK),
    ("POST", f"/users/{A}/assignLicense", LICENCES),
    ("POST", f"/groups/{FINANCE}/assignLicense", LICENCES),
    ("POST", "/groups", group("New") | {"members@odata.bind": [LINK["@odata.id"]]}),
    ("PATCH", f"/groups/{FINANCE}", group("New") | {"owners@odata.bind": []}),
    ("POST", f"/groups/{FINANCE}/members/$ref", LINK),
    (
        "POST",
        f"/servicePrincipals/{PAYROLL}/appRoleAssignedTo",
        {"principalId": A, "resourceId": PAYROLL, "appRoleId": PAYROLL_ROLE},
    ),
    ("POST", f"{ROLES}/roleAssignments", PIM),
    ("POST", f"{ROLES}/roleEligibilityScheduleRequests", PIM),
    ("POST", f"{ROLES}/roleAssignmentScheduleRequests", PIM),
    (
        "POST",
        f"/servicePrincipals/{PAYROLL}/synchronization/jobs/job/provisionOnDemand",
        {"parameters": [{"ruleId": "rule", "subjects": SUBJECTS}]},
    ),
    ("POST", "/directoryObjects/getByIds", {"ids": [A], "types": ["user"]}),
    ("POST", "/$batch", {"requests": [{"id": "1", "method": "GET", "url": "/users"}]}),
]
VALUES = [
    A,
    FINANCE,
    PAYROLL,
    E5,
    READERS,
    "/",
    "adminAssign",
    "adminRemove",
    "afterDuration",
    "PT8H",
    "User",
    "dave@contoso.test",
    "Correct-Horse-9",
    "Unified",
    "DynamicMembership",
    f"https://graph.microsoft.com/v1.0/directoryObjects/{A}",
    "/users?$top=1",
    "GET",
]
LEAVES = st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from(VALUES) | st.text()
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["type", "password", "skuId", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@st.composite
def spoiled(draw: st.DrawFn, valid: Any) -> Any:
    """The same, with some of it replaced by anything."""
    if draw(st.integers(0, 5)) == 0:
        return draw(ANYTHING)
    if isinstance(valid, dict):
        return {name: draw(spoiled(value)) for name, value in valid.items()}
    if isinstance(valid, list):
        return [draw(spoiled(value)) for value in valid]
    return valid


OPTIONS = st.dictionaries(
    st.sampled_from(
        [
            "$select",
            "$filter",
            "$expand",
            "$top",
            "$count",
            "$orderby",
            "$search",
            "$skiptoken",
            "$deltatoken",
        ]
    ),
    st.text("()/'\",:;$=. abdeginopqstuvy0123ACIMN-", max_size=30)
    | st.sampled_from(
        [
            "displayName eq 'x'",
            "assignedLicenses/any(x:x/skuId eq null)",
            "manager($select=id)",
            "id,displayName",
            "latest",
            "true",
            "not (accountEnabled ne true)",
            "createdDateTime ge 2025-01-01",
            "members/$count eq 0",
        ]
    ),
    max_size=4,
)
READS = [
    "/users",
    "/users/delta",
    "/groups",
    "/groups/delta",
    f"/groups/{FINANCE}/members",
    f"/groups/{FINANCE}",
    "/servicePrincipals",
    f"/servicePrincipals/{PAYROLL}/appRoleAssignedTo",
    f"{ROLES}/roleAssignments",
    "/subscribedSkus",
    "/auditLogs/directoryAudits",
    "/directoryObjects/delta",
    "/users/$count",
]


def surface() -> Pipeline:
    """With a licence to give, a job to run, and no limit to meet."""
    directory = built()
    directory.update(A, {"usageLocation": "DE"})
    job = {"id": "job", "schema": {"synchronizationRules": [{"id": "rule"}]}}
    directory.sync_jobs[PAYROLL] = [job]
    api = served(directory, quota=1e9)
    api.caller_roles = frozenset({USER_ADMINISTRATOR})
    return api.surface.pipeline


def asked(
    pipeline: Pipeline, method: str, path: str, query: str = "", body: Any = None
) -> GraphResponse:
    headers = {"authorization": "Bearer good", "consistencylevel": "eventual"}
    request = GraphRequest(
        method, "https://here", "v1.0", path, query, headers, msgspec.json.encode(body)
    )
    return pipeline.answer(request)


PIPELINE = surface()


@pytest.mark.parametrize(("method", "path", "valid"), WRITES)
@settings(max_examples=80, deadline=None, derandomize=True)
@given(data=st.data())
def test_any_body_is_taken_or_refused(
    method: str, path: str, valid: dict[str, Any], data: st.DataObject
) -> None:
    body = data.draw(spoiled(valid))
    response = asked(PIPELINE, method, path, body=body)
    assert response.status < 500, (response.status, body)


@pytest.mark.parametrize(("method", "path", "valid"), WRITES)
def test_body_that_is_spoiled_above_is_good_as_it_stands(
    method: str, path: str, valid: dict[str, Any]
) -> None:
    assert asked(surface(), method, path, body=valid).status < 300


@pytest.mark.parametrize("path", READS)
@settings(max_examples=50, deadline=None, derandomize=True)
@given(options=OPTIONS)
def test_any_query_is_answered_or_refused(path: str, options: dict[str, str]) -> None:
    PIPELINE.backend.clock.advance(60)
    response = asked(PIPELINE, "GET", path, urlencode(options))
    assert response.status in (200, 400, 403, 404, 501), (response.status, options)
