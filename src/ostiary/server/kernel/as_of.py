"""`?as_of=` on what can be asked about the past."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import Depends, Query
from pydantic import AwareDatetime

from ostiary.server.kernel.errors import invalid
from ostiary.server.kernel.rest import KernelOf


def _as_of(
    kernel: KernelOf,
    as_of: Annotated[
        AwareDatetime | None,
        Query(description="ours: the answer as it was at this instant (RFC 3339), else as it is"),
    ] = None,
) -> datetime | None:
    if as_of is not None and as_of > kernel.clock.now():
        raise invalid("as_of lies in the future, of which nothing is known")
    return as_of


AsOf = Annotated[datetime | None, Depends(_as_of)]
"""None: now."""
