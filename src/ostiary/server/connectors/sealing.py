"""How the settings of a connector, its secrets among them, are kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from ostiary.server.kernel.secrets import Keyring

CONFIG_PURPOSE: Final = "connectors.config"


def seal(config: Mapping[str, str], secrets: Keyring) -> bytes:
    return secrets.encrypt(json.dumps(dict(config), sort_keys=True), CONFIG_PURPOSE)


def unseal(sealed: bytes | None, secrets: Keyring) -> dict[str, str]:
    """By field name; empty when nothing was ever saved."""
    if sealed is None:
        return {}
    values: dict[str, str] = json.loads(secrets.decrypt_text(sealed, CONFIG_PURPOSE))
    return values
