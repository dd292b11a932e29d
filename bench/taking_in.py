"""``python -m bench.taking_in <data dir> <connector> <file>``: one ingest, as a worker does it."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from ostiary.server.ingest.actions import apply_sync
from ostiary.server.kernel.clock import SystemClock
from ostiary.server.kernel.database import open_database
from ostiary.server.kernel.secrets import Key, Keyring
from ostiary.server.kernel.settings import Settings
from ostiary.server.kernel.work import Kernel


def main(data_dir: str, connector: str, file: str) -> None:
    settings = Settings(data_dir=Path(data_dir))
    with open_database(settings) as database:
        kernel = Kernel(settings, database, SystemClock(), Keyring([Key(bytes(32))]))
        began = time.perf_counter()
        outcome = apply_sync(kernel, connector, Path(file))
        seconds = time.perf_counter() - began
    if outcome.state != "applied":
        sys.exit(f"{outcome.state}: {outcome.reason}")
    delta = outcome.record.deltas["grants"].values()
    changed = sum(one.added + one.removed + one.changed for one in delta)
    print(json.dumps({"seconds": seconds, "changed": changed}))


if __name__ == "__main__":
    main(*sys.argv[1:])
