"""From the words of a command line to a tenant that is ready to be served."""

from __future__ import annotations

from pathlib import Path

from ostiary.tenant.clock import Clock
from ostiary.tenant.conditions import Conditions
from ostiary.tenant.directory.directory import Directory
from ostiary.tenant.generate import generate
from ostiary.tenant.hosting import Listening, TenantServer
from ostiary.tenant.login.credentials import integration, random_secret, stored_secret
from ostiary.tenant.login.keys import stored_key
from ostiary.tenant.size import Size
from ostiary.tenant.stories import STORIES, story


class UnknownStoryError(ValueError):
    """Nobody has told a story of that name."""


def directory_of(scene: str | Size, clock: Clock | None = None) -> Directory:
    """A told story by name, or a generated tenant; raises UnknownStoryError."""
    if isinstance(scene, Size):
        return generate(
            users=scene.users,
            groups=scene.groups,
            memberships=scene.memberships,
            service_principals=scene.service_principals,
            seed=scene.seed,
            clock=clock,
        )
    if scene not in STORIES:
        raise UnknownStoryError(f"no story {scene!r}; there are: {', '.join(sorted(STORIES))}")
    return story(scene, clock)


def prepared_server(
    directory: Directory,
    listening: Listening,
    *,
    conditions: Conditions | None = None,
    data_dir: Path | None = None,
    fresh_credentials: bool = False,
) -> TenantServer:
    """Certificates, signing key and client secret from `data_dir`; without one, new every time."""
    secret, key = random_secret(), None
    if data_dir is not None:
        secret = stored_secret(data_dir / "credentials.json", fresh=fresh_credentials)
        key = stored_key(data_dir / "token-signing.pem")
    return TenantServer(
        directory,
        integration(directory, secret),
        listening=listening,
        key=key,
        conditions=conditions,
    )
