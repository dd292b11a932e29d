"""Reading on after an upload was refused, so that its sender learns why.

A client that is still sending when the call ends may lose its status: grpc.aio reports
"Internal error from Core" in its place (grpc/grpc#36066), Go's Send reports EOF. The rest of a
small upload is therefore read and forgotten first. A long one is broken off all the same.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Final

from ostiary.baton.pb.connectorapi_v1 import BatonServiceUploadAssetRequest

MOST_BYTES: Final = 16 * 1_048_576
LONGEST_SECONDS: Final = 5.0


async def drain(requests: AsyncIterator[BatonServiceUploadAssetRequest]) -> None:
    """Returns when the sender has finished, has sent enough, or has paused for too long."""
    left = MOST_BYTES
    try:
        async with asyncio.timeout(LONGEST_SECONDS):
            async for request in requests:
                left -= request.ByteSize()
                if left < 0:
                    return
    except TimeoutError:
        return
