"""How a file goes over the wire (protocol reference 3.7)."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from ostiary.baton.ids import new_ksuid
from ostiary.connector.service.credentials import ClientCredentials
from ostiary.connector.service.server import Server
from ostiary.connector.service.service import server_host
from ostiary.connector.service.token import Tokens
from ostiary.connector.service.trust import authorities, http_context
from ostiary.connector.status import ConnectorError, Status
from tests.connector.service.running import Workbench

CONTENT = bytes(range(256)) * 5000


@pytest.fixture
def client(workbench: Workbench) -> Server:
    environment = workbench.environment
    credentials = ClientCredentials.parse(
        environment["BATON_CLIENT_ID"], environment["BATON_CLIENT_SECRET"]
    )
    host, roots = server_host(credentials, environment), authorities(environment)
    tokens = Tokens(credentials, host, http_context(roots), workbench.clock, "test/1")
    return Server(host, roots, tokens, "desk-1", "test/1")


async def test_a_file_is_sent_in_half_megabytes_with_its_digest_at_the_end(
    workbench: Workbench, client: Server
) -> None:
    file = workbench.folder / "sync.c1z"
    file.write_bytes(CONTENT)
    task_id = new_ksuid()
    await client.upload(task_id, file)
    (upload,) = workbench.server.uploads
    assert (upload.host_id, upload.task_id) == ("desk-1", task_id)
    assert upload.chunks == [524_288, 524_288, 231_424]
    assert hashlib.sha256(upload.content).digest() == hashlib.sha256(CONTENT).digest()
    assert upload.checksum_matches


async def test_a_file_that_cannot_be_read_is_named(client: Server, tmp_path: Path) -> None:
    with pytest.raises(ConnectorError, match=r"gone\.c1z cannot be read: No such file") as caught:
        await client.upload(new_ksuid(), tmp_path / "gone.c1z")
    assert caught.value.status is Status.DATA_LOSS
