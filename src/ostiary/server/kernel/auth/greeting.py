"""What the operator reads at the first start."""

from __future__ import annotations

from ostiary.server.kernel.auth.grants import LOOPBACK
from ostiary.server.kernel.auth.links import BOOTSTRAP_LIFE, bootstrap_link
from ostiary.server.kernel.work import Kernel


def greet_first_administrator(kernel: Kernel) -> str | None:
    """The one-time link, until somebody is Super Administrator.

    A server that only its own machine knows by name is opened without TLS: no browser trusts the
    certificate that it made for itself.
    """
    settings = kernel.settings
    local = f"http://{settings.http_host}:{settings.http_port}"
    base = local if settings.external_host in LOOPBACK else settings.external_url
    link = bootstrap_link(kernel, base)
    if link is None:
        return None
    hours = int(BOOTSTRAP_LIFE.total_seconds() // 3600)
    return f"To become the first Super Administrator, open within {hours} hours:\n  {link}"
