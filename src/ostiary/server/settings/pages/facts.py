"""What is set: the organization, ways to sign in, encryption. None of it changes here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter
from starlette.responses import Response

from ostiary.server.kernel.auth.authentication import AuthenticationOf
from ostiary.server.kernel.auth.oidc import OidcSettings
from ostiary.server.kernel.authz.enforcement import Access, requires
from ostiary.server.kernel.authz.permissions import Permission
from ostiary.server.settings import store
from ostiary.server.settings.views import sections as views
from ostiary.server.settings.views.sections import Section
from ostiary.server.web.shell import Shell, ShellOf

router = APIRouter(prefix="/settings", include_in_schema=False)

Viewer = Annotated[Access, requires(Permission.SETTINGS_VIEW)]


@router.get("")
def show_organization(shell: ShellOf, access: Viewer) -> Response:
    return _page(shell, "/settings", views.organization(shell.kernel.settings))


@router.get("/sign_in")
def show_sign_in(shell: ShellOf, access: Viewer, authentication: AuthenticationOf) -> Response:
    oidc = authentication.oidc
    known = oidc.settings if oidc else OidcSettings.model_construct()
    return _page(shell, "/settings/sign_in", views.sign_in(known))


@router.get("/encryption")
def show_encryption(shell: ShellOf, access: Viewer) -> Response:
    kernel = shell.kernel
    with kernel.read() as connection:
        used = store.encryption_keys(connection)
    sections = views.encryption(kernel.secrets, used, kernel.settings)
    return _page(shell, "/settings/encryption", sections)


def _page(shell: Shell, path: str, sections: Sequence[Section]) -> Response:
    return shell.page("settings/facts.html", "Settings", tabs=views.tabs(path), sections=sections)
