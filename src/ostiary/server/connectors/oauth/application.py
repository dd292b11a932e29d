"""The operator's own application, which tenants let in: `OSTIARY_ENTRA_*`."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class EntraApplication(BaseSettings):
    """A multi-tenant app registration with a web redirect URI. Without a client id connectors are
    not offered this way to sign in."""

    model_config = SettingsConfigDict(env_prefix="OSTIARY_ENTRA_", frozen=True)

    client_id: str = ""
    client_secret: SecretStr | None = None
    certificate: Path | None = Field(default=None, description="PEM, instead of a secret")
    certificate_key: Path | None = Field(
        default=None, description="PEM, unless the certificate holds it"
    )
    login_domain: str = "login.microsoftonline.com"
    graph_domain: str = "graph.microsoft.com"

    @model_validator(mode="after")
    def _complete(self) -> EntraApplication:
        if self.client_id and (self.client_secret is None) == (self.certificate is None):
            raise ValueError(
                "OSTIARY_ENTRA_CLIENT_ID needs one of OSTIARY_ENTRA_CLIENT_SECRET and "
                "OSTIARY_ENTRA_CERTIFICATE"
            )
        return self

    @property
    def pem(self) -> bytes:
        """Certificate and key together."""
        named = [path for path in (self.certificate, self.certificate_key) if path is not None]
        return b"\n".join(path.read_bytes() for path in named)

    @property
    def proof(self) -> dict[str, str]:
        """What a connector's program signs in with, by its field names."""
        if self.client_secret is not None:
            return {"entra-client-secret": self.client_secret.get_secret_value()}
        return {"entra-certificate": self.pem.decode("ascii", "replace")}


def operator_application() -> EntraApplication | None:
    """From the environment; None where the operator has none."""
    application = EntraApplication()
    return application if application.client_id else None
