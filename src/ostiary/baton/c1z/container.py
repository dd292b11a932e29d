"""The envelope of a .c1z: five magic bytes, then one zstd frame (protocol reference 2.1).

Both directions stream, so memory stays flat whatever the size of the database.
"""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, Final

from backports import zstd

from ostiary.baton.c1z.errors import (
    CorruptC1zError,
    NotC1zError,
    TooLargeError,
    UnsupportedEngineError,
    storage_errors,
)

MAGIC: Final = b"C1ZF\x00"
PEBBLE_MAGIC: Final = b"C1Z3\x00"
SQLITE_MAGIC: Final = b"SQLite format 3\x00"
MAX_DECODED_BYTES: Final = 10 * 1024**3
_MAX_WINDOW_LOG: Final = 27  # 128 MiB, the cap of the Go readers
_LONGEST_FRAME_HEADER: Final = 18
_CHUNK: Final = 1024 * 1024

_COMPRESSION: Final[Mapping[int, int]] = {
    zstd.CompressionParameter.compression_level: 1,
    zstd.CompressionParameter.nb_workers: 2,
    zstd.CompressionParameter.checksum_flag: 1,
    zstd.CompressionParameter.content_size_flag: 1,
}


def pack(database: BinaryIO, output: Path) -> int:
    """Writes the whole of `database` to `output`, which appears complete or not at all.

    Returns the size of the file in bytes.
    """
    temporary = output.with_name(output.name + ".tmp")
    with storage_errors(output, "writing"):
        try:
            size = _write(database, temporary)
            temporary.replace(output)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        _sync_folder(output.parent)
    return size


def _write(database: BinaryIO, path: Path) -> int:
    with path.open("wb") as file:
        file.write(MAGIC)
        for chunk in _compressed(database):
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
        return file.tell()


def _compressed(database: BinaryIO) -> Iterator[bytes]:
    compressor = zstd.ZstdCompressor(options=_COMPRESSION)
    compressor.set_pledged_input_size(database.seek(0, os.SEEK_END))
    database.seek(0)
    while chunk := database.read(_CHUNK):
        yield compressor.compress(chunk)
    yield compressor.flush()


def _sync_folder(folder: Path) -> None:
    """Makes the rename durable, where folders can be opened."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def unpack(path: Path, target: Path, max_bytes: int | None = None) -> int:
    """Writes the SQLite database inside `path` to `target`; returns its size in bytes.

    TooLargeError before more than `max_bytes`, or MAX_DECODED_BYTES if that is less, are written.
    """
    max_bytes = min(max_bytes or MAX_DECODED_BYTES, MAX_DECODED_BYTES)
    size = 0
    with storage_errors(path, "reading"), path.open("rb") as file:
        check_magic(path, file.read(len(MAGIC)))
        with storage_errors(target, "unpacking to"), target.open("wb") as database:
            for chunk in _decompressed(path, file, max_bytes):
                if size == 0 and not chunk.startswith(SQLITE_MAGIC):
                    break
                if size + len(chunk) > max_bytes:
                    raise _too_large(path, max_bytes)
                size += database.write(chunk)
    if size == 0:
        raise CorruptC1zError(f"{path} is damaged: it holds no SQLite database.")
    return size


def require_c1z(path: Path) -> None:
    """Raises unless the file begins as a .c1z with SQLite inside does."""
    with storage_errors(path, "reading"), path.open("rb") as file:
        check_magic(path, file.read(len(MAGIC)))


def check_magic(path: Path, magic: bytes) -> None:
    """Raises for everything but the SQLite flavour of a .c1z."""
    if magic == PEBBLE_MAGIC:
        raise UnsupportedEngineError(
            f"{path} was written with the Pebble storage engine, which only the Go tools read. "
            "Have the connector write SQLite instead: --storage-engine sqlite "
            "(BATON_STORAGE_ENGINE=sqlite)."
        )
    if magic != MAGIC:
        raise NotC1zError(f"{path} is not a .c1z file.")


def _decompressed(path: Path, file: BinaryIO, max_bytes: int) -> Iterator[bytes]:
    decompressor = zstd.ZstdDecompressor(
        options={zstd.DecompressionParameter.window_log_max: _MAX_WINDOW_LOG}
    )
    try:
        data = file.read(_CHUNK)
        _check_announced_size(path, data, max_bytes)
        while not decompressor.eof:
            if decompressor.needs_input and not data:
                raise CorruptC1zError(f"{path} is truncated: it ends in the middle of its data.")
            chunk = decompressor.decompress(data, _CHUNK)
            if chunk:
                yield chunk
            data = file.read(_CHUNK) if decompressor.needs_input else b""
        if data or decompressor.unused_data or file.read(1):
            raise CorruptC1zError(f"{path} is damaged: something follows its data.")
    except zstd.ZstdError as error:
        raise CorruptC1zError(f"{path} is damaged: {error}.") from error


def _check_announced_size(path: Path, head: bytes, max_bytes: int) -> None:
    """A frame that announces too much is refused before anything is decoded."""
    if len(head) < _LONGEST_FRAME_HEADER:
        raise CorruptC1zError(f"{path} is truncated: it ends in the middle of its data.")
    announced = zstd.get_frame_info(head[:_LONGEST_FRAME_HEADER]).decompressed_size
    if announced is not None and announced > max_bytes:
        raise _too_large(path, max_bytes)


def _too_large(path: Path, max_bytes: int) -> TooLargeError:
    unit, name = (1024**3, "GiB") if max_bytes >= 1024**3 else (1024**2, "MiB")
    return TooLargeError(f"{path} holds more than {max_bytes / unit:.4g} {name} when decoded.")
