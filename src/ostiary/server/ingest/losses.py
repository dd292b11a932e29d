"""What a held sync would take away, by name: read from its file, which holds what is left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ostiary.baton.c1z import C1zError
from ostiary.baton.pb.connector_v2 import Resource
from ostiary.server.ingest.archive import Archive
from ostiary.server.ingest.holding import unpacking_folder
from ostiary.server.ingest.refusing import unreadable
from ostiary.server.ingest.rules import choose_run
from ostiary.server.ingest.store import present
from ostiary.server.ingest.store.history import Record
from ostiary.server.ingest.store.present import Present
from ostiary.server.kernel.errors import failed_precondition
from ostiary.server.kernel.work import Kernel

MOST = 500
GONE = "The file of the held sync is gone; let the connector sync again."


@dataclass(frozen=True)
class Losses:
    """The first ones by type and name, of `total`."""

    shown: Sequence[Present]
    total: int

    @property
    def rest(self) -> int:
        return self.total - len(self.shown)


def lost_resources(kernel: Kernel, connector_id: str, held: Record, most: int = MOST) -> Losses:
    """Resources that are there now and not in the held sync. `AppError` FailedPrecondition when
    its file is gone or cannot be read."""
    left = _left(kernel, held)
    with kernel.read() as connection:
        lost = [
            each
            for each in present.resources(connection, connector_id)
            if (each.resource_type, each.external_id) not in left
        ]
    return Losses(lost[:most], len(lost))


def _left(kernel: Kernel, held: Record) -> set[tuple[str, str]]:
    path = Path(held.held_file or "")
    if not path.is_file():
        raise failed_precondition(GONE)
    folder = unpacking_folder(kernel.settings)
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with Archive(path, folder) as archive:
            run = choose_run(archive.runs, held.sync_id, targeted=False)
            ids = (Resource.FromString(data).id for data in archive.messages("v1_resources", run))
            return {(each.resource_type, each.resource) for each in ids}
    except C1zError as error:
        raise failed_precondition(unreadable(error, path).message) from error
