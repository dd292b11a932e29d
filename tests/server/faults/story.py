"""One seeded run: everybody works, dies now and then, and is watched all the time."""

from __future__ import annotations

import base64
from collections import defaultdict
from dataclasses import dataclass, field
from random import Random
from typing import Final

import httpx2
import sqlalchemy as sa

from ostiary.server.catalog.actions import create_app, set_hold_large_drops
from ostiary.server.connectors.actions.credentials import rotate_credential
from ostiary.server.connectors.actions.registry import NewConnector, create_connector
from ostiary.server.connectors.actions.syncs import request_sync
from ostiary.server.connectors.rules import SyncState
from ostiary.server.connectors.schedule import Interval
from ostiary.server.connectors.store import syncs
from ostiary.server.connectors.store.registry import Connector
from ostiary.server.kernel.actor import SYSTEM
from ostiary.server.kernel.auth import sessions, user_store, users
from ostiary.server.kernel.authz.roles import SUPER_ADMINISTRATOR
from ostiary.server.kernel.work import Kernel
from tests.server.faults import agent, hurried
from tests.server.faults.cluster import Cluster, Member, Told
from tests.server.faults.pictures import check_accounts, check_grants

KEY: Final = bytes(range(32))
FUSES: Final = {"web": (15, 90), "worker": (30, 200), "agent": (2, 12)}
"""How many steps a process lives: at least and at most."""
DEATHS: Final = 3
"""So often processes of each kind may die."""
SYNCS: Final = 2
"""So many syncs of each connector are completed while all die; after them one more in peace."""

DUE: Final = sa.text("UPDATE connectors SET due_at = now() WHERE public_id = :id")


@dataclass
class Watched:
    """A connector and what was seen of it. `scheduled`: its syncs are due, not asked for."""

    connector: Connector
    scheduled: bool
    wanted: int = SYNCS
    seen: list[str] = field(default_factory=list)


@dataclass
class Story:
    kernel: Kernel
    cluster: Cluster
    random: Random
    eyes: Random
    connectors: list[Watched] = field(default_factory=list)
    said: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    webs: dict[str, str] = field(default_factory=dict)
    cookie: str = ""
    calm: bool = False

    def run(self) -> None:
        self._set_up()
        self._go_on_until_satisfied()
        self.calm = True
        for each in self.connectors:
            each.wanted += 1
        self._ask_again()
        self._go_on_until_satisfied()
        self.cluster.end()
        while not self.cluster.told.empty():
            self._note(self.cluster.told.get())

    def _go_on_until_satisfied(self) -> None:
        while not all(self._satisfied(each) for each in self.connectors):
            self._hear(self.cluster.next())

    @property
    def deaths(self) -> dict[str, int]:
        return {
            kind: sum(each.deaths for each in self.cluster.members.values() if each.kind == kind)
            for kind in FUSES
        }

    def _set_up(self) -> None:
        for name, scheduled in (("Asked", False), ("Scheduled", True)):
            self.connectors.append(self._connector(name, scheduled=scheduled))
        self.cookie = self._signed_in()
        self._start("web-1", "web")
        while not list(self.cluster.addresses.glob("*.port")):
            self._hear(self.cluster.next())
        self._start("web-2", "web")
        self._start("worker-1", "worker")
        for host, each in zip("abc", [*self.connectors, self.connectors[0]], strict=True):
            self._start_agent(host, each.connector)

    def _connector(self, name: str, *, scheduled: bool) -> Watched:
        with self.kernel.work(SYSTEM) as work:
            app_id = create_app(work, name)
            schedule = Interval() if scheduled else None
            connector = create_connector(work, NewConnector(app_id, "", name, schedule=schedule))
            set_hold_large_drops(work, connector.id, hold=False)
        return Watched(connector, scheduled)

    def _signed_in(self) -> str:
        with self.kernel.work(SYSTEM) as work:
            user = users.create_person(work, "root@corp.test", "Root", "local")
            user = users.set_roles(work, user, [SUPER_ADMINISTRATOR.id])
            assert user_store.find_public(work.connection, user.public_id)
            return sessions.open_session(work, user, replacing="", address="", user_agent="")

    def _start(self, name: str, role: str) -> None:
        environment = {
            "OSTIARY_DATA_DIR": str(self.kernel.settings.data_dir),
            "OSTIARY_DATABASE_URL": self.kernel.database.url,
            "OSTIARY_ENCRYPTION_KEY": base64.b64encode(KEY).decode(),
            "OSTIARY_TLS_HOST": "127.0.0.1",
            "OSTIARY_TLS_PORT": "0",
            "OSTIARY_LOG_LEVEL": "warning",
        }
        arguments = ("--role", role, "--http-port", "0")
        self._light(Member(role, name, hurried.serve, arguments, environment))

    def _start_agent(self, host: str, connector: Connector) -> None:
        with self.kernel.work(SYSTEM) as work:
            minted = rotate_credential(work, connector.id, "127.0.0.1:8443", display_name=host)
        environment = {
            "FAULTS_ADDRESSES": str(self.cluster.addresses),
            "SSL_CERT_FILE": str(self.kernel.settings.data_dir / "tls" / "ca.pem"),
            "BATON_CLIENT_ID": minted.credential.client_id,
            "BATON_CLIENT_SECRET": minted.secret,
            "BATON_HOST_ID": f"host-{host}",
        }
        self._light(Member("agent", f"agent-{host}", agent.work, (), environment))

    def _light(self, member: Member) -> None:
        fuse = self.random.randint(*FUSES[member.kind])
        if self.calm or self.deaths[member.kind] >= DEATHS:
            fuse = 0
        self.cluster.start(member, fuse)

    def _hear(self, told: Told) -> None:
        if told.by == "database":
            self._ask_again()
        elif told.line is None:
            self._rise(self.cluster.members[told.by])
        elif told.by.startswith("web"):
            self._note_address(told.by, told.line)
        else:
            self._note(told)
        self._look()

    def _note(self, told: Told) -> None:
        if told.by.startswith("agent") and told.line is not None:
            word, _, sync_id = told.line.partition(" ")
            self.said[word].add(sync_id)

    def _rise(self, member: Member) -> None:
        assert member.process is not None
        assert member.process.exitcode == -9, self.cluster.logs()
        member.deaths += 1
        self.webs.pop(member.name, None)
        self._light(member)

    def _note_address(self, name: str, line: str) -> None:
        if line.startswith("http://"):
            self.webs[name] = line
        elif line.startswith("https://"):
            file = self.cluster.addresses / f"{name}.port"
            new = file.with_suffix(".new")
            new.write_text(line.rpartition(":")[2])
            new.replace(file)

    def _ask_again(self) -> None:
        """For the next sync of every connector that has none under way and not enough yet."""
        for each in self.connectors:
            if not self._busy(each) and self._done(each) < each.wanted:
                self._want_sync(each)

    def _want_sync(self, each: Watched) -> None:
        with self.kernel.work(SYSTEM) as work:
            if each.scheduled:
                work.connection.execute(DUE, {"id": each.connector.id})
            else:
                request_sync(work, each.connector.id)

    def _satisfied(self, each: Watched) -> bool:
        return not self._busy(each) and self._done(each) >= each.wanted

    def _busy(self, each: Watched) -> bool:
        with self.kernel.read() as connection:
            return syncs.find_open(connection, each.connector.key) is not None

    def _done(self, each: Watched) -> int:
        with self.kernel.read() as connection:
            found = syncs.find_latest(connection, each.connector.key, 1000)
        return sum(sync.state is SyncState.DONE for sync in found)

    def _look(self) -> None:
        """At one connector's app, through any web process that still answers."""
        each, web = self.eyes.choice(self.connectors), self.eyes.choice([*self.webs.values(), ""])
        if not web:
            return
        try:
            with httpx2.Client(base_url=web, cookies={"ostiary": self.cookie}, timeout=60) as http:
                seen = self.eyes.choice((_accounts, _grants))(http, each.connector.app_id)
        except httpx2.TransportError:
            return
        if seen is not None and each.seen[-1:] != [seen]:
            each.seen.append(seen)


def _accounts(http: httpx2.Client, app_id: str) -> str | None:
    answer = http.get(f"/api/v1/apps/{app_id}/app_users", params={"page_size": 100})
    assert answer.status_code == 200, answer.text
    return check_accounts(answer.json()["list"])


def _grants(http: httpx2.Client, app_id: str) -> str | None:
    http.headers["x-csrf-token"] = sessions.csrf_token(http.cookies["ostiary"])
    answer = http.post("/api/v1/search/grants", json={"appIds": [app_id], "pageSize": 100})
    assert answer.status_code == 200, answer.text
    return check_grants(answer.json()["list"])
