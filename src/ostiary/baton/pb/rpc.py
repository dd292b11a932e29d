"""Every message and enum of google.rpc. Generated; do not edit."""

from ostiary.baton.pb.google.rpc.status_pb2 import (
    Status as Status,
)
