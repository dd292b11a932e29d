from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime

import httpx2
import pytest
from pydantic import SecretStr

from ostiary.server.kernel.clock import FixedClock
from ostiary.server.kernel.database import Database
from ostiary.server.kernel.secrets import Key, Keyring
from ostiary.server.kernel.settings import Settings
from ostiary.server.kernel.work import Kernel
from ostiary.tenant.tls import server_certificate
from tests.server.conftest import empty_database, no_settings_of_the_machine
from tests.server.notify.post import PostOffice, working
from tests.server.postgres import TestPostgres
from tests.stories.server import StoryServer, serving
from tests.stories.world import Stage

__all__ = ["empty_database", "no_settings_of_the_machine"]


@pytest.fixture(scope="module")
def office() -> Iterator[PostOffice]:
    """The SMTP server that the stories of a file send to."""
    with working(PostOffice()) as office:
        yield office


@pytest.fixture(scope="module")
def server(
    postgres: TestPostgres,
    worker_id: str,
    tmp_path_factory: pytest.TempPathFactory,
    office: PostOffice,
) -> Iterator[StoryServer]:
    """One for the stories of a file; each story has apps, connectors and a tenant of its own.

    Its clock says today: TLS clients hold certificates against the machine's.
    """
    name = f"stories_{worker_id}"
    database = Database(postgres.create_migrated(name))
    with pytest.MonkeyPatch.context() as patch:
        for variable in [name for name in os.environ if name.startswith("OSTIARY_")]:
            patch.delenv(variable)
        settings = Settings(
            data_dir=tmp_path_factory.mktemp("server"),
            database_url=SecretStr(database.url),
            tls_host="127.0.0.1",
            tls_port=0,
            smtp_host="127.0.0.1",
            smtp_port=office.port,
            smtp_security="none",
            mail_from="ostiary@corp.test",
        )
    clock = FixedClock(datetime.now(UTC).replace(microsecond=0))
    kernel = Kernel(settings, database, clock, Keyring([Key(bytes(range(32)))]))
    with serving(kernel, clock, office) as running:
        yield running
    database.close()
    postgres.drop(name)


@pytest.fixture(scope="module")
def admin(server: StoryServer) -> Iterator[httpx2.Client]:
    with server.administrator() as client:
        yield client


@pytest.fixture(scope="module")
def stage(
    server: StoryServer, admin: httpx2.Client, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    """Where stories begin: makes worlds, and has this process trust the server and the tenants."""
    folder = tmp_path_factory.mktemp("stage")
    authority = server_certificate(folder / "tenants").ca_file
    trusted = folder / "trusted.pem"
    trusted.write_bytes(server.authority.read_bytes() + authority.read_bytes())
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(trusted))
        made = Stage(server, admin, folder, trusted)
        yield made
        made.close()
