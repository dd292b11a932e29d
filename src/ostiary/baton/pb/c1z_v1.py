"""Every message and enum of c1.c1z.v1. Generated; do not edit."""

from ostiary.baton.pb.c1.c1z.v1.annotation_sync_details_pb2 import (
    SyncDetails as SyncDetails,
)
from ostiary.baton.pb.c1.c1z.v1.diff_pb2 import (
    C1ZDiffOutput as C1ZDiffOutput,
    EntitlementDiff as EntitlementDiff,
    GrantDiff as GrantDiff,
    ResourceDiff as ResourceDiff,
)
