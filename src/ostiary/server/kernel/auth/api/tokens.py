"""`POST /auth/v1/token` and `POST /auth/v1/device_authorization` (c1-api reference 1.2 and 1.3)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from pydantic import BaseModel
from starlette.responses import JSONResponse

from ostiary.server.kernel.actor import SYSTEM
from ostiary.server.kernel.auth import attempts, devices, tokens
from ostiary.server.kernel.auth.authentication import AuthenticationOf, address_of
from ostiary.server.kernel.auth.federation.exchange import ACCESS_TOKEN
from ostiary.server.kernel.auth.grants import (
    DEVICE_AUTHORIZATION_PATH,
    TOKEN_EXCHANGE,
    TOKEN_PATH,
    TokenEndpoint,
    log,
)
from ostiary.server.kernel.auth.refusals import TokenRefusedError
from ostiary.server.kernel.authz.enforcement import public
from ostiary.server.kernel.http import Refusal
from ostiary.server.kernel.rest import KernelOf

DEVICES_PER_ADDRESS = 60


class TokenRefusal(BaseModel):
    """RFC 6749, section 5.2."""

    error: str
    error_description: str


router = APIRouter(
    tags=["Auth"],
    responses={
        "default": {"model": TokenRefusal | Refusal, "description": "Why not, in OAuth's words"}
    },
)

Field = Annotated[str, Form()]


@router.post(TOKEN_PATH, dependencies=[public("clients prove who they are here")])
def token(
    request: Request,
    kernel: KernelOf,
    authentication: AuthenticationOf,
    grant_type: Field = "",
    client_id: Field = "",
    client_secret: Field = "",
    client_assertion: Field = "",
    client_assertion_type: Field = "",
    device_code: Field = "",
    subject_token: Field = "",
    subject_token_type: Field = "",
    requested_token_type: Field = "",
) -> JSONResponse:
    """OAuth 2: client_credentials with an assertion or a secret, device codes, and the exchange of
    a workload's token."""
    form = {
        "grant_type": grant_type,
        "client_id": client_id,
        "client_secret": client_secret,
        "client_assertion": client_assertion,
        "client_assertion_type": client_assertion_type,
        "device_code": device_code,
        "subject_token": subject_token,
        "subject_token_type": subject_token_type,
        "requested_token_type": requested_token_type,
    }
    address = address_of(request)
    endpoint = TokenEndpoint(kernel, authentication.clients, authentication.issuers)
    try:
        access_token = endpoint.grant({k: v for k, v in form.items() if v}, address)
    except TokenRefusedError as refusal:
        if refusal.error != "authorization_pending":
            log.warning(
                "token.refused", client=client_id[:200], reason=refusal.reason, address=address
            )
        return _refused(refusal)
    answer: dict[str, Any] = {
        "access_token": access_token,
        "token_type": "Bearer",
        "expires_in": int(tokens.LIFE.total_seconds()),
    }
    if grant_type == TOKEN_EXCHANGE:
        answer["issued_token_type"] = ACCESS_TOKEN
    return _uncached(answer)


@router.post(DEVICE_AUTHORIZATION_PATH, dependencies=[public("the start of a sign-in")])
def device_authorization(request: Request, kernel: KernelOf, client_id: Field = "") -> JSONResponse:
    """RFC 8628. The reply's `verification_uri_complete` is where a person approves."""
    if not client_id or len(client_id) > 100 or not client_id.isprintable():
        return _refused(TokenRefusedError("invalid_client", "client_id is missing", status=401))
    address = address_of(request)
    with kernel.work(SYSTEM) as unit:
        limit = {f"device:{address}": DEVICES_PER_ADDRESS}
        refusal = attempts.count(unit, limit)
        new = None if refusal else devices.begin(unit, client_id)
    if refusal or new is None:
        return _refused(TokenRefusedError("access_denied", "too many attempts", status=429))
    page = str(request.url_for("device_page"))
    return _uncached(
        {
            "device_code": new.device_code,
            "user_code": new.user_code,
            "verification_uri": page,
            "verification_uri_complete": f"{page}?user_code={new.user_code}",
            "expires_in": int(devices.LIFE.total_seconds()),
            "interval": devices.POLL_SECONDS,
        }
    )


def _refused(refusal: TokenRefusedError) -> JSONResponse:
    body = {"error": refusal.error, "error_description": refusal.description}
    return _uncached(body, refusal.status)


def _uncached(body: dict[str, Any], status: int = 200) -> JSONResponse:
    return JSONResponse(body, status, {"Cache-Control": "no-store", "Pragma": "no-cache"})
