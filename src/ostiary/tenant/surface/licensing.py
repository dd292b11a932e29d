"""What the tenant's Entra edition allows."""

from ostiary.tenant.directory import Directory
from ostiary.tenant.surface.errors import RefusalError

PREMIUM_P1 = "41781fb2-bc02-4b7c-bd55-b576c07bb09d"
PREMIUM_P2 = "eec0eb4f-6444-4f95-aba0-50c24d67f998"
"""servicePlanId of AAD_PREMIUM and AAD_PREMIUM_P2."""


def has_p1(directory: Directory) -> bool:
    return bool(_enabled_plans(directory) & {PREMIUM_P1, PREMIUM_P2})


def has_p2(directory: Directory) -> bool:
    return PREMIUM_P2 in _enabled_plans(directory)


def require_p2(directory: Directory) -> None:
    """For PIM."""
    if not has_p2(directory):
        raise RefusalError(
            400,
            "AadPremiumLicenseRequired",
            "The tenant needs to have Microsoft Entra ID P2 or Microsoft Entra ID Governance "
            "license.",
        )


def require_p1_for_reports(directory: Directory) -> None:
    if not has_p1(directory):
        raise RefusalError(
            403,
            "Authentication_RequestFromNonPremiumTenantOrB2CTenant",
            "Neither tenant is B2C or tenant doesn't have premium license",
        )


def _enabled_plans(directory: Directory) -> set[str]:
    plans = directory.organization.get("assignedPlans") or ()
    return {plan["servicePlanId"] for plan in plans if plan["capabilityStatus"] == "Enabled"}
