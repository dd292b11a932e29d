"""Builds tenants for the tests of the Graph surface."""

from typing import Any

from ostiary.tenant.directory import Directory, Kind, RoleDefinition, ServicePlan, Sku
from ostiary.tenant.directory.ids import stable_id
from ostiary.tenant.surface.licensing import PREMIUM_P1, PREMIUM_P2

TENANT_ID = stable_id("tenant")
READERS = "88d8e3e3-8f55-4a1e-953a-9b9898b8876b"
GLOBAL_ADMINS = "62e90394-69f5-4237-9190-012177145e10"
PAYROLL_ROLE = stable_id("payroll role")
E5 = "06ebc4ee-1bb5-47dd-8120-11324bc54e06"


def organization(*plans: str) -> dict[str, Any]:
    return {
        "id": TENANT_ID,
        "displayName": "Contoso",
        "countryLetterCode": "DE",
        "verifiedDomains": [{"name": "contoso.test", "isDefault": True, "isInitial": True}],
        "assignedPlans": [
            {"servicePlanId": plan, "capabilityStatus": "Enabled", "service": "AADPremiumService"}
            for plan in plans
        ],
    }


def empty(*plans: str) -> Directory:
    return Directory(organization(*(plans or (PREMIUM_P1, PREMIUM_P2))))


def built(*plans: str) -> Directory:
    """Three users, two groups (one nested), one app with a role, one directory role."""
    directory = empty(*plans)
    with directory.journal.paused():
        for name in ("alice", "bob", "carol"):
            add_user(directory, name)
        directory.create(Kind.GROUP, group("Finance"), id=stable_id("Finance"))
        directory.create(Kind.GROUP, group("Everyone"), id=stable_id("Everyone"))
        directory.create(Kind.SERVICE_PRINCIPAL, payroll(), id=stable_id("Payroll"))
        directory.create(
            Kind.APPLICATION,
            {"displayName": "Payroll", "appId": stable_id("Payroll app")},
            id=stable_id("Payroll application"),
        )
        _link(directory)
        _licences_and_roles(directory)
    return directory


def add_user(directory: Directory, name: str, **props: Any) -> str:
    basics = {
        "displayName": name.title(),
        "userPrincipalName": f"{name}@contoso.test",
        "mailNickname": name,
        "accountEnabled": True,
        "userType": "Member",
        "createdDateTime": "2025-01-01T00:00:00Z",
    }
    return directory.create(Kind.USER, basics | props, id=stable_id(name)).id


def group(name: str, **props: Any) -> dict[str, Any]:
    basics = {
        "displayName": name,
        "mailNickname": name.lower(),
        "mailEnabled": False,
        "securityEnabled": True,
        "groupTypes": [],
    }
    return basics | props


def payroll() -> dict[str, Any]:
    return {
        "displayName": "Payroll",
        "appId": stable_id("Payroll app"),
        "servicePrincipalType": "Application",
        "accountEnabled": True,
        "appRoles": [{"id": PAYROLL_ROLE, "displayName": "Clerk", "isEnabled": True}],
        "keyCredentials": [{"keyId": stable_id("key"), "key": "c2VjcmV0", "displayName": "CN=x"}],
    }


def _link(directory: Directory) -> None:
    finance, everyone = stable_id("Finance"), stable_id("Everyone")
    for member in ("alice", "bob", "Payroll"):
        directory.add_member(finance, stable_id(member))
    directory.add_member(everyone, finance)
    directory.add_member(everyone, stable_id("carol"))
    directory.add_owner(finance, stable_id("carol"))
    directory.add_owner(stable_id("Payroll"), stable_id("alice"))
    directory.set_manager(stable_id("alice"), stable_id("carol"))
    directory.assign_app_role(stable_id("bob"), stable_id("Payroll"), PAYROLL_ROLE)


def _licences_and_roles(directory: Directory) -> None:
    plan = ServicePlan(stable_id("plan"), "EXCHANGE_S_ENTERPRISE")
    directory.skus[E5] = Sku(E5, "ENTERPRISEPREMIUM", 5, (plan,))
    directory.assign_license(stable_id("bob"), E5)
    for role_id, name in ((READERS, "Directory Readers"), (GLOBAL_ADMINS, "Global Administrator")):
        directory.role_definitions[role_id] = RoleDefinition(role_id, role_id, name, f"{name}.")
    directory.assign_role(stable_id("carol"), GLOBAL_ADMINS)
    directory.make_eligible(stable_id("alice"), READERS)
    last = {"lastSignInDateTime": "2026-10-30T08:00:00Z"}
    directory.sign_ins[stable_id("alice")] = last


def many_users(count: int) -> Directory:
    directory = empty()
    with directory.journal.paused():
        for number in range(count):
            add_user(directory, f"user{number:04}")
    return directory
