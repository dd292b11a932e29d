"""``python -m bench.peopling <data dir>``: people of all accounts, as when an app becomes a
directory."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from ostiary.server.catalog.store import app_search
from ostiary.server.catalog.store.asked import Asked
from ostiary.server.directory.actions import refresh_everything, save_directory
from ostiary.server.directory.rules.assembly import Directory
from ostiary.server.kernel.actor import SYSTEM
from ostiary.server.kernel.clock import SystemClock
from ostiary.server.kernel.database import open_database
from ostiary.server.kernel.secrets import Key, Keyring
from ostiary.server.kernel.settings import Settings
from ostiary.server.kernel.work import Kernel


def main(data_dir: str) -> None:
    settings = Settings(data_dir=Path(data_dir))
    with open_database(settings) as database:
        kernel = Kernel(settings, database, SystemClock(), Keyring([Key(bytes(32))]))
        with kernel.read() as connection:
            (app,) = app_search.search(connection, Asked().where("a.managed"), None, 1)
        began = time.perf_counter()
        with kernel.work(SYSTEM) as work:
            save_directory(work, app.id, Directory(app.id), {})
        with kernel.work(SYSTEM) as work:
            made = refresh_everything(work).people.added
        print(json.dumps({"seconds": time.perf_counter() - began, "made": made}))


if __name__ == "__main__":
    main(*sys.argv[1:])
