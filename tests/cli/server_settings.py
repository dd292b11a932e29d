"""The environment variables that the server knows."""

from __future__ import annotations

from ostiary.server.kernel.auth.oidc import OidcSettings
from ostiary.server.kernel.settings import CONFIG_VARIABLE, Settings

SETTINGS = {
    CONFIG_VARIABLE,
    *(f"OSTIARY_{name.upper()}" for name in Settings.model_fields),
    *(f"OSTIARY_OIDC_{name.upper()}" for name in OidcSettings.model_fields),
}
