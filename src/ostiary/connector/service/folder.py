"""Where a service keeps the image of its source and its files on the way to the server."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path

import structlog

from ostiary.connector.settings import Settings
from ostiary.connector.status import ConnectorError, Status

log = structlog.stdlib.get_logger("ostiary.connector.service")


def service_folder(
    settings: Settings, environment: Mapping[str, str], program: str, client_id: str
) -> Path:
    """--state-dir, else a folder for this client under the user's state directory, else under the
    temporary one. The folder exists."""
    if named := settings.get_path("state-dir"):
        return named
    own = Path(program) / _folder_name(client_id)
    for base in _homes(environment):
        try:
            (base / own).mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError:
            continue
        return base / own
    return _temporary(own)


def outgoing(state: Path) -> Path:
    """The folder for files that are being written and uploaded."""
    folder = state / "outgoing"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def clear_outgoing(state: Path) -> None:
    """Drops what a killed process left behind."""
    for path in outgoing(state).iterdir():
        path.unlink()


def _homes(environment: Mapping[str, str]) -> list[Path]:
    if named := environment.get("XDG_STATE_HOME", ""):
        return [Path(named)]
    home = environment.get("HOME", "")
    return [Path(home) / ".local" / "state"] if home else []


def _folder_name(client_id: str) -> str:
    readable = re.sub(r"[^A-Za-z0-9-]+", "_", client_id.partition("@")[0])[:40]
    return f"{readable}-{hashlib.sha256(client_id.encode()).hexdigest()[:12]}"


def _temporary(own: Path) -> Path:
    user = os.getuid() if hasattr(os, "getuid") else 0
    base = Path(tempfile.gettempdir()) / f"ostiary-{user}"
    try:
        base.mkdir(mode=0o700, exist_ok=True)
        if base.is_symlink() or (hasattr(os, "getuid") and base.lstat().st_uid != user):
            raise PermissionError(f"{base} belongs to somebody else")
        (base / own).mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ConnectorError(
            Status.FAILED_PRECONDITION,
            f"There is no folder to work in: {error}.",
            remedy="Name a writable one with --state-dir.",
        ) from error
    log.warning(
        "no lasting state directory: after a restart the first sync reads everything",
        folder=str(base / own),
        remedy="Name one with --state-dir (BATON_STATE_DIR).",
    )
    return base / own
