"""Tokens of workloads for tokens of ours (RFC 8693)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from ostiary.server.kernel.actor import SYSTEM, Actor
from ostiary.server.kernel.auth import attempts, user_store
from ostiary.server.kernel.auth.caller import actor_of
from ostiary.server.kernel.auth.client_ids import parse_client_id
from ostiary.server.kernel.auth.clients import Client
from ostiary.server.kernel.auth.federation import store
from ostiary.server.kernel.auth.federation.checks import Check, Step, shown
from ostiary.server.kernel.auth.federation.issuers import Issuers
from ostiary.server.kernel.auth.federation.signatures import (
    BadTokenError,
    SubjectToken,
    read_token,
)
from ostiary.server.kernel.auth.federation.store import Provider, Trust
from ostiary.server.kernel.auth.federation.trusts import KIND, NOUN, client_of
from ostiary.server.kernel.auth.refusals import TokenRefusedError, invalid_client
from ostiary.server.kernel.settings import Settings
from ostiary.server.kernel.work import Kernel, UnitOfWork

ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105 - a name
SUBJECT_TYPES = (
    "urn:ietf:params:oauth:token-type:jwt",
    "urn:ietf:params:oauth:token-type:id_token",
)
FAILURES_PER_ADDRESS = 100
"""Within `attempts.WINDOW`; a success forgives them."""


@dataclass(frozen=True)
class Proof:
    """What a token has proven at one moment. The trust may have changed since."""

    trust: Trust
    provider: Provider
    actor: Actor
    token: SubjectToken

    @property
    def client(self) -> Client:
        return client_of(self.trust)


def prove(
    kernel: Kernel,
    issuers: Issuers,
    audiences: Collection[str],
    form: Mapping[str, str],
    address: str,
) -> Proof:
    """TokenRefusedError unless the token stands for the trust that `client_id` names.

    May ask the issuer for its keys, so no transaction is open meanwhile.
    """
    _check_request(form)
    _count(kernel, address)
    trust, provider, actor = _trust(kernel, form.get("client_id", ""))
    try:
        token = read_token(form["subject_token"])
    except BadTokenError as error:
        raise _refused(str(error)) from None
    check = Check(issuers, provider, trust, audiences, kernel.clock.now())
    for step in check.steps(token):
        if not step.passed:
            raise _refusal(step)
    return Proof(trust, provider, actor, token)


def record(unit: UnitOfWork, proof: Proof, address: str) -> None:
    """Who it was, in the words of the platform: our own token only says for whom they act."""
    attempts.forgive(unit, _attempts_key(address))
    claims = proof.token.claims
    after: dict[str, Any] = {
        "client": proof.trust.name,
        "issuer": proof.provider.issuer,
        "subject": shown(claims.get("sub")),
        "jti": shown(claims.get("jti")),
        "address": address,
        "claims": {
            name: shown(value)
            for name in proof.trust.passthrough_claims
            if isinstance(value := claims.get(name), str)
        },
    }
    unit.audit(f"auth.{NOUN}.exchange", NOUN, proof.trust.public_id, after=after)


def audiences_of(settings: Settings, names: Collection[str]) -> Collection[str]:
    """Platforms put a host or a URL into their tokens, as their users tell them to."""
    urls = {f"https://{name}" for name in names} | {settings.link_base}
    return {*names, *urls, *(f"{url}/" for url in urls)}


def _check_request(form: Mapping[str, str]) -> None:
    if not form.get("subject_token"):
        raise TokenRefusedError("invalid_request", "subject_token is missing")
    if form.get("subject_token_type") not in SUBJECT_TYPES:
        raise TokenRefusedError("invalid_request", f"subject_token_type must be {SUBJECT_TYPES[0]}")
    if form.get("requested_token_type", ACCESS_TOKEN) != ACCESS_TOKEN:
        raise TokenRefusedError("invalid_request", "only access tokens are issued")


def _count(kernel: Kernel, address: str) -> None:
    with kernel.work(SYSTEM) as unit:
        refusal = attempts.count(unit, {_attempts_key(address): FAILURES_PER_ADDRESS})
    if refusal:
        raise TokenRefusedError("access_denied", "too many attempts", status=429)


def _attempts_key(address: str) -> str:
    return f"exchange:{address}"


def _trust(kernel: Kernel, client_id: str) -> tuple[Trust, Provider, Actor]:
    parsed = parse_client_id(client_id)
    if parsed is None or parsed.kind != KIND:
        raise invalid_client("no client id of a workload federation trust")
    with kernel.read() as connection:
        trust = store.find_working_trust(connection, parsed.name)
        user = user_store.find(connection, trust.user_id) if trust else None
        if trust is None or user is None:
            raise invalid_client("unknown, disabled or deleted trust")
        return trust, store.provider_of(connection, trust), actor_of(user)


def _refusal(step: Step) -> TokenRefusedError:
    if step.is_outage:
        return TokenRefusedError(
            "temporarily_unavailable",
            "the issuer's keys cannot be fetched",
            status=503,
            reason=step.detail,
        )
    return _refused(f"{step.name}: {step.detail} {step.actual}".strip())


def _refused(reason: str) -> TokenRefusedError:
    """RFC 8693 section 2.2.2: `invalid_request`, be the token invalid or not acceptable."""
    return TokenRefusedError("invalid_request", "the subject_token was not accepted", reason=reason)
