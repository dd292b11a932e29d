"""What the token endpoint gives a token for (RFC 6749 section 4.4, RFC 7523, 8628, 8693)."""

from __future__ import annotations

import hmac
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import structlog

from ostiary.server.kernel.actor import SYSTEM
from ostiary.server.kernel.auth import devices, networks, tokens
from ostiary.server.kernel.auth.assertions import (
    BadAssertionError,
    read_assertion,
    signed_by,
)
from ostiary.server.kernel.auth.client_ids import public_key_of
from ostiary.server.kernel.auth.clients import Client, ClientKey, ClientRegistry
from ostiary.server.kernel.auth.federation import exchange
from ostiary.server.kernel.auth.federation.issuers import Issuers
from ostiary.server.kernel.auth.links import LOOPBACK
from ostiary.server.kernel.auth.refusals import TokenRefusedError, invalid_client
from ostiary.server.kernel.settings import Settings
from ostiary.server.kernel.work import Kernel, UnitOfWork

CLIENT_CREDENTIALS = "client_credentials"
DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"  # noqa: S105 - a name
JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
TOKEN_PATH = "/auth/v1/token"  # noqa: S105
DEVICE_AUTHORIZATION_PATH = "/auth/v1/device_authorization"

log = structlog.get_logger("ostiary.server.auth")

Form = Mapping[str, str]


@dataclass(frozen=True)
class TokenEndpoint:
    kernel: Kernel
    clients: ClientRegistry
    issuers: Issuers

    def grant(self, form: Form, address: str) -> str:
        """An access token that lives `tokens.LIFE`. TokenRefusedError otherwise."""
        if form.get("grant_type") == TOKEN_EXCHANGE:
            return self._exchange(form, address)
        with self.kernel.work(SYSTEM) as unit:
            match form.get("grant_type"):
                case "client_credentials":
                    client, key = self._by_credentials(unit, form)
                case "urn:ietf:params:oauth:grant-type:device_code":
                    client, key = _by_device(unit, form)
                case _:
                    raise TokenRefusedError("unsupported_grant_type", "unknown grant_type")
            return self._issue(unit, client, key, address)

    def _exchange(self, form: Form, address: str) -> str:
        audiences = exchange.audiences_of(self.kernel.settings, audiences_of(self.kernel.settings))
        proof = exchange.prove(self.kernel, self.issuers, audiences, form, address)
        with self.kernel.work(proof.actor) as unit:
            client = self._find(unit, form["client_id"])
            key = client.live_key(proof.client.keys[0].id, unit.now)
            if key is None:
                raise invalid_client("the trust has changed meanwhile")
            exchange.record(unit, proof, address)
            return self._issue(unit, client, key, address)

    def _issue(self, unit: UnitOfWork, client: Client, key: ClientKey, address: str) -> str:
        if not networks.allows(client.networks, address):
            raise invalid_client(f"used from {address}, which its networks do not allow")
        self.clients.of(client).used(unit, client, key, address)
        return tokens.issue(unit, client, key)

    def _by_credentials(self, unit: UnitOfWork, form: Form) -> tuple[Client, ClientKey]:
        if form.get("client_assertion"):
            return self._by_assertion(unit, form)
        if form.get("client_secret"):
            return self._by_secret(unit, form)
        raise TokenRefusedError("invalid_request", "client_assertion or client_secret is missing")

    def _by_assertion(self, unit: UnitOfWork, form: Form) -> tuple[Client, ClientKey]:
        if form.get("client_assertion_type") != JWT_BEARER:
            raise TokenRefusedError(
                "invalid_request", f"client_assertion_type must be {JWT_BEARER}"
            )
        audiences = audiences_of(self.kernel.settings)
        try:
            assertion = read_assertion(form["client_assertion"], now=unit.now, audiences=audiences)
        except BadAssertionError as error:
            raise invalid_client(str(error)) from None
        if form.get("client_id", assertion.client_id) != assertion.client_id:
            raise invalid_client("client_id and assertion differ")
        client = self._find(unit, assertion.client_id)
        keys = {key.public_key: key for key in client.live_keys(unit.now)}
        signer = signed_by(assertion, keys)
        if signer is None:
            raise invalid_client("signed by none of the client's keys")
        if not tokens.remember(unit, assertion):
            raise invalid_client("replayed")
        return client, keys[signer]

    def _by_secret(self, unit: UnitOfWork, form: Form) -> tuple[Client, ClientKey]:
        client = self._find(unit, form.get("client_id", ""))
        proven = public_key_of(form["client_secret"]) or b""
        for key in client.live_keys(unit.now):
            if key.public_key and hmac.compare_digest(key.public_key, proven):
                return client, key
        raise invalid_client("wrong secret")

    def _find(self, unit: UnitOfWork, client_id: str) -> Client:
        client = self.clients.find_by_id(unit.connection, client_id)
        if client is None:
            raise invalid_client("unknown or deleted client")
        return client


def audiences_of(settings: Settings) -> Collection[str]:
    """Clients name the host they call without its port, whatever they were told to call."""
    names = {settings.external_host, settings.external_authority}
    return names | LOOPBACK if settings.external_host in LOOPBACK else names


def _by_device(unit: UnitOfWork, form: Form) -> tuple[Client, ClientKey]:
    device = devices.find_by_device_code(unit.connection, form.get("device_code", ""))
    if device is None or device.client_id != form.get("client_id"):
        raise TokenRefusedError("invalid_grant", "unknown device_code")
    if device.expires_at <= unit.now:
        raise TokenRefusedError("expired_token", "the device_code has expired")
    if device.state == "pending":
        raise TokenRefusedError("authorization_pending", "nobody has decided yet")
    if device.state == "denied":
        raise TokenRefusedError("access_denied", "the request was denied")
    if device.user_id is None or not devices.redeem(unit, device):
        raise TokenRefusedError("invalid_grant", "the device_code was already used")
    client = devices.client_of(device.public_id, device.user_id)
    return client, client.keys[0]
