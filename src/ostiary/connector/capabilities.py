"""What a connector can do, as `capabilities` prints it (protocol reference 4.6)."""

from __future__ import annotations

from google.protobuf.json_format import MessageToJson

from ostiary.baton.annotations import has, pack
from ostiary.baton.pb import connector_v2 as pb
from ostiary.connector.definition import ConnectorDefinition, ResourceTypeDefinition


def capabilities(definition: ConnectorDefinition) -> pb.ConnectorCapabilities:
    """Types sorted by id; the connector's own capabilities are those of its types and more."""
    types = sorted(definition.resource_types, key=lambda declared: declared.id)
    union = {capability for declared in types for capability in declared.capabilities} | set(
        definition.capabilities
    )
    return pb.ConnectorCapabilities(
        resource_type_capabilities=[_of_type(declared) for declared in types],
        connector_capabilities=sorted(union),
        credential_details=definition.credential_details,
    )


def capabilities_json(definition: ConnectorDefinition) -> str:
    """The content of baton_capabilities.json."""
    return MessageToJson(pack(capabilities(definition)), indent=2, ensure_ascii=False)


def _of_type(declared: ResourceTypeDefinition) -> pb.ResourceTypeCapability:
    message = declared.message
    granted = [pb.CapabilityPermission(permission=name) for name in declared.permissions]
    return pb.ResourceTypeCapability(
        resource_type=message,
        capabilities=sorted(set(declared.capabilities)),
        permissions=pb.CapabilityPermissions(permissions=granted) if granted else None,
        opt_in_required=has(message.annotations, pb.OptInRequired),
        deprecated=has(message.annotations, pb.Deprecated),
        skip_sync_anomaly_detection=has(message.annotations, pb.SkipSyncAnomalyDetection),
    )
