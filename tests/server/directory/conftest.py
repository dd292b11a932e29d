from __future__ import annotations

from dataclasses import dataclass

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from ostiary.server.app import create_app
from ostiary.server.kernel.authz.roles import Role
from ostiary.server.kernel.clock import FixedClock
from ostiary.server.kernel.work import Kernel
from tests.server.auth.people import People
from tests.server.directory.world import World


@pytest.fixture
def world(kernel: Kernel, clock: FixedClock) -> World:
    return World(kernel, clock)


@pytest.fixture
def server(kernel: Kernel) -> FastAPI:
    return create_app(kernel)


@dataclass(frozen=True)
class Clients:
    people: People

    def of(self, *roles: Role, email: str = "someone@corp.test") -> TestClient:
        return self.people.session_of(self.people.add(email, *roles))


@pytest.fixture
def clients(kernel: Kernel, server: FastAPI) -> Clients:
    return Clients(People(kernel, server))
