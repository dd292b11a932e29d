"""Asserting how a call is refused."""

from __future__ import annotations

from collections.abc import Awaitable

import grpc  # type: ignore[import-untyped]
import pytest


async def refused(call: Awaitable[object], status: str) -> str:
    """Asserts the gRPC status of a call that must fail. Returns its message."""
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    assert caught.value.code().name == status, caught.value
    return str(caught.value.details())
