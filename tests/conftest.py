"""What every test of the server needs, wherever it lies: one PostgreSQL for the whole run."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from ostiary.server.kernel.database import Database
from tests.server.postgres import TestPostgres


@pytest.fixture(scope="session")
def postgres(testrun_uid: str) -> Iterator[TestPostgres]:
    """A server for the whole run, in a directory that PostgreSQL's own account can reach."""
    directory = Path(tempfile.gettempdir()) / f"ostiary-test-{testrun_uid[:12]}"
    with TestPostgres(directory).running() as server:
        yield server
    if not (directory / "data" / "postmaster.pid").exists():
        shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture(scope="session")
def worker_database(postgres: TestPostgres, worker_id: str) -> Iterator[Database]:
    database = Database(postgres.create_migrated(f"of_{worker_id}"))
    yield database
    database.close()
    postgres.drop(f"of_{worker_id}")
