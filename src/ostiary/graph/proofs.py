"""The ways to prove an identity, each handed to the class of azure-identity that does it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from ostiary.graph.faults import CredentialRefused

if TYPE_CHECKING:
    from azure.core.credentials_async import AsyncTokenCredential


class Proof(Protocol):
    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be shown."""

    def credential(self, tenant: str, app: str, **options: Any) -> AsyncTokenCredential:
        """A fresh azure-identity credential, which therefore has no cached token.

        Errors: CredentialRefused when a file it needs cannot be used.
        """


@dataclass(frozen=True)
class Secret:
    value: str = field(repr=False)

    @property
    def secrets(self) -> tuple[str, ...]:
        return (self.value,)

    def credential(self, tenant: str, app: str, **options: Any) -> AsyncTokenCredential:
        from azure.identity.aio import ClientSecretCredential

        return ClientSecretCredential(tenant, app, self.value, retry_total=0, **options)


@dataclass(frozen=True)
class Certificate:
    """`data` is PEM or PKCS#12 with the private key; `source` names it in messages."""

    data: bytes = field(repr=False)
    password: str | None = field(repr=False)
    source: str

    @property
    def secrets(self) -> tuple[str, ...]:
        return (self.password,) if self.password else ()

    def credential(self, tenant: str, app: str, **options: Any) -> AsyncTokenCredential:
        from azure.identity.aio import CertificateCredential

        try:
            return CertificateCredential(
                tenant,
                app,
                certificate_data=self.data,
                password=self.password,
                retry_total=0,
                **options,
            )
        except (ValueError, TypeError):
            raise unusable_certificate(self.source) from None


@dataclass(frozen=True)
class Workload:
    token_file: Path

    @property
    def secrets(self) -> tuple[str, ...]:
        return ()

    def credential(self, tenant: str, app: str, **options: Any) -> AsyncTokenCredential:
        from azure.identity.aio import WorkloadIdentityCredential

        try:
            empty = not self.token_file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            empty = True
        if empty:
            raise CredentialRefused(
                f"There is no workload identity token in {self.token_file}.",
                advice="Check that the platform mounts and renews this file "
                "(AZURE_FEDERATED_TOKEN_FILE).",
            )
        return WorkloadIdentityCredential(
            tenant_id=tenant,
            client_id=app,
            token_file_path=str(self.token_file),
            retry_total=0,
            **options,
        )


@dataclass(frozen=True)
class ManagedIdentity:
    @property
    def secrets(self) -> tuple[str, ...]:
        return ()

    def credential(self, tenant: str, app: str, **options: Any) -> AsyncTokenCredential:
        from azure.identity.aio import ManagedIdentityCredential

        options.pop("authority", None)
        # Where nothing listens there is no such identity; only answers deserve patience.
        return ManagedIdentityCredential(client_id=app or None, retry_connect=1, **options)


def read_certificate(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CredentialRefused(
            f"The certificate {path} cannot be read: {error.strerror}.",
            advice="Name a PEM or PKCS#12 file that holds the certificate and its private key.",
        ) from None


def unusable_certificate(source: str) -> CredentialRefused:
    return CredentialRefused(
        f"{source} cannot be used to sign in.",
        advice="It has to be PEM or PKCS#12, hold the certificate and its RSA private key, and "
        "come with its password if it has one.",
    )


def thumbprint_of(data: bytes, password: str | None) -> str:
    """SHA-1 in capital hexadecimal digits, as the portal lists it; empty if unreadable."""
    from cryptography import x509
    from cryptography.hazmat.primitives.hashes import SHA1
    from cryptography.hazmat.primitives.serialization import pkcs12

    try:
        if b"-----BEGIN" in data:
            certificate = x509.load_pem_x509_certificate(data)
        else:
            unlocked = password.encode() if password else None
            _, found, _ = pkcs12.load_key_and_certificates(data, unlocked)
            if found is None:
                return ""
            certificate = found
    except ValueError:
        return ""
    return certificate.fingerprint(SHA1()).hex().upper()  # noqa: S303 (an identifier)
