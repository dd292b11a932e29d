"""What proves who we are to the login host."""

from typing import Protocol

from ostiary.graph.tokens import AccessToken


class Credential(Protocol):
    async def token(self, *, refused: AccessToken | None = None) -> AccessToken:
        """The current token, fetched or renewed as needed; another one than `refused`.

        Errors: CredentialRefused, Unreachable, UntrustedCertificate.
        """

    async def aclose(self) -> None:
        """Frees connections; a later `token` opens them again."""
