"""What is everybody's own without being given to them: themselves."""

from __future__ import annotations

from collections.abc import Mapping

from ostiary.server.kernel.auth.caller import Caller
from ostiary.server.kernel.authz.enforcement import Connection, Ownership


def is_oneself(parameter: str) -> Ownership:
    """Whether the path's `parameter` names the caller."""

    def check(_connection: Connection, caller: Caller, path: Mapping[str, str]) -> bool:
        return path[parameter] == caller.user.public_id

    return check
