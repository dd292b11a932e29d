"""A credential that needs no login host."""

from ostiary.graph import AccessToken


class FixedCredential:
    """Hands out token-1, and the next number each time one is refused."""

    def __init__(self) -> None:
        self.number = 1
        self.closed = 0

    async def token(self, *, refused: AccessToken | None = None) -> AccessToken:
        if refused is not None and refused.value == f"token-{self.number}":
            self.number += 1
        return AccessToken(f"token-{self.number}", expires_at=4e9)

    async def aclose(self) -> None:
        self.closed += 1
