"""Where uploads lie between their arrival and their ingestion.

Below the data directory, which web and worker processes on several machines have to share.
"""

from pathlib import Path

from ostiary.server.kernel.settings import Settings


def uploads_folder(settings: Settings) -> Path:
    return settings.data_dir / "uploads"


def upload_path(settings: Settings, upload_id: str, kind: str) -> Path:
    """`kind`: c1z or log."""
    return uploads_folder(settings) / f"{upload_id}.{kind}"
