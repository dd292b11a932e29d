from __future__ import annotations

from collections.abc import Iterator

import pytest
from azure.identity import ClientSecretCredential

from ostiary.tenant.directory.directory import Directory
from ostiary.tenant.server import SimulatedTenant

TENANT_ID = "8f5d6c1e-0b1a-4a55-9d0f-7f3c1d2e4b6a"


@pytest.fixture
def tenant() -> Iterator[SimulatedTenant]:
    directory = Directory({"id": TENANT_ID, "displayName": "Contoso"})
    with SimulatedTenant(directory) as running:
        yield running


def test_client_secret_credential_signs_in_unmodified(tenant: SimulatedTenant) -> None:
    credential = ClientSecretCredential(
        tenant.tenant_id,
        tenant.client_id,
        tenant.client_secret,
        authority=f"https://{tenant.login_domain}",
        disable_instance_discovery=True,
        connection_verify=str(tenant.ca_file),
    )
    with credential:
        token = credential.get_token("https://graph.microsoft.com/.default")
    assert token.token.count(".") == 2
