from __future__ import annotations

import pytest

from ostiary.server.kernel.clock import FixedClock
from ostiary.server.kernel.work import Kernel
from tests.server.directory.world import World


@pytest.fixture
def world(kernel: Kernel, clock: FixedClock) -> World:
    return World(kernel, clock)
