from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from ostiary.server.kernel.clock import FixedClock
from ostiary.server.kernel.database import Database
from ostiary.server.kernel.secrets import Key, Keyring
from ostiary.server.kernel.settings import Settings
from ostiary.server.kernel.work import Kernel
from tests.server.postgres import TestPostgres, reset

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""A Monday morning: what `clock` says first."""


@pytest.fixture(autouse=True)
def no_settings_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("OSTIARY_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def database(worker_database: Database) -> Iterator[Database]:
    """Migrated, with nothing in it but what migrations bring."""
    reset(worker_database)
    yield worker_database
    assert worker_database.engine.pool.checkedout() == 0, "the test left a connection open"  # type: ignore[attr-defined]


@pytest.fixture
def empty_database(postgres: TestPostgres, worker_id: str) -> Iterator[str]:
    """The URL of a database that was never migrated."""
    name = f"empty_{worker_id}"
    yield postgres.create_empty(name)
    postgres.drop(name)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(START)


@pytest.fixture
def settings(tmp_path: Path, worker_database: Database) -> Settings:
    return Settings(
        data_dir=tmp_path / "ostiary",
        database_url=SecretStr(worker_database.url),
        http_port=0,
        tls_host="127.0.0.1",
        tls_port=0,
    )


@pytest.fixture
def keyring() -> Keyring:
    return Keyring([Key(bytes(range(32)))])


@pytest.fixture
def kernel(settings: Settings, database: Database, clock: FixedClock, keyring: Keyring) -> Kernel:
    return Kernel(settings, database, clock, keyring)
