"""From one end to the other, in processes and over sockets: an operator sets a connector up at the
console, the connector runs with what was printed, and an administrator asks who has what.
"""

from __future__ import annotations

import json
import os
import ssl
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import psycopg
import pytest

from tests.connector.fake import CREDENTIALS
from tests.server.auth.people import PASSWORD, code_in
from tests.server.kernel.running import PATIENCE, Server, command, starting

REPOSITORY = Path(__file__).parents[2]

TELL_WHEN_A_SYNC_ENDS = """
CREATE FUNCTION tell_sync_ended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM pg_notify('sync_ended', NEW.state); RETURN NULL; END $$;
CREATE TRIGGER tell_sync_ended AFTER UPDATE OF state ON connector_syncs FOR EACH ROW
WHEN (NEW.state IN ('done', 'failed', 'held', 'cancelled')) EXECUTE FUNCTION tell_sync_ended();
LISTEN sync_ended;
"""
"""So that the test waits for what happens and not for time to pass."""


@pytest.fixture
def data_dir() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="ostiary-data-") as folder:
        yield Path(folder)


def tls_port(server: Server) -> str:
    assert server.process.stdout
    for line in server.process.stdout:
        if line.startswith("https://"):
            return line.strip().rpartition(":")[2]
    raise AssertionError(server.log)


def said(environment: Mapping[str, str], *words: str) -> str:
    ended = command(environment, *words)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


@contextmanager
def agent(printed: Mapping[str, str], folder: Path) -> Iterator[None]:
    """The fake connector as a service, given only what was printed and its own settings."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    with (folder / "agent.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.connector.fake"],
            cwd=REPOSITORY,
            env=inherited | CREDENTIALS | {"BATON_STATE_DIR": str(folder)} | dict(printed),
            stdout=log,
            stderr=log,
        )
    try:
        yield
    finally:
        process.terminate()
        process.wait(PATIENCE)


def first_state(watching: psycopg.Connection[Any]) -> str:
    for told in watching.notifies(timeout=PATIENCE, stop_after=1):
        return told.payload
    raise AssertionError("no sync ended")


@contextmanager
def administrator(environment: Mapping[str, str], authority: str) -> Iterator[httpx2.Client]:
    """Signed in on the TLS port, with the link that the console prints."""
    link = said(environment, "users", "add", "carol@corp.test", "--role", "super_admin").strip()
    base = f"https://127.0.0.1:{environment['OSTIARY_EXTERNAL_PORT']}"
    trust = ssl.create_default_context(cafile=authority)
    with httpx2.Client(base_url=base, verify=trust, timeout=PATIENCE) as client:
        form = {"code": code_in(link), "password": PASSWORD}
        assert client.post("/auth/password", data=form).status_code == 303
        client.headers["x-csrf-token"] = client.get("/auth/session").json()["csrfToken"]
        yield client


def holders(client: httpx2.Client, app_id: str) -> dict[str, dict[str, bool]]:
    """By entitlement: the accounts that have it, and whether directly."""
    entitlements = f"/api/v1/apps/{app_id}/entitlements"
    return {
        view["appEntitlement"]["externalId"]: {
            grant["appUser"]["displayName"]: grant["direct"]
            for grant in client.get(f"{entitlements}/{view['appEntitlement']['id']}/grants").json()[
                "list"
            ]
        }
        for view in client.get(entitlements).json()["list"]
        if not view["appEntitlement"]["systemBuiltin"]
    }


def test_what_a_connector_brought_can_be_asked_for(data_dir: Path, empty_database: str) -> None:
    base = {"OSTIARY_DATA_DIR": str(data_dir), "OSTIARY_DATABASE_URL": empty_database}
    with (
        starting(data_dir, {**base, "OSTIARY_TLS_HOST": "127.0.0.1"}) as server,
        psycopg.connect(empty_database, autocommit=True) as watching,
    ):
        server.wait_until_it_listens()
        console = base | {"OSTIARY_EXTERNAL_PORT": tls_port(server)}
        watching.execute(TELL_WHEN_A_SYNC_ENDS)
        made = json.loads(said(console, "connectors", "create", "Fake", "--json"))
        with agent(made["environment"], data_dir):
            assert first_state(watching) == "done", server.log
        shown = json.loads(said(console, "connectors", "show", "Fake", "--json"))
        assert (shown["status"], shown["lastError"]) == ("connected", "")
        assert shown["counts"]["accounts"] == 3
        assert shown["credentials"][0]["lastUsedAt"] is not None
        with administrator(console, made["environment"]["SSL_CERT_FILE"]) as client:
            url = f"/api/v1/apps/{made['appId']}/connectors/{made['id']}"
            connector = client.get(url).json()["connectorView"]["connector"]
            assert connector["status"]["status"] == "SYNC_STATUS_DONE"
            assert client.get(f"/api/v1/apps/{made['appId']}").json()["app"]["userCount"] == "3"
            named = {"appId": made["appId"], "connectorId": made["id"]}
            minted = client.post("/api/v1/apps/connectors/credentials", json=named).json()
            port = console["OSTIARY_EXTERNAL_PORT"]
            assert f"@127.0.0.1:{port}/" in minted["credential"]["clientId"]
            assert holders(client, made["appId"]) == {
                "group:a:members": {"Ann": True, "Bob": False, "Cleo": False},
                "group:b:members": {"Ann": False, "Bob": True, "Cleo": False},
                "group:c:members": {"Cleo": True},
                "app:crm:access": {"Ann": False},
            }
        assert server.stop() == 0, server.log
