"""The stock `cone` command over TLS, given a CA file. Skipped where it is not installed."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI

from ostiary.server.gateway.tls import CertificateFiles, local_certificate
from ostiary.server.kernel.authz.roles import BASIC_USER, SUPER_ADMINISTRATOR
from ostiary.server.kernel.clock import FixedClock, SystemClock
from ostiary.server.kernel.work import Kernel
from tests.server.access.asking import Story
from tests.server.access.test_api import APP, FINANCE, nested, own
from tests.server.auth.people import People
from tests.server.auth.workloads import SUBJECT, Platform, Workload, trust_platform

CONE = os.environ.get("OSTIARY_STOCK_CONE") or shutil.which("cone")
PATIENCE_SECONDS = 120

Serving = Callable[[], AbstractContextManager[None]]
"""Serves until the block ends."""

pytestmark = pytest.mark.skipif(not CONE, reason="no stock cone on this machine")


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


@pytest.fixture
def kernel(kernel: Kernel, listening: socket.socket) -> Kernel:
    """On the machine's clock, which is cone's, and with the port that its client ids name."""
    port = listening.getsockname()[1]
    settings = kernel.settings.model_copy(update={"external_port": port})
    return replace(kernel, settings=settings, clock=SystemClock())


@pytest.fixture
def certificate(kernel: Kernel, tmp_path: Path) -> CertificateFiles:
    return local_certificate(tmp_path / "tls", ["127.0.0.1"], kernel.clock.now())


@contextmanager
def served(app: FastAPI, listening: socket.socket, files: CertificateFiles) -> Iterator[None]:
    config = uvicorn.Config(
        app,
        ssl_certfile=files.certificate,
        ssl_keyfile=files.key,
        log_config=None,
        lifespan="off",
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()


class Cone:
    def __init__(self, folder: Path, authority: Path | None) -> None:
        assert authority
        self._environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "SSL_CERT_FILE": str(authority),
            "BROWSER": "true",
        }

    def with_environment(self, **variables: str) -> Cone:
        self._environment |= variables
        return self

    async def start(self, *words: str) -> asyncio.subprocess.Process:
        assert CONE
        return await asyncio.create_subprocess_exec(
            CONE,
            *words,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env=self._environment,
        )

    async def run(self, *words: str, status: int = 0) -> str:
        process = await self.start(*words)
        async with asyncio.timeout(PATIENCE_SECONDS):
            output, _ = await process.communicate()
        assert process.returncode == status, output.decode()
        return output.decode()


@pytest.fixture
def serving(app: FastAPI, listening: socket.socket, certificate: CertificateFiles) -> Serving:
    return partial(served, app, listening, certificate)


@pytest.fixture
def cone(certificate: CertificateFiles, tmp_path: Path) -> Cone:
    return Cone(tmp_path, certificate.authority)


async def test_cone_says_who_one_is_from_a_key_alone(
    people: People, cone: Cone, serving: Serving
) -> None:
    browser = people.browser_of("carol@corp.test", SUPER_ADMINISTRATOR)
    made = browser.post("/api/v1/iam/personal_clients", json={}).json()
    key = ["--client-id", made["client"]["clientId"], "--client-secret", made["clientSecret"]]
    with serving():
        output = await cone.run(*key, "whoami")
    assert "carol@corp.test" in output
    assert "Enabled" in output


async def test_cone_login_ends_in_a_key_of_ones_own(
    people: People, cone: Cone, serving: Serving, listening: socket.socket
) -> None:
    browser = people.browser_of("carol@corp.test", SUPER_ADMINISTRATOR)
    port = listening.getsockname()[1]
    with serving():
        process = await cone.start("login", f"https://127.0.0.1:{port}")
        assert process.stdout
        async with asyncio.timeout(PATIENCE_SECONDS):
            shown = ""
            while not (match := re.search(r"user_code=([A-Z]{4}-[A-Z]{4})", shown)):
                line = await process.stdout.readline()
                assert line, shown
                shown += line.decode()
            data = {"user_code": match[1], "decision": "approve"}
            assert browser.post("/auth/device", data=data).status_code == 200
            rest = await process.stdout.read()
            assert await process.wait() == 0, shown + rest.decode()
        output = await cone.run("whoami")
    assert "carol@corp.test" in output
    keys = browser.get("/api/v1/iam/personal_clients").json()["list"]
    assert [key["displayName"] for key in keys] == ["Created by Cone"]


async def test_cone_tells_a_basic_user_what_they_have(
    kernel: Kernel,
    clock: FixedClock,
    people: People,
    certificate: CertificateFiles,
    serving: Serving,
    tmp_path: Path,
) -> None:
    story = Story(kernel, clock, tmp_path)
    story.sync(nested())
    bob = people.add("bob@corp.test", BASIC_USER)
    own(story, bob, "bob")
    ada = people.add("ada@corp.test", BASIC_USER)
    own(story, ada, "ada")
    with serving():
        for user, name, status in ((bob, APP, 0), (bob, FINANCE, 0), (ada, FINANCE, 2)):
            made = people.session_of(user).post("/api/v1/iam/personal_clients", json={}).json()
            cone = Cone(tmp_path, certificate.authority)
            key = ["--client-id", made["client"]["clientId"], "-i"]
            key += ["--client-secret", made["clientSecret"]]
            await cone.run(*key, "has", story.app, story.entitlement(name), status=status)


async def test_cone_exchanges_the_token_of_a_workload(
    kernel: Kernel,
    people: People,
    app: FastAPI,
    certificate: CertificateFiles,
    serving: Serving,
    tmp_path: Path,
) -> None:
    platform = Platform(kernel.clock)
    trust_platform(app, platform)
    browser = people.browser_of("carol@corp.test", SUPER_ADMINISTRATOR)
    workload = Workload(people, browser)
    workload.give_roles(SUPER_ADMINISTRATOR.id)
    identity = {"CONDUCTORONE_CLIENT_ID": workload.client_id}
    mine, stolen = (
        Cone(tmp_path, certificate.authority).with_environment(
            CONDUCTORONE_OIDC_TOKEN=platform.token(sub=subject), **identity
        )
        for subject in (SUBJECT, "repo:evil/infra:ref:refs/heads/main")
    )
    with serving():
        for _ in range(2):
            assert workload.service in await mine.run("whoami", "-o", "json")
        assert "token exchange failed: 400" in await stolen.run("whoami", status=1)
    assert people.audit_actions().count("auth.workload_federation_trust.exchange") == 2
