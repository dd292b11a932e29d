import io
from pathlib import Path

import pytest
from backports import zstd

from ostiary.baton.c1z import (
    CorruptC1zError,
    DiskFullError,
    NotC1zError,
    StorageError,
    TooLargeError,
    UnsupportedEngineError,
)
from ostiary.baton.c1z.container import MAGIC, pack, unpack
from tests.baton.samples import GOLDEN

DATABASE = b"SQLite format 3\x00" + bytes(range(256)) * 40_000


@pytest.fixture
def packed(tmp_path: Path) -> Path:
    pack(io.BytesIO(DATABASE), tmp_path / "sync.c1z")
    return tmp_path / "sync.c1z"


def test_what_is_packed_unpacks_to_the_same_bytes(packed: Path, tmp_path: Path) -> None:
    assert unpack(packed, tmp_path / "db") == len(DATABASE)
    assert (tmp_path / "db").read_bytes() == DATABASE


def test_the_frame_carries_size_and_checksum_in_a_window_every_reader_accepts(
    packed: Path,
) -> None:
    content = packed.read_bytes()
    assert content[:5] == b"C1ZF\x00"
    assert content[5:9] == b"\x28\xb5\x2f\xfd"  # zstd magic
    descriptor = content[9]
    assert descriptor >> 2 & 1, "content checksum flag"
    assert descriptor & 3 == 0, "no dictionary"
    single_segment = descriptor >> 5 & 1
    size_bytes = {0: 1 if single_segment else 0, 1: 2, 2: 4, 3: 8}[descriptor >> 6]
    assert size_bytes, "frame content size field"
    if not single_segment:
        exponent, mantissa = content[10] >> 3, content[10] & 7
        assert (1 << 10 + exponent) * (8 + mantissa) // 8 <= 128 * 1024 * 1024
    start = 10 if single_segment else 11
    stored = int.from_bytes(content[start : start + size_bytes], "little")
    assert stored + (256 if size_bytes == 2 else 0) == len(DATABASE)


def test_it_is_one_frame_to_the_last_byte(packed: Path) -> None:
    content = packed.read_bytes()[5:]
    assert zstd.get_frame_size(content) == len(content)


def test_packing_replaces_the_file_and_leaves_no_other(packed: Path, tmp_path: Path) -> None:
    smaller = DATABASE[: len(DATABASE) // 2]
    size = pack(io.BytesIO(smaller), packed)
    assert size == packed.stat().st_size
    assert unpack(packed, tmp_path / "db") == len(smaller)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["db", "sync.c1z"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_leaves_the_old_file_and_nothing_else(packed: Path, tmp_path: Path) -> None:
    before = packed.read_bytes()
    (tmp_path / "sync.c1z.tmp").symlink_to("/dev/full")
    with pytest.raises(DiskFullError, match=f"no space is left in {tmp_path}"):
        pack(io.BytesIO(DATABASE), packed)
    assert packed.read_bytes() == before
    assert list(tmp_path.iterdir()) == [packed]


def test_packing_into_a_missing_folder_says_so(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="No such file or directory"):
        pack(io.BytesIO(DATABASE), tmp_path / "gone" / "sync.c1z")


def test_a_pebble_file_is_refused_with_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedEngineError, match="--storage-engine sqlite"):
        unpack(GOLDEN / "demo-v025-pebble.c1z", tmp_path / "db")


@pytest.mark.parametrize("content", [b"", b"C1Z", b"PK\x03\x04....", b"SQLite format 3\x00"])
def test_foreign_files_are_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "other"
    path.write_bytes(content)
    with pytest.raises(NotC1zError, match=r"not a \.c1z file"):
        unpack(path, tmp_path / "db")


@pytest.mark.parametrize("length", [5, 9, 20, 1_000, -5, -1])
def test_truncated_files_are_refused(packed: Path, tmp_path: Path, length: int) -> None:
    packed.write_bytes(packed.read_bytes()[:length])
    with pytest.raises(CorruptC1zError, match="truncated"):
        unpack(packed, tmp_path / "db")


def test_a_flipped_bit_is_found(packed: Path, tmp_path: Path) -> None:
    content = bytearray(packed.read_bytes())
    content[-2] ^= 1  # in the checksum
    packed.write_bytes(content)
    with pytest.raises(CorruptC1zError, match="damaged"):
        unpack(packed, tmp_path / "db")


def test_bytes_after_the_frame_are_refused(packed: Path, tmp_path: Path) -> None:
    packed.write_bytes(packed.read_bytes() + b"more")
    with pytest.raises(CorruptC1zError, match="something follows"):
        unpack(packed, tmp_path / "db")


@pytest.mark.parametrize("content", [b"", b"not a database " * 100])
def test_a_frame_without_a_database_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "sync.c1z"
    path.write_bytes(MAGIC + zstd.compress(content) + bytes(0))
    with pytest.raises(CorruptC1zError):
        unpack(path, tmp_path / "db")


def test_an_announced_size_over_the_cap_is_refused_before_decoding(
    packed: Path, tmp_path: Path
) -> None:
    with pytest.raises(TooLargeError, match="MiB"):
        unpack(packed, tmp_path / "db", max_bytes=len(DATABASE) - 1)
    assert not (tmp_path / "db").exists() or (tmp_path / "db").stat().st_size == 0


def test_a_frame_that_hides_its_size_is_stopped_at_the_cap(tmp_path: Path) -> None:
    path = tmp_path / "sync.c1z"
    hidden = zstd.compress(DATABASE, options={zstd.CompressionParameter.content_size_flag: 0})
    assert zstd.get_frame_info(hidden).decompressed_size is None
    path.write_bytes(MAGIC + hidden)
    with pytest.raises(TooLargeError):
        unpack(path, tmp_path / "db", max_bytes=3 * 1024 * 1024)
    assert (tmp_path / "db").stat().st_size <= 3 * 1024 * 1024
    assert unpack(path, tmp_path / "db") == len(DATABASE)


def test_a_window_over_128_mib_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "sync.c1z"
    compressor = zstd.ZstdCompressor(options={zstd.CompressionParameter.window_log: 28})
    path.write_bytes(MAGIC + compressor.compress(DATABASE) + compressor.flush())
    with pytest.raises(CorruptC1zError, match="damaged"):
        unpack(path, tmp_path / "db")
