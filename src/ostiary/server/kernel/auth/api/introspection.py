"""`GET /api/v1/auth/introspect`: who the caller is. What `cone whoami` asks first."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter

from ostiary.server.kernel.auth.api.messages import Introspection
from ostiary.server.kernel.authz.enforcement import Access, requires
from ostiary.server.kernel.authz.permissions import Permission, named
from ostiary.server.kernel.rest import KernelOf

router = APIRouter(prefix="/api/v1", tags=["Auth"])


@router.get("/auth/introspect")
def introspect(
    kernel: KernelOf, access: Annotated[Access, requires(Permission.SELF)]
) -> Introspection:
    caller = access.caller
    return Introspection(
        principle_id=caller.user.public_id,
        user_id=caller.user.public_id,
        tenant_id=kernel.settings.external_host,
        roles=list(caller.role_ids),
        permissions=named(caller.allowances),
    )
