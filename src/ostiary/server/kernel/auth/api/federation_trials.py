"""Trying a trust or a condition out, before a workload depends on it."""

from __future__ import annotations

import json
from typing import Any, Final

from fastapi import APIRouter, Request

from ostiary.server.kernel.auth import networks, users
from ostiary.server.kernel.auth.api import federation_messages as m
from ostiary.server.kernel.auth.api.federation import TRUSTS
from ostiary.server.kernel.auth.api.permissions import Administrator
from ostiary.server.kernel.auth.authentication import AuthenticationOf, address_of
from ostiary.server.kernel.auth.federation import store, trusts
from ostiary.server.kernel.auth.federation.checks import Check, Step
from ostiary.server.kernel.auth.federation.conditions import holds
from ostiary.server.kernel.auth.federation.exchange import audiences_of
from ostiary.server.kernel.auth.federation.signatures import BadTokenError, read_object, read_token
from ostiary.server.kernel.auth.federation.store import Trust
from ostiary.server.kernel.auth.grants import audiences_of as names_of
from ostiary.server.kernel.cel import EvaluationError
from ostiary.server.kernel.errors import AppError, invalid
from ostiary.server.kernel.rest import KernelOf

router = APIRouter(prefix="/api/v1", tags=["Workload Federation"])

_FIELDS: Final = {
    "issuer": ("issuer_match", "Issuer match"),
    "signature": ("signature_validation", "Signature validation"),
    "audience": ("audience_validation", "Audience validation"),
    "freshness": ("token_freshness", "Token freshness"),
    "subject": ("subject_validation", "Subject validation"),
    "condition": ("cel_evaluation", "CEL evaluation"),
}
"""By step: its field in the reply, and C1's name of it."""


@router.post(f"{TRUSTS}/{{client_id:path}}/test")
def test_token(
    kernel: KernelOf,
    access: Administrator,
    authentication: AuthenticationOf,
    http_request: Request,
    service_principal_id: str,
    client_id: str,
    request: m.TestTokenRequest,
) -> m.TestTokenReply:
    """Every step of an exchange with its reason, and no token at the end."""
    with kernel.read() as connection:
        owner = users.find(connection, service_principal_id, "service")
        trust = trusts.find(connection, client_id, owner.id)
        provider = store.provider_of(connection, trust)
    audiences = audiences_of(kernel.settings, names_of(kernel.settings))
    check = Check(authentication.issuers, provider, trust, audiences, kernel.clock.now())
    cidr = _cidr_check(trust, request.source_ip.partition("/")[0] or address_of(http_request))
    return _reply(check, request.subject_token, cidr)


def _reply(check: Check, subject_token: str, cidr: m.StepResult) -> m.TestTokenReply:
    results = {
        field: m.StepResult(step_name=title, skipped=True) for field, title in _FIELDS.values()
    }
    claims: dict[str, Any] | None = None
    decode = m.StepResult(step_name="JWT decode", passed=True)
    try:
        token = read_token(subject_token)
    except BadTokenError as error:
        decode = m.StepResult(step_name="JWT decode", detail=str(error))
    else:
        claims = token.claims
        results |= dict(_result(step) for step in check.steps(token))
    steps = [decode, *results.values(), cidr]
    return m.TestTokenReply(
        overall_result=all(step.passed or (step is cidr and step.skipped) for step in steps),
        jwt_decode=decode,
        cidr_check=cidr,
        decoded_claims_json="" if claims is None else json.dumps(claims),
        **results,
    )


def _result(step: Step) -> tuple[str, m.StepResult]:
    field, title = _FIELDS[step.name]
    return field, m.step_message(title, step)


def _cidr_check(trust: Trust, address: str) -> m.StepResult:
    passed = networks.allows(trust.networks, address)
    return m.StepResult(
        step_name="CIDR check",
        passed=passed,
        skipped=not trust.networks,
        detail="" if passed else "the trust may not be used from there",
        expected=", ".join(trust.networks),
        actual=address,
    )


@router.post("/workload_federation/test-cel")
def test_cel(access: Administrator, request: m.TestCelRequest) -> m.TestCelReply:
    """A condition over made-up claims."""
    try:
        matched = holds(request.expression, _claims(request.claims_json))
    except (AppError, EvaluationError) as error:
        return m.TestCelReply(expression=request.expression, error=str(error))
    return m.TestCelReply(expression=request.expression, matched=matched)


def _claims(text: str) -> dict[str, Any]:
    try:
        return read_object(text)
    except (ValueError, RecursionError):
        raise invalid("claimsJson must be a JSON object") from None
