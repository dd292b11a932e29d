"""The resource types of an Entra tenant. Their ids and entitlement ids never change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ostiary.baton.pb import connector_v2 as pb

USER: Final = "user"
GROUP: Final = "group"
ENTERPRISE_APPLICATION: Final = "enterprise_application"
MANAGED_IDENTITY: Final = "managed_identity"
DIRECTORY_ROLE: Final = "directory_role"
LICENSE: Final = "license"
CREDENTIAL: Final = "service_principal_credential"

PRINCIPALS = (USER, GROUP, ENTERPRISE_APPLICATION, MANAGED_IDENTITY)
"""What can hold access."""


def _type(id_: str, name: str, description: str, *traits: pb.ResourceType.Trait) -> pb.ResourceType:
    annotations = [] if id_ in _WITH_ENTITLEMENTS else [pb.SkipEntitlementsAndGrants()]
    message = pb.ResourceType(id=id_, display_name=name, description=description, traits=traits)
    for annotation in annotations:
        message.annotations.add().Pack(annotation)
    return message


_WITH_ENTITLEMENTS = {GROUP, ENTERPRISE_APPLICATION, DIRECTORY_ROLE, LICENSE}

RESOURCE_TYPES: Mapping[str, pb.ResourceType] = {
    message.id: message
    for message in (
        _type(USER, "User", "People and shared accounts of the tenant", pb.ResourceType.TRAIT_USER),
        _type(
            GROUP,
            "Group",
            "Security groups, Microsoft 365 groups and distribution lists",
            pb.ResourceType.TRAIT_GROUP,
        ),
        _type(
            ENTERPRISE_APPLICATION,
            "Enterprise application",
            "Service principals of applications, with their app roles",
            pb.ResourceType.TRAIT_APP,
        ),
        _type(
            MANAGED_IDENTITY,
            "Managed identity",
            "Identities of Azure resources",
            pb.ResourceType.TRAIT_USER,
        ),
        _type(
            DIRECTORY_ROLE,
            "Directory role",
            "Built-in and custom roles of the directory, active and eligible",
            pb.ResourceType.TRAIT_ROLE,
        ),
        _type(
            LICENSE,
            "License",
            "Subscribed products",
            pb.ResourceType.TRAIT_LICENSE_PROFILE,
        ),
        _type(
            CREDENTIAL,
            "Service principal credential",
            "Secrets and certificates of applications",
            pb.ResourceType.TRAIT_SECRET,
        ),
    )
}


def grantable_to(*ids: str) -> list[pb.ResourceType]:
    """Resource types as an entitlement names those who can hold it."""
    return [
        pb.ResourceType(id=id_, display_name=message.display_name, traits=message.traits)
        for id_ in ids
        if (message := RESOURCE_TYPES[id_])
    ]
