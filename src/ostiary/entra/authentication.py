"""How the connector proves who it is: one of the ways that the settings offer."""

from __future__ import annotations

from ostiary.connector.settings import Settings
from ostiary.graph import (
    Clock,
    Credential,
    Hosts,
    RetryPolicy,
    certificate,
    client_secret,
    managed_identity,
    workload_identity,
)

CLIENT_SECRET = "client-secret"  # noqa: S105 - the name of a way to sign in
CERTIFICATE = "certificate"
WORKLOAD_IDENTITY = "workload-identity"
MANAGED_IDENTITY = "managed-identity"


def credential_of(
    settings: Settings,
    hosts: Hosts,
    *,
    clock: Clock | None = None,
    retry: RetryPolicy | None = None,
) -> Credential:
    """The credential of the chosen way; no request is made yet.

    Raises:
        CredentialRefused: something it needs is empty or unreadable.
        ConnectorError: a certificate or key file cannot be read.
    """
    tenant_id = settings.get_str("entra-tenant-id")
    client_id = settings.get_str("entra-client-id")
    if settings.auth_method == CERTIFICATE:
        return certificate(
            tenant_id=tenant_id,
            client_id=client_id,
            data=_certificate_and_key(settings),
            password=settings.get_str("entra-certificate-password") or None,
            hosts=hosts,
            clock=clock,
            retry=retry,
        )
    if settings.auth_method == WORKLOAD_IDENTITY:
        return workload_identity(
            tenant_id=tenant_id,
            client_id=client_id,
            token_file=settings.get_path("entra-federated-token-file"),
            hosts=hosts,
            clock=clock,
            retry=retry,
        )
    if settings.auth_method == MANAGED_IDENTITY:
        return managed_identity(client_id=client_id or None, hosts=hosts, clock=clock, retry=retry)
    return client_secret(
        tenant_id=tenant_id,
        client_id=client_id,
        secret=settings.get_str("entra-client-secret"),
        hosts=hosts,
        clock=clock,
        retry=retry,
    )


def _certificate_and_key(settings: Settings) -> bytes:
    names = ("entra-certificate-key", "entra-certificate")
    return b"\n".join(held for name in names if (held := settings.read_file(name)))
