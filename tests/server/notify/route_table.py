"""Who gets through to which route of mail."""

from __future__ import annotations

from ostiary.server.kernel.authz.roles import READ_ONLY_ADMINISTRATOR, SUPER_ADMINISTRATOR

ROUTES: dict[str, frozenset[str]] = {
    "GET /api/v1/mails": frozenset({SUPER_ADMINISTRATOR.name, READ_ONLY_ADMINISTRATOR.name}),
}
