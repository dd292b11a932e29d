"""Which edition of Entra the tenant has, asked only where a refusal leaves that open."""

from __future__ import annotations

import msgspec

from ostiary.entra.collect.query import Query
from ostiary.entra.collect.reader import Reader
from ostiary.graph import Page, PermissionMissing

PREMIUM = frozenset(
    {
        "41781fb2-bc02-4b7c-bd55-b576c07bb09d",  # AAD_PREMIUM (P1)
        "eec0eb4f-6444-4f95-aba0-50c24d67f998",  # AAD_PREMIUM_P2
    }
)
"""Service plans. Microsoft Entra ID Governance can only be bought on top of one of them."""


class AssignedPlan(msgspec.Struct):
    servicePlanId: str | None = None
    capabilityStatus: str | None = None


class Organization(msgspec.Struct):
    assignedPlans: list[AssignedPlan] = []


_QUERY = Query("/organization", select="id,assignedPlans")


async def is_free(reader: Reader, *, stream: str) -> bool:
    """Whether the tenant certainly has neither P1 nor P2; False also when that is not readable.

    Raises:
        GraphError: Graph failed for another reason than permission.
    """
    try:
        page = await reader.graph.get(
            _QUERY.path, Page[Organization], params=_QUERY.params, stream=stream
        )
    except PermissionMissing:
        return False
    plans = [plan for organization in page.value for plan in organization.assignedPlans]
    held = {plan.servicePlanId for plan in plans if plan.capabilityStatus != "Deleted"}
    return bool(page.value) and held.isdisjoint(PREMIUM)
