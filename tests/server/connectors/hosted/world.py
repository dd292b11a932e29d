"""A simulated tenant, a server as its operator starts it, and a connector that it hosts.

    with hosting(folder, database_url, tenant) as world:
        connector = world.create(tenant)                # or world.try_create(...) for a refusal
        world.wait_for(connector, "SYNC_STATUS_DONE")

Waits for what the database tells, never for time to pass.
"""

from __future__ import annotations

import os
import signal
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import psycopg

from ostiary.tenant.server import SimulatedTenant
from tests.server.auth.people import PASSWORD, code_in
from tests.server.kernel.running import PATIENCE, Server, command, starting

ENTRA = "2UUdYir252rR6PVSASeUFNaJOIB"

TELL_OF_CHANGES = """
CREATE FUNCTION tell_of_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM pg_notify('changed', TG_TABLE_NAME); RETURN NULL; END $$;
CREATE TRIGGER tell_of_change AFTER INSERT OR UPDATE ON connectors
    FOR EACH STATEMENT EXECUTE FUNCTION tell_of_change();
CREATE TRIGGER tell_of_change AFTER INSERT OR UPDATE ON connector_syncs
    FOR EACH STATEMENT EXECUTE FUNCTION tell_of_change();
CREATE TRIGGER tell_of_change AFTER INSERT ON connector_log
    FOR EACH STATEMENT EXECUTE FUNCTION tell_of_change();
"""


def reserved_port() -> int:
    """A port that stays free for whoever binds it with SO_REUSEADDR: a connection that waits to
    be forgotten keeps it from being given to others."""
    with socket.socket() as server, socket.socket() as client:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind(("127.0.0.1", 0))
        server.listen(1)
        port = int(server.getsockname()[1])
        client.connect(("127.0.0.1", port))
        accepted, _ = server.accept()
        accepted.close()
        return port


def secret_settings(tenant: SimulatedTenant, **changed: str) -> dict[str, str]:
    """What a person types in to connect a tenant with a client secret."""
    return {
        "entra_tenant_id": tenant.tenant_id,
        "entra_client_id": tenant.client_id,
        "entra_client_secret": tenant.client_secret,
        "entra_graph_domain": tenant.graph_domain,
        "entra_login_domain": tenant.login_domain,
    } | changed


def configuration(values: Mapping[str, str]) -> dict[str, Any]:
    """As Terraform sends it."""
    named = {"C1_selected_field_group_name": "entra_group_client_secret", **values}
    return {
        "@type": "type.googleapis.com/c1.api.app.v1.EnvConfig",
        "configuration": {name: {"stringValue": value} for name, value in named.items()},
    }


@dataclass
class World:
    """`environment` starts further processes and commands on the same data."""

    folder: Path
    environment: dict[str, str]
    servers: list[Server]
    database_url: str
    client: httpx2.Client
    app_id: str = ""

    @property
    def connectors(self) -> str:
        return f"/api/v1/apps/{self.app_id}/connectors"

    @property
    def logs(self) -> str:
        return "\n".join(server.log for server in self.servers)

    def try_create(self, values: Mapping[str, str]) -> httpx2.Response:
        body = {"catalogId": ENTRA, "config": configuration(values)}
        return self.client.post(f"{self.connectors}/create", json=body)

    def create(self, tenant: SimulatedTenant, **changed: str) -> dict[str, Any]:
        """A connector whose settings work, as REST shows it."""
        return shown(self.try_create(secret_settings(tenant, **changed)))

    def look(self, connector: Mapping[str, Any]) -> dict[str, Any]:
        return shown(self.client.get(f"{self.connectors}/{connector['id']}"))

    def wait_for(self, connector: Mapping[str, Any], status: str) -> dict[str, Any]:
        """SYNC_STATUS_DONE and so on; an assertion fails when it does not come."""
        return self.wait_until(
            lambda: self.look(connector), lambda seen: seen["status"]["status"] == status
        )

    def wait_until(
        self,
        look: Callable[[], dict[str, Any]],
        holds: Callable[[dict[str, Any]], bool],
    ) -> dict[str, Any]:
        with psycopg.connect(self.database_url, autocommit=True) as watching:
            watching.execute("LISTEN changed")
            if holds(seen := look()):
                return seen
            for _ in watching.notifies(timeout=PATIENCE):
                if holds(seen := look()):
                    return seen
        raise AssertionError(f"It stays {seen}\n{self.logs}")

    def log_of(self, connector: Mapping[str, Any]) -> list[str]:
        """Messages of the connector's log, oldest first."""
        with psycopg.connect(self.database_url) as connection:
            rows = connection.execute(
                "SELECT message FROM connector_log JOIN connectors"
                " ON connectors.id = connector_id WHERE public_id = %s ORDER BY connector_log.id",
                [connector["id"]],
            )
            return [row[0] for row in rows]

    def wait_for_line(self, connector: Mapping[str, Any], text: str, times: int = 1) -> list[str]:
        """The log, once `text` stands in so many of its lines."""
        found = self.wait_until(
            lambda: {"lines": self.log_of(connector)},
            lambda seen: sum(text in line for line in seen["lines"]) >= times,
        )
        lines: list[str] = found["lines"]
        return lines

    def children(self, connector: Mapping[str, Any]) -> list[int]:
        """Process ids of the connector's program, whoever started it."""
        return [pid for pid in _processes() if f"/hosted/{connector['id']}" in _folder(pid)]

    def kill(self, connector: Mapping[str, Any]) -> None:
        for pid in self.children(connector):
            os.kill(pid, signal.SIGKILL)

    def everything_stored(self) -> str:
        """All of the database's text, to look for what must not be there."""
        with psycopg.connect(self.database_url) as connection:
            tables = connection.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            ).fetchall()
            rows = [
                str(row[0])
                for (table,) in tables
                for row in connection.execute(f'SELECT t::text FROM "{table}" t').fetchall()
            ]
        return "\n".join(rows)


def shown(reply: httpx2.Response) -> dict[str, Any]:
    assert reply.status_code == 200, reply.text
    connector: dict[str, Any] = reply.json()["connectorView"]["connector"]
    return connector


def server_environment(
    folder: Path, database_url: str, tenant: SimulatedTenant, port: int
) -> dict[str, str]:
    """Of a server that serves on this port with TLS and trusts the tenant."""
    return {
        "OSTIARY_DATA_DIR": str(folder),
        "OSTIARY_DATABASE_URL": database_url,
        "OSTIARY_TLS_HOST": "127.0.0.1",
        "OSTIARY_TLS_PORT": str(port),
        "SSL_CERT_FILE": str(tenant.ca_file),
    }


def application_not_let_in(tenant: SimulatedTenant) -> dict[str, str]:
    """The environment of a server whose operator has an application that nobody has let in yet."""
    tenant.clock.advance((datetime.now(UTC) - tenant.clock.now()).total_seconds())
    tenant.registration.roles.clear()
    tenant.registration.installed = False
    return {
        "OSTIARY_ENTRA_CLIENT_ID": tenant.client_id,
        "OSTIARY_ENTRA_CLIENT_SECRET": tenant.client_secret,
        "OSTIARY_ENTRA_LOGIN_DOMAIN": tenant.login_domain,
        "OSTIARY_ENTRA_GRAPH_DOMAIN": tenant.graph_domain,
    }


@contextmanager
def hosting(
    folder: Path,
    database_url: str,
    tenant: SimulatedTenant,
    *,
    roles: tuple[str, ...] = ("all",),
    **environment: str,
) -> Iterator[World]:
    """Servers of these roles on one database, an administrator who is signed in, and an app."""
    port = reserved_port()
    shared = server_environment(folder, database_url, tenant, port) | environment
    with ExitStack() as stack:
        servers = [stack.enter_context(started(folder, shared, role)) for role in roles]
        with psycopg.connect(database_url, autocommit=True) as connection:
            connection.execute(TELL_OF_CHANGES)
        with administrator(shared, folder) as client:
            world = World(folder, shared, servers, database_url, client)
            made = client.post("/api/v1/apps", json={"displayName": "Entra"})
            world.app_id = made.json()["app"]["id"]
            yield world
        for server in servers:
            if server.process.poll() is None:
                assert server.stop() == 0, server.log


@contextmanager
def started(folder: Path, environment: Mapping[str, str], role: str) -> Iterator[Server]:
    with starting(folder, environment, "--role", role) as server:
        server.wait_until_it_listens()
        yield server


@contextmanager
def administrator(
    environment: Mapping[str, str], folder: Path, email: str = "carol@corp.test"
) -> Iterator[httpx2.Client]:
    added = command(environment, "users", "add", email, "--role", "super_admin")
    assert added.returncode == 0, added.stderr
    base = f"https://127.0.0.1:{environment['OSTIARY_TLS_PORT']}"
    trust = ssl.create_default_context(cafile=str(folder / "tls" / "ca.pem"))
    with httpx2.Client(base_url=base, verify=trust, timeout=PATIENCE) as client:
        form = {"code": code_in(added.stdout.strip()), "password": PASSWORD}
        assert client.post("/auth/password", data=form).status_code == 303
        client.headers["x-csrf-token"] = client.get("/auth/session").json()["csrfToken"]
        yield client


def _processes() -> list[int]:
    return [int(entry) for entry in os.listdir("/proc") if entry.isdigit()]


def _folder(pid: int) -> str:
    try:
        return os.readlink(f"/proc/{pid}/cwd")
    except OSError:
        return ""
