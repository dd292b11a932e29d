"""Asserting how a call is refused."""

from __future__ import annotations

from collections.abc import Awaitable

import grpc  # type: ignore[import-untyped]


async def refused(call: Awaitable[object], status: str) -> str:
    """Asserts the gRPC status of a call that must fail. Returns its message."""
    found, message = await _outcome(call)
    assert found == status, message
    return message


async def _outcome(call: Awaitable[object]) -> tuple[str, str]:
    """Not with pytest.raises: for as long as it keeps the error, gRPC keeps the connection."""
    try:
        await call
    except grpc.aio.AioRpcError as error:
        return error.code().name, str(error.details())
    return "OK", ""
