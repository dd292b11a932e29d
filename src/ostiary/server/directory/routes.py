"""All routes of the directory, for the composition root; before those of sign-in, whose
`GET /api/v1/users/{id}` knows less."""

from __future__ import annotations

from ostiary.server.directory.api import accounts, directories, users

ROUTERS = (users.router, accounts.router, directories.router)
