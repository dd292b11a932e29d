"""How the token endpoint says no."""

from __future__ import annotations


class TokenRefusedError(Exception):
    """RFC 6749 section 5.2. `reason` is for our log, where the client learns only the error."""

    def __init__(
        self, error: str, description: str, *, status: int = 400, reason: str = ""
    ) -> None:
        super().__init__(description)
        self.error = error
        self.description = description
        self.status = status
        self.reason = reason or description


def invalid_client(reason: str) -> TokenRefusedError:
    return TokenRefusedError(
        "invalid_client", "client authentication failed", status=401, reason=reason
    )
