"""Marked secrets of every kind, used well and badly, and then looked for wherever anybody looks."""

from __future__ import annotations

import base64
import json
import re
import urllib.parse
from pathlib import Path

import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from ostiary.server.app import create_app as create_server
from ostiary.server.catalog.actions import create_app
from ostiary.server.connectors.sealing import CONFIG_PURPOSE
from ostiary.server.connectors.store import registry
from ostiary.server.kernel.auth.greeting import greet_first_administrator
from ostiary.server.kernel.secrets import Key, Keyring
from ostiary.server.kernel.settings import Settings
from ostiary.server.kernel.work import Kernel
from tests.server.auth.people import People, assertion_form, claims_of, code_in, private_key, signed
from tests.server.auth.test_secrecy import everything_stored
from tests.server.connectors import world
from tests.server.connectors.programs import fake_program
from tests.server.notify.post import PostOffice, working
from tests.server.notify.world import deliver_all, sending, told

KEY = b"marked-encryption-key-of-32-byte"
PLANTED = {
    "encryption key": KEY.decode(),
    "mail password": "marked-mail-password",
    "password": "marked violin under the stairs",
    "configuration": "marked-secret-of-a-tenant",
    "refused configuration": "the-secret-of-another",
    "misplaced configuration": "marked-secret-in-the-wrong-field",
}


@pytest.fixture
def keyring() -> Keyring:
    return Keyring([Key(KEY)])


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    return settings.model_copy(
        update={
            "connector_programs": {"fake": str(fake_program(tmp_path))},
            "encryption_key": SecretStr(base64.b64encode(KEY).decode()),
            "smtp_host": "127.0.0.1",
            "smtp_port": 9,
            "smtp_security": "starttls",
            "smtp_user": "ostiary",
            "smtp_password": SecretStr(PLANTED["mail password"]),
            "mail_from": "ostiary@corp.test",
        }
    )


class Everything:
    """Uses every secret there is; `seen` is what others get to see, by where."""

    def __init__(self, kernel: Kernel, app: FastAPI) -> None:
        self.people = People(kernel, app)
        self.kernel = kernel
        self.app = app
        self.secrets = dict(PLANTED)
        self.answers: list[str] = []

    def first_administrator(self) -> TestClient:
        code = self.secrets["bootstrap"] = code_in(greet_first_administrator(self.kernel) or "")
        admin = self.people.anonymous()
        form = {"email": "root@corp.test", "display_name": "Root", "code": code}
        assert admin.post(
            "/auth/start", data={**form, "password": self.secrets["password"]}
        ).is_redirect
        again = admin.post("/auth/start", data={**form, "password": self.secrets["password"]})
        self.answers.append(again.text)
        self.secrets["session"] = admin.cookies["__Host-ostiary"]
        admin.headers["x-csrf-token"] = admin.get("/auth/session").json()["csrfToken"]
        return admin

    def links(self, admin: TestClient) -> None:
        made = admin.post("/api/v1/users", json={"email": "bob@corp.test"}).json()
        self.secrets["link"] = code_in(made["passwordLink"])
        for password in ("short", self.secrets["password"], self.secrets["password"]):
            form = {"code": self.secrets["link"], "password": password}
            self.answers.append(self.people.anonymous().post("/auth/password", data=form).text)

    def sign_in_badly(self) -> None:
        """The page of who swapped the fields shows them again; nobody else sees them."""
        swapped = {"email": self.secrets["password"], "password": "root@corp.test"}
        assert self.people.anonymous().post("/auth/sign_in", data=swapped).status_code == 401

    def key(self, admin: TestClient) -> None:
        made = admin.post("/api/v1/iam/personal_clients", json={}).json()
        self.client("api key", made["client"]["clientId"], made["clientSecret"])

    def client(self, name: str, client_id: str, secret: str) -> None:
        """Buys a token, and tries again with what was used, cut off or put in the wrong place."""
        self.secrets[name] = secret
        self.secrets[f"key of {name}"] = json.loads(_decoded(secret.split(":")[3]))["d"]
        browser = self.people.anonymous()
        claims = claims_of(client_id, self.kernel.clock.now())
        assertion = self.secrets[f"assertion of {name}"] = signed(private_key(secret), claims)
        form = assertion_form(assertion, client_id)
        token = browser.post("/auth/v1/token", data=form).json()["access_token"]
        self.secrets[f"token of {name}"] = token
        plain = {"grant_type": "client_credentials", "client_id": client_id}
        for wrong in (
            form,
            {**form, "client_assertion": assertion[:-5]},
            {**plain, "client_secret": secret[:-5]},
            {**plain, "client_id": secret, "client_secret": "x"},
            {**plain, "grant_type": secret},
        ):
            answer = browser.post("/auth/v1/token", data=wrong)
            assert answer.status_code in (400, 401)
            self.answers.append(answer.text)
        self.answers.append(self.people.bearer(token[:-5]).get("/api/v1/apps").text)

    def connector(self, admin: TestClient) -> tuple[str, str]:
        with self.kernel.work(world.ADA) as unit:
            app_id = create_app(unit, "Fake")
        url = f"/api/v1/apps/{app_id}/connectors"
        for changes, status in (
            ({}, 200),
            ({"fake-client-secret": PLANTED["refused configuration"]}, 400),
            ({"nonsense": PLANTED["misplaced configuration"]}, 400),
            ({"fake-page-size": PLANTED["misplaced configuration"]}, 400),
        ):
            good = {"fake-tenant-id": "contoso", "fake-client-id": "reader"}
            values = good | {"fake-client-secret": PLANTED["configuration"]} | changes
            config = {"configuration": {k: {"stringValue": v} for k, v in values.items()}}
            answer = admin.post(f"{url}/create", json={"catalogId": "fake", "config": config})
            assert answer.status_code == status, answer.text
            self.answers.append(answer.text)
        connector_id = json.loads(self.answers[-4])["connectorView"]["connector"]["id"]
        names = {"appId": app_id, "connectorId": self.own_connector(admin, url)}
        minted = admin.post("/api/v1/apps/connectors/credentials", json=names).json()["credential"]
        self.client("connector's secret", minted["clientId"], minted["clientSecret"])
        return app_id, connector_id

    def own_connector(self, admin: TestClient, url: str) -> str:
        """One that its owners run themselves."""
        made = admin.post(url, json={"catalogId": "2UUdYir252rR6PVSASeUFNaJOIB"}).json()
        connector_id: str = made["connectorView"]["connector"]["id"]
        return connector_id

    def mails(self, office: PostOffice) -> str:
        owner = self.people.add("owner@corp.test")
        working_one = sending(self.kernel, office, smtp_user=None, smtp_password=None)
        for kernel in (self.kernel, working_one):
            assert told(kernel, owner) == 1
            deliver_all(kernel)
        return "\n".join(str(mail) for mail in office.messages)

    def read_everything(self, admin: TestClient, ids: dict[str, str]) -> None:
        for path, methods in self.app.openapi()["paths"].items():
            if "get" in methods:
                url = re.sub(r"{(\w+)}", lambda name: ids.get(name[1], "0"), path)
                self.answers.append(admin.get(url).text)
        for url in ("/metrics", "/", "/nowhere", "/health", "/ready"):
            self.answers.append(admin.get(url).text)


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def spellings(secret: str) -> set[str]:
    data = secret.encode()
    quoted = {urllib.parse.quote(secret), urllib.parse.quote_plus(secret)}
    return {secret, data.hex(), base64.b64encode(data).decode().rstrip("="), *quoted}


def test_no_planted_secret_is_seen_anywhere(
    kernel: Kernel, capfd: pytest.CaptureFixture[str]
) -> None:
    everything = Everything(kernel, create_server(kernel))
    with capture_logs() as logs, working(PostOffice()) as office:
        admin = everything.first_administrator()
        everything.links(admin)
        everything.sign_in_badly()
        everything.key(admin)
        app_id, connector_id = everything.connector(admin)
        mails = everything.mails(office)
        everything.read_everything(admin, {"app_id": app_id, "connector_id": connector_id})
    seen = {
        "logs": str(logs),
        "output": "".join(capfd.readouterr()),
        "answers": "\n".join(everything.answers),
        "database": everything_stored(kernel),
        "mails": mails,
    }
    assert [where for where, text in seen.items() if not text] in (["output"], [])
    found = [
        (name, where)
        for name, secret in everything.secrets.items()
        for spelling in spellings(secret)
        for where, text in seen.items()
        if spelling in text
    ]
    assert found == []
    assert PLANTED["configuration"] in kept_encrypted(kernel, connector_id)


def kept_encrypted(kernel: Kernel, connector_id: str) -> str:
    with kernel.read() as connection:
        connector = registry.find(connection, connector_id)
        assert connector is not None
        sealed = registry.read_config(connection, connector.key)
    assert sealed is not None
    return kernel.secrets.decrypt_text(sealed, CONFIG_PURPOSE)


def test_a_secret_in_any_spelling_would_be_found() -> None:
    assert {"a%20b", "612062", "YSBi"} < spellings("a b")
