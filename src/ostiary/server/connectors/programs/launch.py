"""Becomes another program, within bounds and never outliving whoever started it.

Runs as a script of its own, `launch.py PARENT MEGABYTES PROGRAM [WORD ...]`: code between fork and
exec in a process with threads is not safe, and a process that is killed cannot clean up.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys

PR_SET_PDEATHSIG = 1
ORPHANED = 75


def main(parent: int, megabytes: int, program: str, *words: str) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL))
    if os.getppid() != parent:  # it died before the line above
        sys.exit(ORPHANED)
    most = megabytes * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.execv(program, [program, *words])  # noqa: S606 - the server chose it


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:])
