"""Pages of lists: sizes clamped as C1 clamps them, and tokens that only we can make.

A token holds the position after the last row of a page (its sort values), not a number of rows, so
that pages stay right while rows come and go. It is bound to its listing and filters by signature.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Depends, Query

from ostiary.server.kernel.audit import canonical, plain
from ostiary.server.kernel.errors import AppError, invalid
from ostiary.server.kernel.rest import Message
from ostiary.server.kernel.secrets import Keyring

DEFAULT_SIZE = 25
SMALLEST = 10
LARGEST = 100
SIGNATURE_BYTES = 16
PURPOSE = "page token"

Row = TypeVar("Row")


def clamp(asked: int) -> int:
    """0 is what clients send that do not care."""
    return DEFAULT_SIZE if asked == 0 else min(max(asked, SMALLEST), LARGEST)


@dataclass(frozen=True)
class Paging:
    size: int = DEFAULT_SIZE
    token: str = ""


def _from_query(
    page_size: Annotated[int, Query(description="10 to 100, else 25")] = 0,
    page_token: Annotated[str, Query(description="nextPageToken of the page before")] = "",
) -> Paging:
    return Paging(clamp(page_size), page_token)


PagingQuery = Annotated[Paging, Depends(_from_query)]
"""For GET endpoints: `?page_size=…&page_token=…`."""


class PagedRequest(Message):
    """For bodies of searches: `pageSize` and `pageToken` beside the filters."""

    page_size: int = 0
    page_token: str = ""

    @property
    def paging(self) -> Paging:
        return Paging(clamp(self.page_size), self.page_token)

    @property
    def filters(self) -> dict[str, Any]:
        """Everything that decides which rows are in the list."""
        return self.model_dump(mode="json", exclude={"page_size", "page_token", "expand_mask"})


@dataclass(frozen=True)
class Page(Generic[Row]):
    rows: Sequence[Row]
    next_page_token: str = ""


@dataclass(frozen=True)
class Listing:
    """One list with its filters, `Listing(kernel.secrets, "apps", {"query": "x"})`."""

    keyring: Keyring
    name: str
    filters: Mapping[str, Any]

    def after(self, paging: Paging) -> list[Any] | None:
        """Sort values of the last row seen; None at the start. INVALID_ARGUMENT for a token that
        is not ours or belongs to another listing."""
        if not paging.token:
            return None
        try:
            raw = base64.b64decode(_padded(paging.token), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            raise self._refusal() from None
        signature, body = raw[:SIGNATURE_BYTES], raw[SIGNATURE_BYTES:]
        if not self.keyring.verifies(self._message(body), signature, PURPOSE):
            raise self._refusal()
        position: list[Any] = json.loads(body)
        return position

    def page(
        self, rows: Sequence[Row], size: int, position: Callable[[Row], Sequence[Any]]
    ) -> Page[Row]:
        """`rows` are `size + 1` if there are that many: the last one proves another page."""
        if len(rows) <= size:
            return Page(rows)
        kept = rows[:size]
        return Page(kept, self._token(position(kept[-1])))

    def _token(self, position: Sequence[Any]) -> str:
        body = canonical(plain(list(position))).encode()
        signature = self.keyring.sign(self._message(body), PURPOSE)[:SIGNATURE_BYTES]
        return base64.urlsafe_b64encode(signature + body).rstrip(b"=").decode()

    def _message(self, body: bytes) -> bytes:
        scope = canonical([self.name, plain(dict(self.filters))]).encode()
        return len(scope).to_bytes(4, "big") + scope + body

    def _refusal(self) -> AppError:
        return invalid(f"this pageToken is not from {self.name} with these filters")


def _padded(token: str) -> bytes:
    return (token + "=" * (-len(token) % 4)).encode("ascii", "replace")
