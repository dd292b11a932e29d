from __future__ import annotations

import pytest
from fastapi import FastAPI

from ostiary.server.app import create_app
from ostiary.server.kernel.auth.authentication import Authentication
from ostiary.server.kernel.work import Kernel
from tests.server.auth.people import CHEAP, People


@pytest.fixture
def app(kernel: Kernel) -> FastAPI:
    app = create_app(kernel)
    original: Authentication = app.state.authentication
    app.state.authentication = Authentication(original.clients, CHEAP, original.oidc)
    return app


@pytest.fixture
def people(kernel: Kernel, app: FastAPI) -> People:
    return People(kernel, app)
