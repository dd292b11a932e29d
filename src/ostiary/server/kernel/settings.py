"""What an operator can set: `OSTIARY_*` in the environment, or a TOML file."""

from __future__ import annotations

import os
from email.errors import HeaderParseError
from email.headerregistry import Address
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

Role = Literal["web", "worker", "all"]
SmtpSecurity = Literal["starttls", "tls", "none"]

SMTP_PORTS: dict[SmtpSecurity, int] = {"starttls": 587, "tls": 465, "none": 25}

CONFIG_VARIABLE = "OSTIARY_CONFIG"
AUTHORITY_NAME = "ca.pem"


def default_data_dir() -> Path:
    if os.geteuid() == 0:
        return Path("/var/lib/ostiary")
    home = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(home) / "ostiary"


class Settings(BaseSettings):
    """The environment wins over the file, an argument over both."""

    model_config = SettingsConfigDict(env_prefix="OSTIARY_", extra="forbid", frozen=True)

    data_dir: Path = Field(default_factory=default_data_dir)
    database_url: SecretStr | None = Field(
        default=None, description="postgresql://…; without it, one is started in the data directory"
    )
    database_connections: int = Field(default=20, ge=2, description="per process")
    role: Role = "all"

    http_host: str = "127.0.0.1"
    http_port: int = Field(default=8080, ge=0, le=65535)
    tls_host: str = "0.0.0.0"  # noqa: S104 - agents connect from other machines
    tls_port: int = Field(default=8443, ge=0, le=65535)
    external_host: str = Field(
        default="127.0.0.1",
        description="the name clients use; it is in certificates and client ids",
    )
    external_port: int | None = Field(default=None, ge=1, le=65535, description="else tls_port")
    tls_cert: Path | None = None
    tls_key: Path | None = None

    encryption_key: SecretStr | None = Field(
        default=None, description="base64 of 32 bytes; more, comma-separated, are read but not used"
    )
    key_file: Path | None = Field(default=None, description="else keys.json in the data directory")

    smtp_host: str | None = Field(default=None, description="without it, no mail is sent")
    smtp_port: int | None = Field(default=None, ge=1, le=65535, description="else 587, 465 or 25")
    smtp_security: SmtpSecurity = "starttls"
    smtp_user: str | None = None
    smtp_password: SecretStr | None = None
    mail_from: str | None = Field(default=None, validate_default=True)
    base_url: str | None = Field(
        default=None, description="what links in mails begin with, else https://external_host:port"
    )

    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["json", "console", "auto"] = "auto"
    shutdown_seconds: float = Field(
        default=30, gt=0, description="how long running requests and jobs may take to finish"
    )
    worker_concurrency: int = Field(default=4, ge=1)

    connector_programs: dict[str, str] = Field(
        default_factory=dict,
        description="further programs that connectors run as: kind to path or name, as JSON",
    )
    connector_server: str | None = Field(
        default=None, description="host:port where hosted connectors find the server, else external"
    )
    connector_memory_mb: int = Field(default=2048, ge=128, description="per hosted connector")
    connectors_per_worker: int = Field(
        default=100, ge=1, description="how many connectors a worker runs at most"
    )
    connector_check_seconds: float = Field(
        default=120, gt=0, description="how long checking a connector's settings may take"
    )
    connector_silence_seconds: float = Field(
        default=900, gt=0, description="a hosted connector that asks for no work so long is ended"
    )

    @property
    def external_authority(self) -> str:
        """`host:port` as in client ids and links."""
        return f"{self.external_host}:{self.external_port or self.tls_port}"

    @property
    def external_url(self) -> str:
        return f"https://{self.external_authority}"

    @property
    def link_base(self) -> str:
        """Without a slash at its end."""
        return (self.base_url or self.external_url).rstrip("/")

    @property
    def smtp_address(self) -> tuple[str, int]:
        assert self.smtp_host is not None
        return self.smtp_host, self.smtp_port or SMTP_PORTS[self.smtp_security]

    @property
    def tls_folder(self) -> Path:
        """Of the certificate that we made ourselves, and of its authority."""
        return self.data_dir.absolute() / "tls"

    @property
    def authority_file(self) -> Path | None:
        """What clients have to trust (PEM); the first start writes it. None where the operator
        brought a certificate."""
        return None if self.tls_cert and self.tls_key else self.tls_folder / AUTHORITY_NAME

    @property
    def key_path(self) -> Path:
        return self.key_file or self.data_dir / "keys.json"

    @property
    def runs_web(self) -> bool:
        return self.role in ("web", "all")

    @property
    def runs_worker(self) -> bool:
        return self.role in ("worker", "all")

    @field_validator("smtp_user")
    @classmethod
    def _keep_passwords_from_the_wire(cls, user: str | None, info: ValidationInfo) -> str | None:
        if user and info.data.get("smtp_security") == "none":
            raise ValueError("a password would travel unencrypted; set OSTIARY_SMTP_SECURITY")
        return user

    @field_validator("mail_from")
    @classmethod
    def _check_sender(cls, sender: str | None, info: ValidationInfo) -> str | None:
        if sender is None:
            if info.data.get("smtp_host"):
                raise ValueError("mail is sent through OSTIARY_SMTP_HOST and needs a sender")
            return None
        try:
            Address(addr_spec=sender)
        except (HeaderParseError, ValueError, IndexError):
            raise ValueError("that is no e-mail address") from None
        return sender

    @field_validator("base_url")
    @classmethod
    def _check_base(cls, url: str | None) -> str | None:
        if url is not None and not url.startswith(("https://", "http://")):
            raise ValueError("a base URL begins with https:// or http://")
        return url

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        sources = [init_settings, env_settings]
        if path := os.environ.get(CONFIG_VARIABLE):
            if not Path(path).is_file():
                raise FileNotFoundError(f"{CONFIG_VARIABLE} names {path}, which is not a file")
            sources.append(TomlConfigSettingsSource(settings_cls, Path(path)))
        return tuple(sources)
