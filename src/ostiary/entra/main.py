"""The program ``baton-microsoft-entra``."""

from __future__ import annotations

import gc
import sys

gc.set_threshold(50_000, 20, 20)  # loading and syncing make millions of objects, hardly a cycle

from ostiary.connector.cli import run  # noqa: E402
from ostiary.entra.definition import DEFINITION  # noqa: E402


def main() -> None:
    """Run the connector; the process ends with its exit code."""
    code = run(DEFINITION)
    gc.freeze()  # leaving would look through everything once more, a tenth of a second long
    sys.exit(code)
