from __future__ import annotations

from pathlib import Path

import pytest

from ostiary.server.kernel.clock import FixedClock
from ostiary.server.kernel.work import Kernel
from tests.server.access.asking import Story


@pytest.fixture
def story(kernel: Kernel, clock: FixedClock, tmp_path: Path) -> Story:
    return Story(kernel, clock, tmp_path)
