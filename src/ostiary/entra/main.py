"""The program ``baton-microsoft-entra``."""

from __future__ import annotations

import sys

from ostiary.connector.cli import run
from ostiary.entra.definition import DEFINITION


def main() -> None:
    """Run the connector; the process ends with its exit code."""
    sys.exit(run(DEFINITION))
