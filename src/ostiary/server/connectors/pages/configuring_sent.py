"""A form whose fields nobody knows before its program told them, with files among them."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from typing import Annotated, Final

from fastapi import Depends, Request
from starlette.datastructures import UploadFile

from ostiary.server.connectors.configuration.values import LONGEST

PEM: Final = b"-----BEGIN "


async def _sent(request: Request) -> Mapping[str, str]:
    sent: dict[str, str] = {}
    for name, value in (await request.form()).multi_items():
        if isinstance(value, UploadFile):
            sent[name] = inline(await value.read(LONGEST + 1))
            await value.close()
        else:
            sent[name] = value
    return sent


Sent = Annotated[Mapping[str, str], Depends(_sent)]
"""By name; of a file what `inline` makes of it, nothing if none was chosen."""


def inline(content: bytes) -> str:
    """A file as a setting takes it: PEM from its first block on, anything else as a data URL."""
    if not content:
        return ""
    if (start := content.find(PEM)) >= 0:
        return content[start:].decode("utf-8", "replace").strip()
    return f"data:application/octet-stream;base64,{b64encode(content).decode()}"
