"""Files of syncs while they are read, and while they wait for somebody to confirm them."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from ostiary.server.kernel.settings import Settings


def unpacking_folder(settings: Settings) -> Path:
    """Where uploads become databases for the time they are read."""
    return settings.data_dir / "unpacked"


def held_folder(settings: Settings) -> Path:
    return settings.data_dir / "held"


def keep_held_file(upload: Path, folder: Path, record_id: str) -> Path:
    """A copy that stays when the upload goes; without writing it twice where the disk allows."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / f"{record_id}.c1z"
    try:
        os.link(upload, kept)
    except OSError:
        shutil.copyfile(upload, kept)
    return kept


def drop_held_file(path: str | None) -> None:
    if path is not None:
        Path(path).unlink(missing_ok=True)
