"""Which app is asking, in which tenant, and whether its credential is good."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import unquote

from ostiary.tenant.login.assertions import ASSERTION_TYPE, Assertions
from ostiary.tenant.login.errors import SignInError
from ostiary.tenant.login.registrations import AppRegistration, Registrations
from ostiary.tenant.login.tenant_view import GUID, TenantView

SHARED_AUTHORITIES = ("common", "organizations", "consumers")
_DOMAIN = re.compile(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}", re.IGNORECASE)
_NOBODY = "00000000-0000-0000-0000-000000000000"

SECRET = "1"  # noqa: S105
ASSERTION = "2"
NONE = "0"


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """`authority` is scheme and host as the client wrote them; `realm` the first path segment."""

    authority: str
    realm: str
    form: Mapping[str, str]
    authorization: str | None = None

    def required(self, name: str) -> str:
        value = self.form.get(name)
        if not value:
            raise SignInError(
                900144, f"The request body must contain the following parameter: '{name}'."
            )
        return value

    @property
    def token_endpoint(self) -> str:
        return f"{self.authority}/{self.realm}/oauth2/v2.0/token"


class Clients:
    """Finds and authenticates the app behind a token request."""

    def __init__(
        self,
        tenant: TenantView,
        registrations: Registrations,
        assertions: Assertions,
        now: Callable[[], datetime],
    ) -> None:
        self._tenant = tenant
        self._registrations = registrations
        self._assertions = assertions
        self._now = now

    def check_realm(self, realm: str) -> None:
        """Raises unless `realm` is this tenant or one of the shared authorities."""
        if realm.lower() in SHARED_AUTHORITIES or self._tenant.is_this_tenant(realm):
            return
        if not GUID.fullmatch(realm) and not _DOMAIN.fullmatch(realm):
            raise SignInError(
                900023,
                f"Specified tenant identifier '{realm}' is neither a valid DNS name, nor a valid "
                "external domain.",
            )
        raise SignInError(
            90002,
            f"Tenant '{realm}' not found. Check to make sure you have the correct tenant ID and "
            "are signing into the correct cloud.",
        )

    def find(self, client_id: str, realm: str) -> AppRegistration:
        """The app, whether or not it can prove itself."""
        if not GUID.fullmatch(client_id) or client_id == _NOBODY:
            raise SignInError(700038, f"{client_id} is not a valid application identifier.")
        app = self._registrations.find(client_id)
        if app is None:
            raise self._not_here(client_id)
        if realm.lower() in SHARED_AUTHORITIES and not app.multi_tenant:
            raise SignInError(
                50194,
                f"Application '{app.app_id}'({app.display_name}) is not configured as a "
                f"multi-tenant application. The /{realm.lower()} endpoint does not serve it: use "
                "the tenant's own endpoint or make the application multi-tenant.",
            )
        return app

    def installed(self, app: AppRegistration) -> AppRegistration:
        """`app`, or the answer for apps that no administrator has let into this tenant."""
        if not app.installed:
            raise self._not_here(app.app_id)
        return app

    def authenticate(self, app: AppRegistration, request: TokenRequest) -> str:
        """How the app proved itself: SECRET, ASSERTION, or NONE for a public client."""
        secret = request.form.get("client_secret") or _basic_password(request.authorization)
        assertion = request.form.get("client_assertion")
        if assertion:
            self._check_assertion_type(request)
            self._assertions.check(app, assertion, self._audiences(request))
            return ASSERTION
        if secret is not None:
            self._check_secret(app, secret)
            return SECRET
        if app.public:
            return NONE
        if request.form.get("grant_type") == "client_credentials":
            raise SignInError(
                7000216,
                "'client_assertion', 'client_secret' or 'request' is required for the "
                "'client_credentials' grant type.",
            )
        raise SignInError(
            7000218,
            "The request body must contain the following parameter: 'client_assertion' or "
            "'client_secret'.",
        )

    def _check_secret(self, app: AppRegistration, value: str) -> None:
        matching = [secret for secret in app.secrets if secret.value == value]
        if not matching:
            raise SignInError(
                7000215,
                "Invalid client secret provided. Ensure the secret being sent in the request is "
                "the client secret value, not the client secret ID, for a secret added to app "
                f"'{app.app_id}'.",
            )
        if all(secret.expires <= self._now() for secret in matching):
            raise SignInError(
                7000222,
                f"The provided client secret keys for app '{app.app_id}' are expired. Create a "
                "new secret for the app, or use a certificate.",
            )

    def _check_assertion_type(self, request: TokenRequest) -> None:
        if request.required("client_assertion_type") != ASSERTION_TYPE:
            raise SignInError(
                900144,
                "The request body must contain the following parameter: 'client_assertion_type' "
                f"with the value '{ASSERTION_TYPE}'.",
            )

    def _audiences(self, request: TokenRequest) -> set[str]:
        realms = {request.realm, self._tenant.tenant_id}
        paths = ("oauth2/v2.0/token", "oauth2/token", "v2.0", "")
        return {f"{request.authority}/{realm}/{path}" for realm in realms for path in paths}

    def _not_here(self, client_id: str) -> SignInError:
        return SignInError(
            700016,
            f"Application with identifier '{client_id}' was not found in the directory "
            f"'{self._tenant.display_name}'. It may not be installed by the administrator of the "
            "tenant or consented to by any user in it, or the request went to the wrong tenant.",
        )


def _basic_password(authorization: str | None) -> str | None:
    scheme, _, encoded = (authorization or "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        text = base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
    return unquote(text.partition(":")[2])


def basic_user(authorization: str | None) -> str | None:
    """The client id of an `Authorization: Basic` header."""
    scheme, _, encoded = (authorization or "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        text = base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
    return unquote(text.partition(":")[0])
