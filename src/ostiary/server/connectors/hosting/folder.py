"""Where a hosted connector lives on disk, and whom it trusts."""

from __future__ import annotations

import os
import shutil
import ssl
from pathlib import Path
from typing import Final

from ostiary.server.kernel.settings import Settings

SYSTEM_BUNDLES: Final = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/cert.pem",
)


class NotReadyError(Exception):
    """Something is not there yet that soon will be."""


def homes(settings: Settings) -> Path:
    return settings.data_dir.absolute() / "hosted"


def home_of(settings: Settings, connector_id: str) -> Path:
    """Its own, which nobody else may read. What it keeps there makes its next sync cheap."""
    home = homes(settings) / connector_id
    (home / "state").mkdir(mode=0o700, parents=True, exist_ok=True)
    home.chmod(0o700)
    return home


def homes_there(settings: Settings) -> list[str]:
    """The ids of connectors that have one on this machine."""
    folder = homes(settings)
    return [path.name for path in folder.iterdir()] if folder.is_dir() else []


def remove_home(settings: Settings, connector_id: str) -> None:
    """With all that was kept of the source."""
    shutil.rmtree(homes(settings) / connector_id, ignore_errors=True)


def trusted(settings: Settings, home: Path) -> Path:
    """A bundle of the system's authorities, those the operator names, and our own.

    Connectors written in Go trust SSL_CERT_FILE instead of the system, not beside it.
    NotReadyError while the server's own authority was not made yet.
    """
    named = [_system_bundle(), os.environ.get("SSL_CERT_FILE"), _own_authority(settings)]
    found = [Path(path).read_text("ascii", "replace") for path in named if path]
    bundle = home / "trusted.pem"
    draft = home / "trusted.pem.new"
    draft.write_text("\n".join(found))
    draft.replace(bundle)
    return bundle


def _own_authority(settings: Settings) -> str | None:
    path = settings.authority_file
    if path is None:
        return None
    if not path.exists():
        raise NotReadyError(f"The server's authority is not there yet: {path}.")
    return str(path)


def _system_bundle() -> str | None:
    candidates = (ssl.get_default_verify_paths().openssl_cafile, *SYSTEM_BUNDLES)
    return next((path for path in candidates if os.path.isfile(path)), None)
