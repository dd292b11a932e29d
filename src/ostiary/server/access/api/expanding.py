"""What accounts and grants point at."""

from __future__ import annotations

from collections.abc import Collection

from ostiary.server.access.api.messages import NamedApp
from ostiary.server.access.store import accounts
from ostiary.server.kernel.database import Connection
from ostiary.server.kernel.expansion import Expansion


def load_apps(connection: Connection, expansion: Expansion, ids: Collection[str]) -> None:
    def read(wanted: Collection[str]) -> dict[str, NamedApp]:
        names = accounts.app_names(connection, wanted)
        return {each: NamedApp(id=each, display_name=name) for each, name in names.items()}

    expansion.load("app_id", "app.v1.App", ids, read)
