"""Synchronization jobs: reading them, and provisioning one subject on demand."""

import json
from typing import Any

import pytest

from ostiary.tenant.directory.ids import stable_id
from tests.tenant.surface.api import Api

B, C, PAYROLL = stable_id("bob"), stable_id("carol"), stable_id("Payroll")
JOBS = f"/servicePrincipals/{PAYROLL}/synchronization/jobs"


@pytest.fixture
def job(api: Api) -> str:
    schema = {"synchronizationRules": [{"id": "rule"}]}
    api.directory.sync_jobs[PAYROLL] = [{"id": "scim.1", "templateId": "scim", "schema": schema}]
    return f"{JOBS}/scim.1"


async def provision(api: Api, job: str, user: str, rule: str = "rule") -> Any:
    subject = {"objectId": user, "objectTypeName": "User"}
    body = {"parameters": [{"ruleId": rule, "subjects": [subject]}]}
    return await api.ask("POST", f"{job}/provisionOnDemand", body)


async def test_schema_is_read_apart_from_the_job(api: Api, job: str) -> None:
    assert (await api.get(JOBS)).value == [{"id": "scim.1", "templateId": "scim"}]
    schema = (await api.get(f"{job}/schema")).body
    assert schema["synchronizationRules"] == [{"id": "rule"}]


@pytest.mark.parametrize(("user", "result"), [(B, "Success"), (C, "Skipped")])
async def test_who_has_a_role_of_the_app_is_provisioned(
    api: Api, job: str, user: str, result: str
) -> None:
    answer = await provision(api, job, user)
    assert answer.status == 200
    assert json.loads(answer.body["key"])["result"] == result
    assert json.loads(answer.body["value"])["provisioningSteps"]


async def test_unknown_job_and_rule_are_not_found(api: Api, job: str) -> None:
    assert (await provision(api, job, B, rule="other")).status == 404
    assert (await provision(api, f"{JOBS}/other", B)).status == 404


async def test_on_demand_is_five_in_ten_seconds(api: Api, job: str) -> None:
    statuses = [(await provision(api, job, B)).status for _ in range(6)]
    assert statuses == [200] * 5 + [429]
    assert (await api.ask("POST", f"{job}/start")).status == 204
