"""What the runtime lends a connector for one run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import structlog

from ostiary.connector.progress import Progress


@dataclass(frozen=True)
class RunContext:
    """`conceal` adds a value learned during the run (an access token) to what is never shown.

    `state_dir` exists and is locked for this process; what a connector keeps there is its own.
    """

    state_dir: Path
    file: Path
    progress: Progress
    log: structlog.stdlib.BoundLogger
    conceal: Callable[[str], None]
