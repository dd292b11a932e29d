"""Sync files as connectors upload them."""

from __future__ import annotations

from pathlib import Path

from ostiary.baton.c1z import C1zWriter
from ostiary.baton.pb import connector_v2 as v2


def write_users(path: Path, count: int) -> Path:
    """A finished full sync of `count` users and nothing else."""
    path.parent.mkdir(parents=True, exist_ok=True)
    kind = v2.ResourceType(id="user", display_name="User", traits=[v2.ResourceType.TRAIT_USER])
    with C1zWriter(path) as writer:
        writer.put_resource_types([kind])
        writer.put_resources(user(f"u{number}") for number in range(count))
        writer.seal()
    return path


def user(name: str) -> v2.Resource:
    resource = v2.Resource(
        id=v2.ResourceId(resource_type="user", resource=name), display_name=name.title()
    )
    resource.annotations.add().Pack(v2.UserTrait())
    return resource
