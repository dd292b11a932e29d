"""The token endpoint's grant types."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from ostiary.tenant.directory.objects import DirectoryObject
from ostiary.tenant.login.clients import Clients, TokenRequest, basic_user
from ostiary.tenant.login.errors import SignInError
from ostiary.tenant.login.registrations import AppRegistration
from ostiary.tenant.login.scopes import Scope
from ostiary.tenant.login.sessions import Grant, Sessions
from ostiary.tenant.login.tenant_view import TenantView
from ostiary.tenant.login.tokens import Tokens


class TokenEndpoint:
    """Answers `POST /{realm}/oauth2/v2.0/token`; raises SignInError."""

    def __init__(
        self, tenant: TenantView, clients: Clients, tokens: Tokens, sessions: Sessions
    ) -> None:
        self._tenant = tenant
        self._clients = clients
        self._tokens = tokens
        self._sessions = sessions

    def answer(self, request: TokenRequest) -> dict[str, Any]:
        grant_type = request.required("grant_type")
        answers = {
            "client_credentials": self._client_credentials,
            "authorization_code": self._authorization_code,
            "refresh_token": self._refresh_token,
        }
        if grant_type not in answers:
            raise SignInError(70003, f"The app requested an unsupported grant type '{grant_type}'.")
        self._clients.check_realm(request.realm)
        client_id = request.form.get("client_id") or basic_user(request.authorization)
        app = self._clients.find(client_id or request.required("client_id"), request.realm)
        return answers[grant_type](app, request)

    def _client_credentials(self, app: AppRegistration, request: TokenRequest) -> dict[str, Any]:
        if not self._tenant.is_this_tenant(request.realm):
            raise SignInError(
                50059,
                "No tenant-identifying information found in either the request or implied by any "
                "provided credentials.",
            )
        self._clients.installed(app)
        scope = Scope.parse(request.required("scope"))
        if len(scope.values) != 1 or not scope.wants_default:
            raise SignInError(
                1002012,
                f"The provided value for scope {request.form['scope']} is not valid. Client "
                "credential flows must have a scope value with /.default suffixed to the resource "
                "identifier (application ID URI).",
            )
        proof = self._clients.authenticate(app, request)
        audience = self._audience(scope)
        token, lifetime = self._tokens.for_app(
            app, audience, proof=proof, long_lived=_takes_revocation_events(request)
        )
        return _bearer(token, lifetime)

    def _authorization_code(self, app: AppRegistration, request: TokenRequest) -> dict[str, Any]:
        code = request.required("code")
        self._clients.authenticate(app, request)
        grant = self._sessions.redeem_code(
            code,
            app_id=app.app_id,
            redirect_uri=request.required("redirect_uri"),
            verifier=request.form.get("code_verifier"),
        )
        return self._for_person(app, grant, request)

    def _refresh_token(self, app: AppRegistration, request: TokenRequest) -> dict[str, Any]:
        token = request.required("refresh_token")
        self._clients.authenticate(app, request)
        grant = self._sessions.refresh(token, app_id=app.app_id)
        grant = replace(grant, scope=request.form.get("scope") or grant.scope, nonce=None)
        return self._for_person(app, grant, request)

    def _for_person(
        self, app: AppRegistration, grant: Grant, request: TokenRequest
    ) -> dict[str, Any]:
        user = self._enabled_user(grant.user_id)
        scope = Scope.parse(grant.scope)
        wanted = scope.permissions(app)
        missing = wanted - app.agreed(user.id)
        if missing:
            raise consent_missing(app)
        granted = app.agreed(user.id) if scope.wants_default else wanted
        token, lifetime = self._tokens.for_user(app, user, self._audience(scope), granted)
        body = _bearer(token, lifetime) | {"scope": scope.described(granted)}
        if scope.offline:
            body["refresh_token"] = self._sessions.issue_refresh(grant)
        if scope.openid:
            body["id_token"] = self._tokens.identity(app, user, request.authority, grant.nonce)
        return body

    def _enabled_user(self, user_id: str) -> DirectoryObject:
        user = self._tenant.user(user_id)
        if user is None:
            raise SignInError(
                50034,
                f"The user account does not exist in the {self._tenant.display_name} directory.",
            )
        if user.props.get("accountEnabled") is False:
            raise SignInError(50057, "The user account is disabled.")
        return user

    def _audience(self, scope: Scope) -> str:
        audience = scope.resource
        if not self._tokens.is_graph(audience) and not self._tenant.has_resource(audience):
            raise SignInError(
                500011,
                f"The resource principal named {audience} was not found in the tenant named "
                f"{self._tenant.display_name}. It may not be installed by the administrator of the "
                "tenant or consented to by any user in it, or the request went to the wrong "
                "tenant.",
            )
        return audience


def consent_missing(app: AppRegistration) -> SignInError:
    return SignInError(
        65001,
        "The user or administrator has not consented to use the application with ID "
        f"'{app.app_id}' named '{app.display_name}'. Send an interactive authorization request "
        "for this user and resource.",
        suberror="consent_required",
    )


def _bearer(token: str, lifetime: int) -> dict[str, Any]:
    return {
        "token_type": "Bearer",
        "expires_in": lifetime,
        "ext_expires_in": lifetime,
        "access_token": token,
    }


def _takes_revocation_events(request: TokenRequest) -> bool:
    """Whether the client claims `xms_cc: cp1` (continuous access evaluation)."""
    try:
        claims = json.loads(request.form.get("claims") or "{}")
        values = claims["access_token"]["xms_cc"]["values"]
    except (ValueError, KeyError, TypeError):
        return False
    return isinstance(values, list) and "cp1" in [str(value).lower() for value in values]
