"""Token endpoints that Azure puts beside a workload: App Service's and a virtual machine's.

Both are plain HTTP on the machine itself and prove nothing but where the caller runs.
"""

from __future__ import annotations

import secrets

from aiohttp import web

from ostiary.tenant.login.clients import ASSERTION
from ostiary.tenant.login.registrations import AppRegistration
from ostiary.tenant.login.service import Login

APP_SERVICE_PATH = "/msi/token"
IMDS_PATH = "/metadata/identity/oauth2/token"
_APP_SERVICE_VERSION = "2019-08-01"
_IMDS_OLDEST = "2018-02-01"


class ManagedIdentityRoutes:
    """Answers for one identity. `header` is what App Service would put in IDENTITY_HEADER."""

    def __init__(
        self, login: Login, identity: AppRegistration, *, header: str | None = None
    ) -> None:
        self._login = login
        self._identity = identity
        self.header = header or secrets.token_hex(16)

    def add_to(self, app: web.Application) -> None:
        app.router.add_get(APP_SERVICE_PATH, self.app_service)
        app.router.add_get(IMDS_PATH, self.imds)

    async def app_service(self, request: web.Request) -> web.Response:
        """Source: Microsoft's page on managed identities for App Service, REST protocol."""
        if not secrets.compare_digest(request.headers.get("X-IDENTITY-HEADER", ""), self.header):
            return _app_service_refusal(401, "X-IDENTITY-HEADER is missing or wrong.")
        if request.query.get("api-version") != _APP_SERVICE_VERSION:
            return _app_service_refusal(400, f"api-version must be {_APP_SERVICE_VERSION}.")
        if not request.query.get("resource"):
            return _app_service_refusal(400, "The resource parameter is required.")
        if not self._is_ours(request):
            return _app_service_refusal(400, "No managed identity was found for this client_id.")
        token, lifetime = self._token(request)
        return web.json_response(
            {
                "access_token": token,
                "expires_on": str(self._expires_on(lifetime)),
                "resource": request.query["resource"],
                "token_type": "Bearer",
                "client_id": self._identity.app_id,
            }
        )

    async def imds(self, request: web.Request) -> web.Response:
        """Source: Microsoft's page on tokens of managed identities on virtual machines."""
        if request.headers.get("Metadata", "").lower() != "true":
            return _imds_refusal("invalid_request", "Required metadata header not specified")
        if request.query.get("api-version", "") < _IMDS_OLDEST:
            return _imds_refusal("invalid_request", "Required api-version not specified")
        if not request.query.get("resource"):
            return _imds_refusal("invalid_request", "Required audience parameter not specified")
        if not self._is_ours(request):
            return _imds_refusal("invalid_request", "Identity not found")
        token, lifetime = self._token(request)
        expires_on = self._expires_on(lifetime)
        return web.json_response(
            {
                "access_token": token,
                "client_id": self._identity.app_id,
                "expires_in": str(lifetime),
                "expires_on": str(expires_on),
                "ext_expires_in": str(lifetime),
                "not_before": str(expires_on - lifetime),
                "resource": request.query["resource"],
                "token_type": "Bearer",
            }
        )

    def _is_ours(self, request: web.Request) -> bool:
        """No `client_id` means the system-assigned identity."""
        return request.query.get("client_id", self._identity.app_id) == self._identity.app_id

    def _token(self, request: web.Request) -> tuple[str, int]:
        audience = request.query["resource"].rstrip("/")
        return self._login.tokens.for_app(self._identity, audience, proof=ASSERTION)

    def _expires_on(self, lifetime: int) -> int:
        return int(self._login.client_now().timestamp()) + lifetime


def _app_service_refusal(status: int, message: str) -> web.Response:
    return web.json_response({"statusCode": status, "message": message}, status=status)


def _imds_refusal(error: str, description: str) -> web.Response:
    return web.json_response({"error": error, "error_description": description}, status=400)
