"""Who makes a request, and what that allows."""

from __future__ import annotations

from dataclasses import dataclass

from ostiary.server.kernel.actor import Actor, ActorKind
from ostiary.server.kernel.auth.clients import Client
from ostiary.server.kernel.auth.user_store import User
from ostiary.server.kernel.authz.permissions import Allowances, Permission, Reach
from ostiary.server.kernel.authz.roles import allowances_of, roles_of


@dataclass(frozen=True)
class Caller:
    user: User
    allowances: Allowances
    role_ids: tuple[str, ...]
    via: str = "session"
    """Or the kind of the API client: "pcc", "spc", "device"."""
    client_id: str = ""
    """Of the API client; empty for somebody in a browser."""
    csrf_token: str = ""
    """Of the browser's session; empty for an API client."""

    @property
    def actor(self) -> Actor:
        return actor_of(self.user)

    def reach(self, permission: Permission) -> frozenset[Reach]:
        """Empty when not allowed at all."""
        return self.allowances.get(permission, frozenset())


def actor_of(user: User) -> Actor:
    kind: ActorKind = "user" if user.kind == "human" else "service_principal"
    return Actor(kind, user.public_id, user.email or user.display_name)


def caller_in_browser(user: User, csrf_token: str) -> Caller:
    return Caller(
        user, allowances_of(roles_of(user.role_ids)), user.role_ids, csrf_token=csrf_token
    )


def caller_by_client(user: User, client: Client, client_id: str) -> Caller:
    """Never more than the roles that the credential is scoped to, if it is."""
    scope = client.scoped_roles
    roles, scopes = roles_of(user.role_ids), roles_of(scope)
    allowances = allowances_of(roles, scopes) if scopes or not scope else {}
    effective = tuple(key for key in user.role_ids if not scope or key in scope)
    return Caller(user, allowances, effective, client.kind, client_id)
