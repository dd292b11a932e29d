"""What an operator can set: `OSTIARY_*` in the environment, or a TOML file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

Role = Literal["web", "worker", "all"]

CONFIG_VARIABLE = "OSTIARY_CONFIG"


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

    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["json", "console", "auto"] = "auto"
    shutdown_seconds: float = Field(
        default=30, gt=0, description="how long running requests and jobs may take to finish"
    )
    worker_concurrency: int = Field(default=4, ge=1)

    @property
    def external_authority(self) -> str:
        """`host:port` as in client ids and links."""
        return f"{self.external_host}:{self.external_port or self.tls_port}"

    @property
    def external_url(self) -> str:
        return f"https://{self.external_authority}"

    @property
    def key_path(self) -> Path:
        return self.key_file or self.data_dir / "keys.json"

    @property
    def runs_web(self) -> bool:
        return self.role in ("web", "all")

    @property
    def runs_worker(self) -> bool:
        return self.role in ("worker", "all")

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
