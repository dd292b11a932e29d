"""Managed identities: service accounts of Azure resources."""

from __future__ import annotations

from collections.abc import Iterator

from ostiary.baton.pb import connector_v2 as pb
from ostiary.connector.resources import user_resource
from ostiary.entra.image import Image, Kind
from ostiary.entra.project.links import portal_application
from ostiary.entra.records import ServicePrincipal
from ostiary.entra.types import MANAGED_IDENTITY


def resources(image: Image) -> Iterator[pb.Resource]:
    """Every managed identity of the image."""
    for _, principal in image.objects.all(Kind.SERVICE_PRINCIPAL, ServicePrincipal):
        if principal.is_managed_identity:
            yield _resource(principal)


def _resource(principal: ServicePrincipal) -> pb.Resource:
    names = principal.alternativeNames or []
    user_assigned = "isExplicit=True" in names
    azure_resource = next((name for name in names if name.startswith("/subscriptions/")), None)
    profile = {
        "id": principal.id,
        "app_id": principal.appId,
        "assigned_to": "user" if user_assigned else "system",
        "azure_resource_id": azure_resource,
    }
    return user_resource(
        MANAGED_IDENTITY,
        principal.id,
        principal.displayName or principal.id,
        enabled=principal.accountEnabled is not False,
        account_type=pb.UserTrait.ACCOUNT_TYPE_SERVICE,
        profile={name: value for name, value in profile.items() if value is not None},
        external_url=portal_application(principal.id, principal.appId or ""),
    )
