"""`ostiary connectors`: what brings access into Ostiary, and the credentials it signs in with."""

from __future__ import annotations

from ostiary.cli.connectors import history
from ostiary.cli.connectors.commands import app

__all__ = ["app", "history"]
