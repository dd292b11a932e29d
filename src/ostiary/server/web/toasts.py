"""What was done, told once on the page after it: a short signed cookie carries it there."""

from __future__ import annotations

import base64
import binascii

from starlette.requests import Request
from starlette.responses import Response

from ostiary.server.kernel.secrets import Keyring

COOKIE = "ostiary_toast"
LONGEST = 300
PURPOSE = "toast"
SECONDS = 60


def leave(request: Request, response: Response, keyring: Keyring, text: str) -> None:
    message = text[:LONGEST].encode()
    signed = keyring.sign(message, PURPOSE) + message
    response.set_cookie(
        COOKIE,
        base64.urlsafe_b64encode(signed).decode(),
        max_age=SECONDS,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )


def waiting(request: Request, keyring: Keyring) -> str:
    """Empty for none, and for one that is not from us."""
    try:
        raw = base64.urlsafe_b64decode(request.cookies.get(COOKIE, ""))
    except (binascii.Error, ValueError):
        return ""
    length = len(keyring.sign(b"", PURPOSE))
    signature, message = raw[:length], raw[length:]
    return message.decode() if keyring.verifies(message, signature, PURPOSE) else ""


def take_away(response: Response) -> None:
    response.delete_cookie(COOKIE, httponly=True)
