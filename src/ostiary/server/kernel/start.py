"""From settings to a kernel that is ready for work."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ostiary.server.kernel.clock import Clock, SystemClock
from ostiary.server.kernel.database import open_database, require_data
from ostiary.server.kernel.keyfile import open_keyring
from ostiary.server.kernel.migration import migrate, require_current
from ostiary.server.kernel.rotation import claim
from ostiary.server.kernel.settings import Settings
from ostiary.server.kernel.work import Kernel


@contextmanager
def open_kernel(settings: Settings, clock: Clock | None = None) -> Iterator[Kernel]:
    """Starts the database if it is ours, brings it up to date, reads the keys."""
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    keyring = open_keyring(settings)
    with open_database(settings) as database:
        migrate(database)
        kernel = Kernel(settings, database, clock or SystemClock(), keyring)
        claim(kernel)
        yield kernel


@contextmanager
def open_existing_kernel(settings: Settings, clock: Clock | None = None) -> Iterator[Kernel]:
    """For commands: neither makes nor migrates anything. Works beside a running server."""
    require_data(settings)
    keyring = open_keyring(settings)
    with open_database(settings) as database:
        require_current(database)
        kernel = Kernel(settings, database, clock or SystemClock(), keyring)
        claim(kernel)
        yield kernel
