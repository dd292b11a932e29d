"""Who is asking, as the login part of the tenant vouches for it."""

from collections.abc import Callable

from ostiary.tenant.login.caller import Caller, TokenRejected

Authorize = Callable[[str], Caller]
"""Takes the bearer token, returns its caller or raises TokenRejected."""

__all__ = ["Authorize", "Caller", "TokenRejected"]
