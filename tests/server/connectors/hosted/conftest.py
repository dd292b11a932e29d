from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from ostiary.tenant.server import SimulatedTenant
from ostiary.tenant.stories import story


@pytest.fixture
def tenant() -> Iterator[SimulatedTenant]:
    with SimulatedTenant(story("small")) as tenant:
        yield tenant


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="ostiary-hosted-") as name:
        yield Path(name)
