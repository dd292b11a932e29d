"""Death at a chosen step: the process kills itself with SIGKILL, with all that it was doing.

Counting steps and not time makes a run of one seed die at much the same places on any machine.
"""

from __future__ import annotations

import os
import signal
import threading

FUSE = "FAULTS_FUSE"
"""The environment's name for the number of steps; without it the process lives."""


class Fuse:
    def __init__(self) -> None:
        self._left = int(os.environ.get(FUSE) or 0)
        self._lock = threading.Lock()

    def step(self, *_: object) -> None:
        with self._lock:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
