"""A reply becomes the value its caller wants, or the reason why it cannot."""

from collections.abc import Callable
from typing import TypeVar

import msgspec

from ostiary.graph import answers, faults
from ostiary.graph.domains import own_link
from ostiary.graph.transport import Reply

T = TypeVar("T")


def read(reply: Reply, path: str, domain: str, decode: Callable[[bytes], T]) -> T:
    """Errors: what the status stands for; ForeignLink for a Location elsewhere; MalformedReply."""
    _check_location(reply, path, domain)
    if not 200 <= reply.status < 300:
        raise answers.fault_of(reply.status, reply.headers, reply.body, path)
    try:
        return decode(reply.body)
    except msgspec.ValidationError as error:
        raise faults.MalformedReply(
            f"Microsoft Graph's reply to {path} is not as documented: {error}.",
            status=reply.status,
            request_id=reply.headers.get("request-id", ""),
            path=path,
        ) from error
    except msgspec.DecodeError as error:
        raise answers.not_json(
            reply.status, reply.headers, reply.body, path, transient=True
        ) from error


def _check_location(reply: Reply, path: str, domain: str) -> None:
    location = reply.headers.get("Location")
    if location is None or reply.status < 300:
        return
    absolute = f"https://{domain}{location}" if location.startswith("/") else location
    own_link(absolute, domain, path=path)
