"""BatonService over gRPC. Generated; do not edit."""

from ostiary.baton.pb.c1.connectorapi.baton.v1.baton_pb2_grpc import (
    BatonServiceServicer as BatonServiceServicer,
    BatonServiceStub as BatonServiceStub,
    add_BatonServiceServicer_to_server as add_BatonServiceServicer_to_server,
)
