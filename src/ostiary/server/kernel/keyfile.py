"""Where the encryption keys are kept: in the environment, or in a file beside the data."""

from __future__ import annotations

import base64
import binascii
import json
import os
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from ostiary.server.kernel.secrets import Key, Keyring, new_key
from ostiary.server.kernel.settings import Settings


class KeyFileError(RuntimeError):
    """The keys cannot be read; the message says why, without a word of them."""


def open_keyring(settings: Settings) -> Keyring:
    """Makes the file, with a first key, if there is none and the environment has no key."""
    if settings.encryption_key is not None:
        texts = settings.encryption_key.get_secret_value().split(",")
        return Keyring([_decoded(text.strip(), "OSTIARY_ENCRYPTION_KEY") for text in texts])
    file = KeyFile(settings.key_path)
    file.ensure()
    return FileKeyring(file)


class KeyFile:
    """JSON, `{"keys": ["base64 of 32 bytes", …]}`: the first is in use, the others are read."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def ensure(self) -> None:
        """Of processes that start at once, one makes the file and the others take its key."""
        if self.path.exists():
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._written([new_key()])
        try:
            with suppress(FileExistsError):
                os.link(fresh, self.path)
        finally:
            fresh.unlink()

    def read(self) -> list[Key]:
        if self.path.stat().st_mode & 0o077:
            raise KeyFileError(f"{self.path} can be read by others than its owner: chmod 600 it")
        try:
            texts = json.loads(self.path.read_text())["keys"]
        except (ValueError, KeyError, TypeError):
            raise KeyFileError(f'{self.path} is not JSON of the form {{"keys": […]}}') from None
        if not isinstance(texts, list) or not texts:
            raise KeyFileError(f"{self.path} has no keys")
        return [_decoded(text, str(self.path)) for text in texts]

    def write(self, keys: Sequence[Key]) -> None:
        """Whoever reads sees the old file or the new one, also when the power fails."""
        self._written(keys).replace(self.path)

    def _written(self, keys: Sequence[Key]) -> Path:
        texts = [base64.b64encode(key.material).decode() for key in keys]
        handle, name = tempfile.mkstemp(prefix=".keys-", dir=self.path.parent)
        with os.fdopen(handle, "w") as file:
            json.dump({"keys": texts}, file)
            file.flush()
            os.fsync(file.fileno())
        return Path(name)


class FileKeyring(Keyring):
    """Follows the file, so that a rotation reaches processes that are running."""

    def __init__(self, file: KeyFile) -> None:
        self.file = file
        self._seen = self._stamp()
        super().__init__(file.read())

    @property
    def keys(self) -> tuple[Key, ...]:
        stamp = self._stamp()
        if stamp != self._seen:
            self._keys, self._seen = tuple(self.file.read()), stamp
        return self._keys

    def _stamp(self) -> tuple[int, int]:
        found = self.file.path.stat()
        return found.st_ino, found.st_mtime_ns


def _decoded(text: object, origin: str) -> Key:
    try:
        return Key(base64.b64decode(str(text), validate=True))
    except (binascii.Error, ValueError):
        raise KeyFileError(f"{origin} has a key that is not base64 of 32 bytes") from None
