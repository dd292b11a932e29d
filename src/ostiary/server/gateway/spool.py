"""One upload on its way to disk: counted, hashed, recognised, and whole or gone."""

import hashlib
import hmac
import os
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, Literal

from ostiary.baton.c1z.container import MAGIC, PEBBLE_MAGIC

Kind = Literal["c1z", "log"]

PEBBLE_REFUSED: Final = (
    "This sync file was written with the Pebble storage engine, which cannot be read here. Start "
    "the connector with --storage-engine sqlite (BATON_STORAGE_ENGINE=sqlite), or remove that "
    "setting, so that it follows the server's wish for SQLite."
)


@dataclass(frozen=True, slots=True)
class SizeLimits:
    """Bytes. Anything that is not a sync file counts as a debug log."""

    c1z: int = 4 * 1024**3
    log: int = 64 * 1024**2


class UploadRefusedError(Exception):
    """The message is for whoever runs the connector."""


class UploadTooLargeError(UploadRefusedError):
    pass


class WrongChecksumError(UploadRefusedError):
    pass


@dataclass(frozen=True, slots=True)
class Received:
    kind: Kind
    size: int
    sha256: bytes
    path: Path


class Spool:
    """Writes `<upload id>.part` in `folder`; `complete` gives it its name, `discard` removes it."""

    def __init__(self, folder: Path, upload_id: str, limits: SizeLimits) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._upload_id = upload_id
        self._limits = limits
        self._part = folder / f"{upload_id}.part"
        self._file: BinaryIO = self._part.open("xb")
        self._head = b""
        self._size = 0
        self._digest = hashlib.sha256()

    def add(self, data: bytes) -> None:
        """UploadTooLargeError as soon as the limit is passed.

        Pebble is not kept but still read to its end: old clients report a stream that the server
        breaks off as "EOF" and would lose the reason.
        """
        if len(self._head) < len(MAGIC):
            self._head += data[: len(MAGIC) - len(self._head)]
        self._size += len(data)
        if self._size > self._limit:
            raise UploadTooLargeError(
                f"The upload is larger than {self._limit} bytes, the most that is taken."
            )
        self._digest.update(data)
        if self._head != PEBBLE_MAGIC:
            self._file.write(data)

    def complete(self, sha256: bytes) -> Received:
        """Durable and under its final name once this returns. UploadRefusedError otherwise."""
        if self._head == PEBBLE_MAGIC:
            raise UploadRefusedError(PEBBLE_REFUSED)
        if not hmac.compare_digest(sha256, self._digest.digest()):
            raise WrongChecksumError("The checksum does not match what arrived; send it again.")
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        path = self._folder / f"{self._upload_id}.{self._kind}"
        self._part.rename(path)
        _sync_folder(self._folder)
        return Received(self._kind, self._size, sha256, path)

    def discard(self) -> None:
        """Does nothing to a completed upload."""
        self._file.close()
        self._part.unlink(missing_ok=True)

    @property
    def _kind(self) -> Kind:
        return "c1z" if self._head == MAGIC else "log"

    @property
    def _limit(self) -> int:
        may_be_c1z = MAGIC.startswith(self._head) or self._head == PEBBLE_MAGIC
        return self._limits.c1z if may_be_c1z else self._limits.log


def _sync_folder(folder: Path) -> None:
    """Makes the rename durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
