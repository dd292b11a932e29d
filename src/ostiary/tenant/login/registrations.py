"""App registrations: what a client of Graph proves itself with, and what it may do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509
from joserfc.jwk import Key

FEDERATION_AUDIENCE = "api://AzureADTokenExchange"


@dataclass(slots=True)
class Secret:
    """`id` is shown in the portal beside the value, and often pasted in its place."""

    id: str
    value: str
    expires: datetime


@dataclass(frozen=True, slots=True)
class FederatedCredential:
    """A token of an outside issuer that counts as this app's credential."""

    issuer: str
    subject: str
    audience: str = FEDERATION_AUDIENCE


@dataclass(slots=True)
class AppRegistration:
    """An application and its consent in this tenant.

    `roles` are the application permissions granted; admin consent adds `requested_roles` to them.
    `delegated_scopes` are what `.default` asks a person for; `consented_scopes` maps a user id, or
    `*` for everyone, to what was agreed. An app of another tenant is not `installed` here until
    someone consents. `loopback_redirects` admits any address on this machine, which Entra does not.
    """

    app_id: str
    display_name: str
    secrets: list[Secret] = field(default_factory=list)
    certificates: list[x509.Certificate] = field(default_factory=list)
    federated: list[FederatedCredential] = field(default_factory=list)
    roles: set[str] = field(default_factory=set)
    requested_roles: set[str] = field(default_factory=set)
    delegated_scopes: set[str] = field(default_factory=lambda: {"User.Read"})
    consented_scopes: dict[str, set[str]] = field(default_factory=dict)
    redirect_uris: set[str] = field(default_factory=set)
    loopback_redirects: bool = False
    multi_tenant: bool = False
    public: bool = False
    installed: bool = True

    def agreed(self, user_id: str) -> set[str]:
        """Delegated permissions this person, or an administrator for everyone, agreed to."""
        everyone = self.consented_scopes.get("*", set())
        return everyone | self.consented_scopes.get(user_id, set())


class Registrations:
    """The apps a tenant knows, and the outside issuers whose keys the simulator holds."""

    def __init__(self) -> None:
        self._apps: dict[str, AppRegistration] = {}
        self.issuers: dict[str, list[Key]] = {}

    def add(self, registration: AppRegistration) -> AppRegistration:
        self._apps[registration.app_id.lower()] = registration
        return registration

    def find(self, app_id: str) -> AppRegistration | None:
        return self._apps.get(app_id.lower())

    def __iter__(self) -> Iterator[AppRegistration]:
        return iter(self._apps.values())
