"""Every message and enum of c1.connectorapi.baton.v1. Generated; do not edit."""

from ostiary.baton.pb.c1.connectorapi.baton.v1.baton_pb2 import (
    BatonServiceFinishTaskRequest as BatonServiceFinishTaskRequest,
    BatonServiceFinishTaskResponse as BatonServiceFinishTaskResponse,
    BatonServiceGetTaskRequest as BatonServiceGetTaskRequest,
    BatonServiceGetTaskResponse as BatonServiceGetTaskResponse,
    BatonServiceGetTasksRequest as BatonServiceGetTasksRequest,
    BatonServiceGetTasksResponse as BatonServiceGetTasksResponse,
    BatonServiceHeartbeatRequest as BatonServiceHeartbeatRequest,
    BatonServiceHeartbeatResponse as BatonServiceHeartbeatResponse,
    BatonServiceHelloRequest as BatonServiceHelloRequest,
    BatonServiceHelloResponse as BatonServiceHelloResponse,
    BatonServiceUploadAssetRequest as BatonServiceUploadAssetRequest,
    BatonServiceUploadAssetResponse as BatonServiceUploadAssetResponse,
    StartDebuggingRequest as StartDebuggingRequest,
    StartDebuggingResponse as StartDebuggingResponse,
    Task as Task,
)
