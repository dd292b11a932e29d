"""The environment variables that the server knows."""

from __future__ import annotations

from ostiary.server.connectors.oauth.application import EntraApplication
from ostiary.server.kernel.auth.federation.issuers import FederationSettings
from ostiary.server.kernel.auth.oidc import OidcSettings
from ostiary.server.kernel.settings import CONFIG_VARIABLE, Settings

SETTINGS = {CONFIG_VARIABLE} | {
    f"{settings.model_config['env_prefix']}{name.upper()}"
    for settings in (Settings, OidcSettings, EntraApplication, FederationSettings)
    for name in settings.model_fields
}
