"""Which keys a database was used with, and how everything in it gets a new one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from ostiary.server.kernel.actor import Actor
from ostiary.server.kernel.keyfile import FileKeyring
from ostiary.server.kernel.model import encryption_keys
from ostiary.server.kernel.secrets import KEY_ID_BYTES, VERSION, Key, new_key
from ostiary.server.kernel.tables import PURPOSE, metadata
from ostiary.server.kernel.work import Kernel, UnitOfWork

BATCH = 500
LOCK = 0x0571A59


class WrongKeyError(RuntimeError):
    """This process has none of the keys that the database was used with."""


def claim(kernel: Kernel) -> None:
    """Notes the active key on first use. WrongKeyError on a machine with a key file of its own."""
    active = kernel.secrets.active.id.hex()
    with kernel.database.writing() as connection:
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
        known = set(connection.scalars(sa.select(encryption_keys.c.key_id)))
        if known and known.isdisjoint(key.id.hex() for key in kernel.secrets.keys):
            raise WrongKeyError(
                f"the database was used with encryption key {', '.join(sorted(known))}, and this "
                f"machine has {active}: give it the first machine's key file (OSTIARY_KEY_FILE)"
            )
        if active not in known:
            row = {"key_id": active, "first_used_at": kernel.clock.now()}
            connection.execute(encryption_keys.insert().values(row))


@dataclass(frozen=True)
class Rotation:
    key_id: str
    reencrypted: int
    retired: int
    """Old keys that are still in the file, for processes that have not noticed yet."""


def rotate(kernel: Kernel, actor: Actor, *, drop_old: bool = False) -> Rotation:
    """A new key in the file if the keys are in one, then every secret anew under the active key.

    With the keys in the environment the operator puts the new one first and keeps the old one
    behind it. `drop_old` forgets the retired keys, which must wait until every process has
    finished what it was doing when the key changed.
    """
    keyring = kernel.secrets
    if isinstance(keyring, FileKeyring):
        keyring.file.write([new_key(), *keyring.keys])
    active = keyring.active
    claim(kernel)
    count = sum(_reencrypt(kernel, column, active) for column in secret_columns())
    retired = [key.id.hex() for key in keyring.keys[1:]]
    with kernel.work(actor) as unit:
        if drop_old and isinstance(keyring, FileKeyring):
            _forget(unit, retired)
            keyring.file.write([active])
            retired = []
        unit.audit(
            "kernel.encryption_key.rotate",
            "encryption_key",
            active.id.hex(),
            None,
            {"reencrypted": count, "retired": retired},
        )
    return Rotation(active.id.hex(), count, len(retired))


def secret_columns() -> Iterator[sa.Column[bytes]]:
    for table in metadata.sorted_tables:
        yield from (column for column in table.columns if PURPOSE in column.info)


def _reencrypt(kernel: Kernel, column: sa.Column[bytes], active: Key) -> int:
    """In small transactions: rows stay locked only for moments."""
    total = 0
    while changed := _reencrypt_batch(kernel, column, active):
        total += changed
    return total


def _reencrypt_batch(kernel: Kernel, column: sa.Column[bytes], active: Key) -> int:
    table, purpose = column.table, column.info[PURPOSE]
    keys = list(table.primary_key.columns)
    key_id = sa.func.substr(column, len(VERSION) + 1, KEY_ID_BYTES)
    stale = (
        sa.select(*keys, column.label("ciphertext"))
        .where(key_id != active.id)
        .limit(BATCH)
        .with_for_update()
    )
    with kernel.database.writing() as connection:
        rows = connection.execute(stale).all()
        for row in rows:
            fresh = active.seal(kernel.secrets.decrypt(row.ciphertext, purpose), purpose)
            same = sa.and_(*(key == row._mapping[key.name] for key in keys))
            connection.execute(sa.update(table).where(same).values({column.name: fresh}))
    return len(rows)


def _forget(unit: UnitOfWork, key_ids: list[str]) -> None:
    unit.connection.execute(encryption_keys.delete().where(encryption_keys.c.key_id.in_(key_ids)))
