"""Resource types, resources and entitlements as rows: the columns they are found by, then data."""

from ostiary.baton.c1z.encoding import require
from ostiary.baton.pb import connector_v2 as v2


def resource_type_fields(kind: v2.ResourceType) -> tuple[str, bytes]:
    require(kind.id, f"a resource type has no id: {kind.display_name!r}")
    return kind.id, kind.SerializeToString(deterministic=True)


def resource_fields(resource: v2.Resource) -> tuple[str, str, str | None, str | None, bytes]:
    own, parent = resource.id, resource.parent_resource_id
    require(own.resource_type and own.resource, f"a resource has no id: {resource.display_name!r}")
    return (
        own.resource_type,
        f"{own.resource_type}:{own.resource}",
        parent.resource_type or None,
        parent.resource or None,
        resource.SerializeToString(deterministic=True),
    )


def entitlement_fields(entitlement: v2.Entitlement) -> tuple[str, str, str, bytes]:
    resource = entitlement.resource.id
    require(
        entitlement.id and resource.resource_type and resource.resource,
        f"an entitlement lacks its id or resource: {entitlement.id!r}",
    )
    return (
        resource.resource_type,
        resource.resource,
        entitlement.id,
        entitlement.SerializeToString(deterministic=True),
    )
