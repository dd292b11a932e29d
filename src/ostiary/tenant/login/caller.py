"""Who is behind an access token, as the Graph surface sees it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Caller:
    """`sp_id` is the object id of the app's service principal; `directory_roles` its templates.

    For a delegated token `user_id` is set, `roles` holds the delegated permissions (`scp`) and
    `directory_roles` those of the person.
    """

    app_id: str
    roles: frozenset[str]
    tenant_id: str
    sp_id: str | None = None
    directory_roles: frozenset[str] = frozenset()
    user_id: str | None = None


class TokenRejected(Exception):  # noqa: N818
    """Graph answers 401 `InvalidAuthenticationToken` with this message."""
