from __future__ import annotations

import base64
import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from ostiary.server.kernel.actor import SYSTEM
from ostiary.server.kernel.audit_log import Filter, entries
from ostiary.server.kernel.clock import FixedClock
from ostiary.server.kernel.database import Database
from ostiary.server.kernel.keyfile import KeyFileError, open_keyring
from ostiary.server.kernel.rotation import WrongKeyError, claim, rotate
from ostiary.server.kernel.secrets import Key, Keyring, UndecryptableError, new_key
from ostiary.server.kernel.settings import Settings
from ostiary.server.kernel.tables import encrypted, metadata
from ostiary.server.kernel.work import Kernel

PURPOSE = "vault.secret"
RING = Keyring([new_key()])


@given(st.text())
def test_what_is_encrypted_comes_back(text: str) -> None:
    assert RING.decrypt_text(RING.encrypt(text, PURPOSE), PURPOSE) == text


def test_the_same_secret_never_looks_the_same() -> None:
    assert RING.encrypt("s3cret", PURPOSE) != RING.encrypt("s3cret", PURPOSE)


def test_a_ciphertext_of_another_purpose_is_refused() -> None:
    with pytest.raises(UndecryptableError):
        RING.decrypt(RING.encrypt("s3cret", PURPOSE), "other.secret")


@given(st.data())
def test_no_bit_of_a_ciphertext_can_change(data: st.DataObject) -> None:
    ciphertext = bytearray(RING.encrypt("s3cret", PURPOSE))
    position = data.draw(st.integers(0, len(ciphertext) * 8 - 1))
    ciphertext[position // 8] ^= 1 << position % 8
    with pytest.raises(UndecryptableError):
        RING.decrypt(bytes(ciphertext), PURPOSE)


@given(st.binary(max_size=64))
def test_what_is_no_ciphertext_is_refused(junk: bytes) -> None:
    with pytest.raises(UndecryptableError):
        RING.decrypt(junk, PURPOSE)


def test_older_keys_still_decrypt() -> None:
    old, fresh = new_key(), new_key()
    ciphertext = Keyring([old]).encrypt("s3cret", PURPOSE)
    assert Keyring([fresh, old]).decrypt_text(ciphertext, PURPOSE) == "s3cret"
    with pytest.raises(UndecryptableError, match=old.id.hex()):
        Keyring([fresh]).decrypt(ciphertext, PURPOSE)


@pytest.fixture
def at(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path)


def test_the_first_start_makes_a_key_file_that_only_its_owner_reads(at: Settings) -> None:
    first = open_keyring(at)
    assert at.key_path.stat().st_mode & 0o777 == 0o600
    assert open_keyring(at).active.id == first.active.id
    assert os.listdir(at.data_dir) == ["keys.json"]


def test_processes_that_start_at_once_agree_on_one_key(at: Settings) -> None:
    found: list[bytes] = []
    together = threading.Barrier(8)

    def start() -> None:
        together.wait()
        found.append(open_keyring(at).active.id)

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1


def test_a_key_file_that_others_can_read_is_refused(at: Settings) -> None:
    open_keyring(at)
    at.key_path.chmod(0o640)
    with pytest.raises(KeyFileError, match="chmod 600"):
        open_keyring(at)


@pytest.mark.parametrize(
    "content", ["", "{}", "[]", '{"keys": []}', '{"keys": ["c2hvcnQ="]}', '{"keys": ["!"]}']
)
def test_a_damaged_key_file_is_refused_and_not_replaced(at: Settings, content: str) -> None:
    at.key_path.write_text(content)
    at.key_path.chmod(0o600)
    with pytest.raises(KeyFileError):
        open_keyring(at)
    assert at.key_path.read_text() == content


def test_the_environment_wins_over_the_file(at: Settings) -> None:
    texts = [base64.b64encode(bytes([number]) * 32).decode() for number in (1, 2)]
    keyring = open_keyring(at.model_copy(update={"encryption_key": SecretStr(", ".join(texts))}))
    assert [key.id for key in keyring.keys] == [Key(bytes([n]) * 32).id for n in (1, 2)]
    assert not at.key_path.exists()


@pytest.fixture
def vault(database: Database) -> Iterator[sa.Table]:
    """A slice's table with a secret in it."""
    table = sa.Table(
        "vault",
        metadata,
        sa.Column("id", sa.BigInteger, primary_key=True),
        encrypted("secret", PURPOSE, nullable=True),
    )
    table.create(database.engine)
    yield table
    table.drop(database.engine)
    metadata.remove(table)


@pytest.fixture
def with_file(at: Settings, database: Database, clock: FixedClock) -> Kernel:
    kernel = Kernel(at, database, clock, open_keyring(at))
    claim(kernel)
    return kernel


def fill(kernel: Kernel, vault: sa.Table, count: int) -> None:
    rows = [
        {"id": number, "secret": kernel.secrets.encrypt(f"secret {number}", PURPOSE)}
        for number in range(count)
    ]
    with kernel.database.engine.begin() as connection:
        connection.execute(vault.insert(), [*rows, {"id": count, "secret": None}])


def secrets_in(kernel: Kernel, vault: sa.Table) -> list[str]:
    query = sa.select(vault.c.secret).where(vault.c.secret.is_not(None)).order_by(vault.c.id)
    with kernel.read() as connection:
        return [kernel.secrets.decrypt_text(text, PURPOSE) for text in connection.scalars(query)]


def test_a_rotation_encrypts_every_secret_anew(with_file: Kernel, vault: sa.Table) -> None:
    fill(with_file, vault, 1203)
    before = with_file.secrets.active.id
    done = rotate(with_file, SYSTEM)
    assert (done.reencrypted, done.retired) == (1203, 1)
    assert with_file.secrets.active.id != before
    alone = Kernel(
        with_file.settings,
        with_file.database,
        with_file.clock,
        Keyring([with_file.secrets.active]),
    )
    assert secrets_in(alone, vault) == [f"secret {number}" for number in range(1203)]


def test_a_rotation_reaches_processes_that_are_running(
    with_file: Kernel, at: Settings, vault: sa.Table
) -> None:
    running = open_keyring(at)
    late = running.encrypt("written with the old key", PURPOSE)
    rotate(with_file, SYSTEM)
    assert running.active.id == with_file.secrets.active.id
    assert with_file.secrets.decrypt_text(late, PURPOSE) == "written with the old key"


def test_old_keys_can_be_forgotten(with_file: Kernel, at: Settings, vault: sa.Table) -> None:
    fill(with_file, vault, 3)
    rotate(with_file, SYSTEM)
    assert len(json.loads(at.key_path.read_text())["keys"]) == 2
    rotate(with_file, SYSTEM, drop_old=True)
    assert len(json.loads(at.key_path.read_text())["keys"]) == 1
    assert secrets_in(with_file, vault) == ["secret 0", "secret 1", "secret 2"]
    claim(with_file)


def test_a_rotation_is_in_the_audit_log_without_the_keys(with_file: Kernel) -> None:
    done = rotate(with_file, SYSTEM)
    with with_file.read() as connection:
        [entry] = entries(connection, Filter(), limit=2)
    assert entry["object_id"] == done.key_id
    assert base64.b64encode(with_file.secrets.active.material).decode() not in str(entry)


def test_a_machine_with_another_key_file_is_told_before_it_does_harm(
    with_file: Kernel, tmp_path: Path
) -> None:
    other = open_keyring(Settings(data_dir=tmp_path / "elsewhere"))
    with pytest.raises(WrongKeyError, match="OSTIARY_KEY_FILE"):
        claim(Kernel(with_file.settings, with_file.database, with_file.clock, other))
