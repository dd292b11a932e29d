"""Microsoft's own client libraries against the simulator, unmodified."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msal  # type: ignore[import-untyped]
import pytest
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import (
    CertificateCredential,
    ClientAssertionCredential,
    ClientSecretCredential,
    ManagedIdentityCredential,
)
from azure.identity.aio import CertificateCredential as AsyncCertificateCredential
from azure.identity.aio import ClientSecretCredential as AsyncClientSecretCredential
from joserfc import jwt

from ostiary.tenant.login.registrations import FEDERATION_AUDIENCE, FederatedCredential
from ostiary.tenant.server import SimulatedTenant
from tests.tenant.login.conftest import GRAPH_SCOPE, make_directory
from tests.tenant.login.test_assertions import ISSUER, SUBJECT, Certified


@pytest.fixture(scope="module")
def certified() -> Certified:
    return Certified()


@pytest.fixture(scope="module")
def tenant(certified: Certified) -> Iterator[SimulatedTenant]:
    with SimulatedTenant(make_directory(), managed_identity=True) as running:
        running.registration.certificates = [certified.certificate]
        running.registration.federated = [FederatedCredential(ISSUER, SUBJECT)]
        running.registrations.issuers[ISSUER] = [certified.key]
        yield running


def options(tenant: SimulatedTenant) -> dict[str, object]:
    return {
        "authority": tenant.url,
        "disable_instance_discovery": True,
        "connection_verify": str(tenant.ca_file),
    }


def is_accepted(tenant: SimulatedTenant, token: str) -> bool:
    return tenant.authorize(token).app_id == tenant.client_id


def test_a_client_secret_signs_in(tenant: SimulatedTenant) -> None:
    scope = f"https://{tenant.graph_domain}/.default"
    with ClientSecretCredential(
        tenant.tenant_id, tenant.client_id, tenant.client_secret, **options(tenant)
    ) as credential:
        token = credential.get_token(scope)
    assert is_accepted(tenant, token.token)


async def test_a_client_secret_signs_in_asynchronously(tenant: SimulatedTenant) -> None:
    async with AsyncClientSecretCredential(
        tenant.tenant_id, tenant.client_id, tenant.client_secret, **options(tenant)
    ) as credential:
        token = await credential.get_token(GRAPH_SCOPE)
    assert is_accepted(tenant, token.token)


@pytest.mark.parametrize("send_chain", [False, True])
def test_a_certificate_signs_in(
    tenant: SimulatedTenant, certified: Certified, tmp_path: Path, send_chain: bool
) -> None:
    pem = tmp_path / "connector.pem"
    pem.write_bytes(certified.pem)
    with CertificateCredential(
        tenant.tenant_id,
        tenant.client_id,
        str(pem),
        send_certificate_chain=send_chain,
        **options(tenant),
    ) as credential:
        token = credential.get_token(GRAPH_SCOPE)
    assert is_accepted(tenant, token.token)


async def test_a_certificate_signs_in_asynchronously(
    tenant: SimulatedTenant, certified: Certified, tmp_path: Path
) -> None:
    """This credential pads its assertion's base64, which Entra lets pass."""
    pem = tmp_path / "connector.pem"
    pem.write_bytes(certified.pem)
    async with AsyncCertificateCredential(
        tenant.tenant_id, tenant.client_id, str(pem), **options(tenant)
    ) as credential:
        token = await credential.get_token(GRAPH_SCOPE)
    assert is_accepted(tenant, token.token)


def test_a_token_of_another_issuer_signs_in(tenant: SimulatedTenant, certified: Certified) -> None:
    def workload_token() -> str:
        claims = {
            "iss": ISSUER,
            "sub": SUBJECT,
            "aud": FEDERATION_AUDIENCE,
            "exp": int(datetime.now(UTC).timestamp()) + 300,
        }
        return jwt.encode({"alg": "RS256"}, claims, certified.key)

    with ClientAssertionCredential(
        tenant.tenant_id, tenant.client_id, workload_token, **options(tenant)
    ) as credential:
        token = credential.get_token(GRAPH_SCOPE)
    assert is_accepted(tenant, token.token)


def test_msal_signs_in_with_its_own_certificate_headers(
    tenant: SimulatedTenant, certified: Certified, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tenant.ca_file))
    key, separator, certificate = certified.pem.partition(b"-----BEGIN CERTIFICATE")
    client = msal.ConfidentialClientApplication(
        tenant.client_id,
        authority=f"{tenant.url}/{tenant.tenant_id}",
        client_credential={
            "private_key": key.decode(),
            "public_certificate": (separator + certificate).decode(),
        },
        instance_discovery=False,
    )
    answer = client.acquire_token_for_client([GRAPH_SCOPE])
    assert is_accepted(tenant, answer["access_token"])


def test_a_managed_identity_of_app_service_signs_in(
    tenant: SimulatedTenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in tenant.identity_environment.items():
        monkeypatch.setenv(name, value)
    with ManagedIdentityCredential() as credential:
        token = credential.get_token(GRAPH_SCOPE)
    assert is_accepted(tenant, token.token)


def test_a_managed_identity_of_a_virtual_machine_signs_in(
    tenant: SimulatedTenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", tenant.imds_authority)
    with ManagedIdentityCredential(client_id=tenant.client_id) as credential:
        token = credential.get_token(GRAPH_SCOPE)
    assert is_accepted(tenant, token.token)


def test_the_library_reports_the_simulators_refusal(tenant: SimulatedTenant) -> None:
    secret_id = tenant.registration.secrets[0].id
    with (
        ClientSecretCredential(
            tenant.tenant_id, tenant.client_id, secret_id, **options(tenant)
        ) as credential,
        pytest.raises(ClientAuthenticationError, match=r"AADSTS7000215.*not the client secret ID"),
    ):
        credential.get_token(GRAPH_SCOPE)
