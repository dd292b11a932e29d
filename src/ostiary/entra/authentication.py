"""How the connector proves who it is: one of the ways that the settings offer."""

from __future__ import annotations

from pathlib import Path

from ostiary.connector.settings import Settings
from ostiary.connector.status import ConnectorError, Status
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
    match settings.auth_method:
        case method if method == CERTIFICATE:
            return certificate(
                tenant_id=tenant_id,
                client_id=client_id,
                data=_certificate_and_key(settings),
                password=settings.get_str("entra-certificate-password") or None,
                hosts=hosts,
                clock=clock,
                retry=retry,
            )
        case method if method == WORKLOAD_IDENTITY:
            token_file = settings.get_path("entra-federated-token-file")
            return workload_identity(
                tenant_id=tenant_id,
                client_id=client_id,
                token_file=token_file,
                hosts=hosts,
                clock=clock,
                retry=retry,
            )
        case method if method == MANAGED_IDENTITY:
            return managed_identity(
                client_id=client_id or None, hosts=hosts, clock=clock, retry=retry
            )
    return client_secret(
        tenant_id=tenant_id,
        client_id=client_id,
        secret=settings.get_str("entra-client-secret"),
        hosts=hosts,
        clock=clock,
        retry=retry,
    )


def _certificate_and_key(settings: Settings) -> bytes:
    files = (
        ("entra-certificate-key", settings.get_path("entra-certificate-key")),
        ("entra-certificate", settings.get_path("entra-certificate")),
    )
    return b"\n".join(_read(name, path) for name, path in files if path is not None)


def _read(name: str, path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConnectorError(
            Status.INVALID_ARGUMENT,
            f"The file {path} of --{name} cannot be read: {error.strerror}.",
            remedy="Check the path and that this user may read it.",
        ) from error
