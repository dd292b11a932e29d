"""What the code below a request may know about it without being told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import structlog

_request_id: ContextVar[str] = ContextVar("ostiary_request_id", default="")


def request_id() -> str:
    """Empty outside of any request or job."""
    return _request_id.get()


@contextmanager
def within_request(identity: str) -> Iterator[None]:
    """Log lines and audit entries written inside carry `identity`."""
    token = _request_id.set(identity)
    try:
        with structlog.contextvars.bound_contextvars(request_id=identity):
            yield
    finally:
        _request_id.reset(token)
