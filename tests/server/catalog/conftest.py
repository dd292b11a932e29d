from __future__ import annotations

from pathlib import Path

import pytest
from fastapi import FastAPI

from ostiary.server.app import create_app
from ostiary.server.kernel.authz.roles import SUPER_ADMINISTRATOR
from ostiary.server.kernel.clock import FixedClock
from ostiary.server.kernel.work import Kernel
from tests.server.access.asking import Story
from tests.server.auth.people import People
from tests.server.catalog.lasting import Lasting


@pytest.fixture
def app(kernel: Kernel) -> FastAPI:
    return create_app(kernel)


@pytest.fixture
def people(kernel: Kernel, app: FastAPI) -> People:
    return People(kernel, app)


@pytest.fixture
def admin(people: People) -> Lasting:
    return Lasting(people, people.add("super@corp.test", SUPER_ADMINISTRATOR))


@pytest.fixture
def story(kernel: Kernel, clock: FixedClock, tmp_path: Path) -> Story:
    """An app "Entra" that a connector fills."""
    return Story(kernel, clock, tmp_path)
