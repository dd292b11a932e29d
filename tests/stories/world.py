"""One tenant, the connector that reads it, and the app that it fills: the scene of a story."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import psycopg

from ostiary.server.connectors.rules import SyncState
from ostiary.server.connectors.store import journal, registry, syncs
from ostiary.server.connectors.store.journal import Line
from ostiary.server.connectors.store.syncs import Sync
from ostiary.tenant.directory import Directory
from ostiary.tenant.server import SimulatedTenant
from tests.server.connectors.hosted.world import ENTRA, configuration, secret_settings
from tests.stories.agent import Agent, in_time_of
from tests.stories.asking import AppView
from tests.stories.server import ADMINISTRATOR, PATIENCE, StoryServer

SELF_HOSTED = "2HErg7BRmNdHgX8sTCWVq4E1fyh"
"""What C1's catalogue calls a connector that somebody runs themselves (c1-api reference 3.1)."""

ON_ITS_WAY = (SyncState.QUEUED, SyncState.RUNNING)

TELL_WHEN_A_SYNC_MOVES = """
CREATE OR REPLACE FUNCTION tell_sync_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM pg_notify('sync_moved', NEW.public_id); RETURN NULL; END $$;
CREATE OR REPLACE TRIGGER tell_sync_moved AFTER UPDATE OF state ON connector_syncs
FOR EACH ROW EXECUTE FUNCTION tell_sync_moved();
"""
"""So that stories wait for what happens and not for time to pass."""


@dataclass
class World(AppView):
    """What REST tells of the app is in `AppView`; what only the server knows yet is here."""

    server: StoryServer
    tenant: SimulatedTenant
    connector_id: str
    agent: Agent
    watching: psycopg.Connection[Any] = field(repr=False)

    @property
    def path(self) -> str:
        return f"/apps/{self.app_id}/connectors/{self.connector_id}"

    def id_of(self, name: str) -> str:
        """The object id of somebody or something in the tenant, by its name or its login."""
        return self.tenant.directory.id_of(name)

    def sync(self) -> Sync:
        """Asks for a sync over REST unless the first one is on its way, and sees it to its end."""
        self.server.clock.advance(1)
        if self.newest_sync().state not in ON_ITS_WAY:
            self.post(f"{self.path}/force_sync")
        self.agent.poll_now()
        self.await_upload()
        self.server.work_off()
        return self.newest_sync()

    def synced(self) -> Sync:
        """As `sync`, when nothing else than success will do."""
        sync = self.sync()
        assert sync.state is SyncState.DONE, sync.error
        return sync

    def confirm(self) -> None:
        """Somebody says that what a held sync would remove is really gone."""
        self.server.clock.advance(1)
        self.post(f"{self.path}/confirm_sync_valid/{self.newest_sync().id}")
        self.server.work_off()

    def wait(self, by: timedelta) -> None:
        """Days go by on the server; the administrator is signed in again."""
        self.server.wait(self.client, ADMINISTRATOR, by)

    def at(self) -> str:
        """The server's time, for asking about it later; the clock moves on."""
        now = self.server.clock.now().isoformat()
        self.server.clock.advance(1)
        return now

    def connector(self) -> dict[str, Any]:
        """As REST shows it."""
        reply = self.get(self.path)
        shown: dict[str, Any] = reply["connectorView"]["connector"]
        return shown

    def status(self) -> str:
        told: str = self.connector()["status"]["status"]
        return told

    def newest_sync(self) -> Sync:
        return self.syncs()[0]

    def syncs(self) -> list[Sync]:
        """Newest first."""
        with self.server.kernel.read() as connection:
            return syncs.find_latest(connection, self._connector_key(connection))

    def journal(self) -> list[Line]:
        """Newest first."""
        with self.server.kernel.read() as connection:
            return journal.read_lines(connection, self._connector_key(connection))

    def await_upload(self) -> None:
        """The sync may have moved on before anybody listened, so its state is read each time."""
        while self.newest_sync().state in ON_ITS_WAY:
            heard = list(self.watching.notifies(timeout=PATIENCE, stop_after=1))
            assert heard, f"no sync moved: {self.journal()}"

    def _connector_key(self, connection: Any) -> int:
        found = registry.find(connection, self.connector_id)
        assert found is not None
        return found.key


@dataclass
class Stage:
    """Makes worlds. `trusted` holds the authorities of the server and of every tenant."""

    server: StoryServer
    admin: httpx2.Client
    folder: Path
    trusted: Path
    _watching: psycopg.Connection[Any] | None = field(default=None, init=False)
    _worlds: int = field(default=0, init=False)

    @contextmanager
    def world(
        self,
        directory: Directory,
        options: dict[str, str] | None = None,
        **conditions: Any,
    ) -> Iterator[World]:
        """A tenant with its agent. `options` are `BATON_*` variables, `conditions` those of
        `SimulatedTenant`. Nothing is synced yet."""
        with self.tenant(directory, **conditions) as tenant, self.of(tenant, options) as world:
            yield world

    def tenant(self, directory: Directory, **conditions: Any) -> SimulatedTenant:
        """Not started yet; agents will trust it."""
        return SimulatedTenant(directory, tls_dir=self.folder / "tenants", **conditions)

    @contextmanager
    def of(
        self,
        tenant: SimulatedTenant,
        options: dict[str, str] | None = None,
        *,
        into: str = "",
        told: bool = False,
    ) -> Iterator[World]:
        """A connector of a tenant that runs; `into` is the app that it fills, else a new one.
        `told`: the server knows its settings, as of one that it could run itself."""
        self._worlds += 1
        app_id = into or self._app()
        connector_id = self._connector(app_id, tenant if told else None)
        environment = self._credential(app_id, connector_id) | tenant.environment
        environment |= {"SSL_CERT_FILE": str(self.trusted)} | (options or {})
        state = self.folder / f"agent-{self._worlds}"
        agent = Agent(self.server, in_time_of(tenant), environment, state)
        agent.start()
        try:
            yield World(self.admin, app_id, self.server, tenant, connector_id, agent, self._watch())
        finally:
            agent.stop()

    def close(self) -> None:
        if self._watching is not None:
            self._watching.close()

    def _app(self) -> str:
        made = self.admin.post("/api/v1/apps", json={"displayName": f"Corp {self._worlds}"})
        return str(made.json()["app"]["id"])

    def _connector(self, app_id: str, known: SimulatedTenant | None) -> str:
        path, body = f"/api/v1/apps/{app_id}/connectors", {"displayName": "Entra"}
        if known is None:
            made = self.admin.post(path, json=body | {"catalogId": SELF_HOSTED})
        else:
            config = configuration(secret_settings(known))
            made = self.admin.post(
                f"{path}/create", json=body | {"catalogId": ENTRA, "config": config}
            )
        assert made.status_code == 200, made.text
        return str(made.json()["connectorView"]["connector"]["id"])

    def _credential(self, app_id: str, connector_id: str) -> dict[str, str]:
        body = {"appId": app_id, "connectorId": connector_id}
        made = self.admin.post("/api/v1/apps/connectors/credentials", json=body)
        credential = made.json()["credential"]
        return {
            "BATON_CLIENT_ID": credential["clientId"],
            "BATON_CLIENT_SECRET": credential["clientSecret"],
        }

    def _watch(self) -> psycopg.Connection[Any]:
        if self._watching is None:
            url = self.server.kernel.database.url
            self._watching = psycopg.connect(url, autocommit=True)
            self._watching.execute(TELL_WHEN_A_SYNC_MOVES)
            self._watching.execute("LISTEN sync_moved")
        return self._watching
