"""What the operator reads at the first start."""

from __future__ import annotations

from ostiary.server.kernel.auth.links import BOOTSTRAP_LIFE, bootstrap_link
from ostiary.server.kernel.work import Kernel


def greet_first_administrator(kernel: Kernel) -> str | None:
    """The one-time link, until somebody is Super Administrator."""
    link = bootstrap_link(kernel)
    if link is None:
        return None
    hours = int(BOOTSTRAP_LIFE.total_seconds() // 3600)
    return f"To become the first Super Administrator, open within {hours} hours:\n  {link}"
