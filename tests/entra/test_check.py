"""`check` against a tenant names the exact cause, and what still works."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest

from ostiary.connector.cli import run
from ostiary.entra.definition import DEFINITION
from ostiary.tenant.server import SimulatedTenant
from ostiary.tenant.stories import story


@pytest.fixture(scope="module")
def tenant() -> Iterator[SimulatedTenant]:
    with SimulatedTenant(story("small")) as tenant:
        yield tenant


def checked(tenant: SimulatedTenant, **changed: str) -> dict[str, Any]:
    variables = tenant.environment | changed
    out, err = io.StringIO(), io.StringIO()
    with patch.dict(os.environ, variables), redirect_stdout(out), redirect_stderr(err):
        code = run(DEFINITION, ["check", "--json"])
    told: dict[str, Any] = json.loads(out.getvalue())
    assert (code == 0) == (told["status"] == "OK")
    return told


def causes(told: dict[str, Any]) -> list[str]:
    return [each["cause"] for each in told["findings"] if each["severity"] == "error"]


def working(told: dict[str, Any]) -> set[str]:
    return {each["feature"] for each in told["findings"] if each["severity"] == "ok"}


def test_what_can_be_read_is_named(tenant: SimulatedTenant) -> None:
    told = checked(tenant)
    assert told["status"] == "OK"
    assert working(told) >= {"Accounts", "Groups", "Enterprise applications", "Directory roles"}


def test_each_mistake_has_its_own_cause(tenant: SimulatedTenant) -> None:
    nowhere = "00000000-0000-4000-8000-000000000000"
    secret = tenant.registration.secrets[0]
    mistakes = {
        "secret_unknown": {"BATON_ENTRA_CLIENT_SECRET": "nonsense~of~a~secret~0123456789"},
        "secret_id_given": {"BATON_ENTRA_CLIENT_SECRET": secret.id},
        "app_unknown": {"BATON_ENTRA_CLIENT_ID": nowhere},
        "tenant_unknown": {"BATON_ENTRA_TENANT_ID": nowhere},
    }
    for cause, changed in mistakes.items():
        assert causes(checked(tenant, **changed)) == [cause]


def test_an_expired_secret_is_told_from_a_wrong_one(tenant: SimulatedTenant) -> None:
    secret = tenant.registration.secrets[0]
    ends = secret.expires
    secret.expires = tenant.clock.now() - timedelta(days=1)
    try:
        assert causes(checked(tenant)) == ["secret_expired"]
    finally:
        secret.expires = ends


def test_missing_permissions_are_named_by_feature_beside_what_still_works(
    tenant: SimulatedTenant,
) -> None:
    granted = set(tenant.registration.roles)
    tenant.registration.roles.clear()
    try:
        nothing = checked(tenant)
        tenant.registration.roles.update({"User.Read.All", "GroupMember.Read.All"})
        little = checked(tenant)
    finally:
        tenant.registration.roles.update(granted)
    assert causes(nothing) == ["consent_missing"]
    [finding] = [each for each in nothing["findings"] if each["severity"] == "error"]
    needed = {each["feature"]: each["permission"] for each in finding["missing"]}
    assert needed["Accounts"] == "User.Read.All"
    assert needed["Directory roles"] == "RoleManagement.Read.Directory"
    assert set(causes(little)) == {"permission_missing"}
    assert working(little) == {"Accounts", "Groups"}
