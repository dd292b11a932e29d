"""Stories about a server that is new: who may come in, and what they may do."""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest

from ostiary.server.kernel.authz.roles import (
    BASIC_USER,
    READ_ONLY_ADMINISTRATOR,
    SUPER_ADMINISTRATOR,
)
from ostiary.tenant.clock import RealClock
from ostiary.tenant.server import SimulatedTenant
from ostiary.tenant.stories import story
from tests.server.auth.people import PASSWORD, code_in
from tests.server.connectors.hosted.world import reserved_port
from tests.server.kernel.running import PATIENCE, starting
from tests.stories.asking import Rest
from tests.stories.server import StoryServer
from tests.stories.world import SELF_HOSTED, Stage


@pytest.fixture(scope="module")
def tenant() -> Iterator[SimulatedTenant]:
    with SimulatedTenant(story(clock=RealClock())) as tenant:
        yield tenant


@dataclass
class Install:
    """`link`: what the operator reads at the first start."""

    folder: Path
    url: str
    link: str
    tenant: SimulatedTenant

    @contextmanager
    def browser(self) -> Iterator[httpx2.Client]:
        """That trusts the server and the tenant."""
        trust = ssl.create_default_context(cafile=str(self.folder / "tls" / "ca.pem"))
        trust.load_verify_locations(cafile=str(self.tenant.ca_file))
        with httpx2.Client(base_url=self.url, verify=trust, timeout=PATIENCE) as client:
            yield client

    def sign_in(self, client: httpx2.Client, login: str, **form: str) -> int:
        """Through the tenant's pages, as somebody of it; the status of the way back."""
        start = client.post("/auth/oidc", data=form)
        assert start.status_code == 303, start.text
        page = client.get(start.headers["location"])
        context = re.search(r'name="?ctx"? value="([^"]+)"', page.text)
        assert context, page.text
        account = {"ctx": context[1], "account": self.tenant.directory.id_of(login)}
        back = client.post(f"{self.tenant.url}/{self.tenant.tenant_id}/login", data=account)
        assert back.status_code == 303, back.text
        return client.get(back.headers["location"]).status_code


@contextmanager
def fresh_install(folder: Path, database_url: str, tenant: SimulatedTenant) -> Iterator[Install]:
    """`ostiary serve` on an empty database, with the tenant as its sign-in provider."""
    port = reserved_port()
    environment = {
        "OSTIARY_DATA_DIR": str(folder),
        "OSTIARY_DATABASE_URL": database_url,
        "OSTIARY_TLS_HOST": "127.0.0.1",
        "OSTIARY_TLS_PORT": str(port),
        "OSTIARY_OIDC_PROVIDER": "entra",
        "OSTIARY_OIDC_ISSUER": f"{tenant.url}/{tenant.tenant_id}/v2.0",
        "OSTIARY_OIDC_CLIENT_ID": tenant.client_id,
        "OSTIARY_OIDC_CLIENT_SECRET": tenant.client_secret,
        "SSL_CERT_FILE": str(tenant.ca_file),
    }
    with starting(folder, environment, "--role", "web") as server:
        server.wait_until_it_listens()
        assert server.process.stdout
        link = next(line for line in server.process.stdout if "#" in line)
        yield Install(folder, f"https://127.0.0.1:{port}", link.strip(), tenant)
        assert server.stop() == 0, server.log


def roles_of(client: httpx2.Client) -> list[str]:
    told: list[str] = client.get("/api/v1/auth/introspect").json()["roles"]
    return told


def test_1_who_opens_the_printed_link_is_super_administrator_and_everyone_after_is_not(
    tmp_path: Path, empty_database: str, tenant: SimulatedTenant
) -> None:
    with fresh_install(tmp_path, empty_database, tenant) as install:
        with install.browser() as early:
            assert install.sign_in(early, "bob") == 400
        form = {
            "code": code_in(install.link),
            "email": "carol@corp.test",
            "display_name": "Carol",
            "password": PASSWORD,
        }
        with install.browser() as carol:
            assert carol.post("/auth/start", data=form).status_code == 303
            assert SUPER_ADMINISTRATOR.id in roles_of(carol)
        with install.browser() as late:
            again = late.post("/auth/start", data=form | {"email": "mallory@corp.test"})
            assert again.status_code == 403
        with install.browser() as bob:
            assert install.sign_in(bob, "bob") == 303
            assert roles_of(bob) == [BASIC_USER.id]


def test_1_the_first_person_may_also_come_from_the_sign_in_provider(
    tmp_path: Path, empty_database: str, tenant: SimulatedTenant
) -> None:
    with fresh_install(tmp_path, empty_database, tenant) as install:
        code = code_in(install.link)
        with install.browser() as carol:
            assert install.sign_in(carol, "carol", code=code) == 303
            assert SUPER_ADMINISTRATOR.id in roles_of(carol)
        with install.browser() as bob:
            assert install.sign_in(bob, "bob", code=code) == 403
            assert install.sign_in(bob, "bob") == 303
            assert roles_of(bob) == [BASIC_USER.id]


def test_2_connectors_are_closed_to_a_basic_user_and_the_system_log_says_who_tried(
    server: StoryServer, stage: Stage
) -> None:
    made = stage.admin.post("/api/v1/apps", json={"displayName": "Corp"}).json()
    path = f"/api/v1/apps/{made['app']['id']}/connectors"
    created = stage.admin.post(path, json={"catalogId": SELF_HOSTED}).json()
    connector = f"{path}/{created['connectorView']['connector']['id']}"
    server.add_person("bob@corp.test", BASIC_USER)
    tried = [
        ("GET", path),
        ("POST", path),
        ("GET", connector),
        ("POST", f"{connector}/force_sync"),
        ("GET", "/api/v1/connectorcatalog"),
    ]
    with server.signed_in("bob@corp.test") as bob:
        for method, tried_path in tried:
            refused = bob.request(method, tried_path, json={"catalogId": SELF_HOSTED})
            assert (refused.status_code, refused.json()["code"]) == (403, 7)
    server.add_person("rita@corp.test", READ_ONLY_ADMINISTRATOR)
    with server.signed_in("rita@corp.test") as rita:
        assert refusals(rita) == [
            ("bob@corp.test", f"{method} {tried_path}", "Failure") for method, tried_path in tried
        ]
    assert [each["connector"]["id"] for each in stage.admin.get(path).json()["list"]] == [
        connector.rpartition("/")[2]
    ]


def refusals(auditor: httpx2.Client) -> list[tuple[str, str, str]]:
    """Who was refused what, oldest first."""
    return [
        (event["actor"]["user"]["name"], event["resources"][0]["uid"], event["status"])
        for event in events(auditor)
        if event["api"]["operation"] == "auth.access.refuse"
    ]


def events(auditor: httpx2.Client) -> Iterator[dict[str, Any]]:
    token, asking = "", Rest(auditor)
    while True:
        page = asking.post("/systemlog/events", {"pageSize": 100, "pageToken": token})
        yield from page["list"]
        if not (token := page["nextPageToken"]):
            return
