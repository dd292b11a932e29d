from __future__ import annotations

from collections.abc import Iterator

import pytest

from ostiary.server.kernel.work import Kernel
from tests.server.notify.post import PostOffice, working
from tests.server.notify.world import sending


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with working(PostOffice()) as office:
        yield office


@pytest.fixture
def mailing(kernel: Kernel, office: PostOffice) -> Kernel:
    """A server that sends its mail through `office`."""
    return sending(kernel, office)
