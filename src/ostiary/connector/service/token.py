"""Access tokens for the server, asked for with a signed assertion (protocol reference 3.2)."""

from __future__ import annotations

import asyncio
import base64
import json
import secrets
import ssl
from collections.abc import Mapping

import aiohttp

from ostiary.connector.service.clock import Clock
from ostiary.connector.service.credentials import ClientCredentials
from ostiary.connector.status import ConnectorError, Status

PATH = "/auth/v1/token"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LEEWAY = 120
"""Seconds around now in which an assertion is valid."""
EARLY = 10
"""Seconds before its end when a token is replaced."""
TIMEOUT = aiohttp.ClientTimeout(total=30)


class Tokens:
    """The token in force; a new one when that ends."""

    def __init__(
        self,
        credentials: ClientCredentials,
        host: str,
        trust: ssl.SSLContext,
        clock: Clock,
        agent: str,
    ) -> None:
        """`host` is `host[:port]`, `agent` names the program in the User-Agent."""
        self._credentials = credentials
        self._url = f"https://{host}{PATH}"
        self._trust = trust
        self._clock = clock
        self._agent = f"baton-c1-credential-provider {agent}"
        self._turn = asyncio.Lock()
        self._token = ""
        self._ends = 0.0

    async def current(self) -> str:
        """`ConnectorError`: Unauthenticated when refused, Unavailable when nobody could tell."""
        async with self._turn:
            if not self._token or self._clock.now() >= self._ends - EARLY:
                self._token, seconds = await self._fetched()
                self._ends = self._clock.now() + seconds
            return self._token

    def drop(self, token: str) -> None:
        """The server does not take this one any more."""
        if token == self._token:
            self._token = ""

    async def _fetched(self) -> tuple[str, float]:
        form = {
            "client_id": self._credentials.client_id,
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": assertion(self._credentials, self._clock.now()),
        }
        headers = {"User-Agent": self._agent}
        try:
            async with (
                aiohttp.ClientSession(timeout=TIMEOUT, trust_env=True) as session,
                session.post(
                    self._url,
                    data=form,
                    headers=headers,
                    ssl=self._trust,
                    allow_redirects=False,
                ) as response,
            ):
                body = await response.text(errors="replace")
        except (aiohttp.ClientError, TimeoutError) as error:
            raise self._unreachable(error) from error
        return self._read(response.status, body)

    def _read(self, status: int, body: str) -> tuple[str, float]:
        if status == 429 or status >= 500:
            raise ConnectorError(
                Status.UNAVAILABLE, f"The server gives no token now: {self._url} answers {status}."
            )
        try:
            answer = json.loads(body)
        except ValueError:
            answer = None
        answer = answer if isinstance(answer, dict) else {}
        token = answer.get("access_token")
        if status != 200 or not isinstance(token, str) or not token:
            raise self._refused(status, answer)
        seconds = answer.get("expires_in", 0)
        return token, float(seconds) if isinstance(seconds, int | float) else 0.0

    def _refused(self, status: int, answer: Mapping[str, object]) -> ConnectorError:
        told = answer.get("error_description") or answer.get("error")
        reason = told or ("no token in its answer" if status == 200 else f"status {status}")
        return ConnectorError(
            Status.UNAUTHENTICATED,
            f"failed to get token: {self._url} refuses this client: {reason}.",
            remedy="Check the client id and secret; a rotated secret ends the old one. "
            "The clock of this machine must be right within two minutes.",
            details={"status": status},
        )

    def _unreachable(self, error: aiohttp.ClientError | TimeoutError) -> ConnectorError:
        untrusted = isinstance(error, aiohttp.ClientConnectorCertificateError)
        return ConnectorError(
            Status.UNAVAILABLE,
            f"{self._url} cannot be reached: {error or 'it does not answer'}.",
            remedy="Name the server's authority in SSL_CERT_FILE." if untrusted else "",
        )


def assertion(credentials: ClientCredentials, now: float) -> str:
    """A compact JWS: who asks, whom, and for how long that is to be believed."""
    issued = int(now)
    header = {"alg": "EdDSA", "nonce": secrets.token_hex(16)}
    claims = {
        "iss": credentials.client_id,
        "sub": credentials.client_id,
        "aud": credentials.audience,
        "iat": issued,
        "nbf": issued - LEEWAY,
        "exp": issued + LEEWAY,
    }
    signed = f"{_encoded(_json(header))}.{_encoded(_json(claims))}"
    return f"{signed}.{_encoded(credentials.key.sign(signed.encode()))}"


def _json(value: Mapping[str, object]) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
