"""A tenant before anyone is hired: organization, subscriptions and built-in roles."""

from dataclasses import dataclass

from ostiary.tenant.clock import START, Clock, graph_time
from ostiary.tenant.directory import Directory, Properties, ServicePlan, Sku
from ostiary.tenant.directory.builtin_roles import builtin_roles
from ostiary.tenant.directory.ids import stable_id

E5 = "06ebc4ee-1bb5-47dd-8120-11324bc54e06"
E3 = "6fd2c87f-b296-42f0-b197-1e91e994b900"
ENTRA_P2 = "84a661c4-e949-4bd2-a560-ed7766fcaf2b"
POWER_BI_PRO = "f8a1db68-be16-40ed-86d5-cb42ce701560"
FLOW_FREE = "f30db892-07e9-47e9-837c-80727f46fd3d"

EXCHANGE = ServicePlan("efb87545-963c-4e0d-99df-69c6916d9eb0", "EXCHANGE_S_ENTERPRISE")
SHAREPOINT = ServicePlan("5dbe027f-2339-4123-9542-606e4d348a72", "SHAREPOINTENTERPRISE")
TEAMS = ServicePlan("57ff2da0-773e-42df-b2af-ffb7a2317929", "TEAMS1")
INTUNE = ServicePlan("c1ec4a95-1f05-45b3-a911-aa3fa01094f5", "INTUNE_A")
PREMIUM_P1 = ServicePlan("41781fb2-bc02-4b7c-bd55-b576c07bb09d", "AAD_PREMIUM")
PREMIUM_P2 = ServicePlan("eec0eb4f-6444-4f95-aba0-50c24d67f998", "AAD_PREMIUM_P2")
POWER_BI = ServicePlan("70d33638-9c74-4d01-bfd3-562de28bd4ba", "BI_AZURE_P2")
FLOW = ServicePlan("50e68c76-46c6-4674-81f9-75456511b170", "FLOW_P2_VIRAL")
FOUNDATION = ServicePlan(
    "113feb6c-3fe4-4440-bddc-54d774bf0318", "EXCHANGE_S_FOUNDATION", applies_to="Company"
)


@dataclass(frozen=True)
class Seats:
    """Seats bought of each subscription."""

    e5: int
    e3: int
    p2: int
    power_bi: int
    flow: int = 10_000


def found(*, name: str, domain: str, seats: Seats, clock: Clock | None = None) -> Directory:
    """A premium (P2) tenant whose ids follow from its name."""
    directory = Directory(_organization(name, domain), clock)
    directory.role_definitions.update(builtin_roles())
    for sku in _subscriptions(seats):
        directory.skus[sku.sku_id] = sku
    return directory


def initial_domain(domain: str) -> str:
    return domain.replace(".", "") + ".onmicrosoft.com"


def _organization(name: str, domain: str) -> Properties:
    since = "2021-03-08T07:45:12Z"
    return {
        "id": stable_id("tenant", name),
        "displayName": name,
        "countryLetterCode": "CH",
        "country": None,
        "city": "Basel",
        "createdDateTime": since,
        "preferredLanguage": "en",
        "tenantType": "AAD",
        "technicalNotificationMails": [f"it@{domain}"],
        "onPremisesSyncEnabled": True,
        "onPremisesLastSyncDateTime": graph_time(START),
        "verifiedDomains": [
            _domain(initial_domain(domain), initial=True),
            _domain(domain, default=True),
        ],
        "assignedPlans": [
            {
                "assignedDateTime": since,
                "capabilityStatus": "Enabled",
                "service": service,
                "servicePlanId": plan.id,
            }
            for service, plan in (
                ("AADPremiumService", PREMIUM_P1),
                ("AADPremiumService", PREMIUM_P2),
                ("exchange", EXCHANGE),
                ("SharePoint", SHAREPOINT),
                ("SCO", INTUNE),
            )
        ],
    }


def _domain(name: str, *, initial: bool = False, default: bool = False) -> Properties:
    return {
        "capabilities": "Email, OfficeCommunicationsOnline",
        "isDefault": default,
        "isInitial": initial,
        "name": name,
        "type": "Managed",
    }


def _subscriptions(seats: Seats) -> list[Sku]:
    suite = (EXCHANGE, SHAREPOINT, TEAMS, INTUNE, PREMIUM_P1, PREMIUM_P2)
    office = (EXCHANGE, SHAREPOINT, TEAMS)
    return [
        Sku(E5, "SPE_E5", seats.e5, suite, excludes=frozenset({E3})),
        Sku(E3, "ENTERPRISEPACK", seats.e3, office, excludes=frozenset({E5})),
        Sku(ENTRA_P2, "AAD_PREMIUM_P2", seats.p2, (PREMIUM_P1, PREMIUM_P2, FOUNDATION)),
        Sku(
            POWER_BI_PRO,
            "POWER_BI_PRO",
            seats.power_bi,
            (POWER_BI,),
            prohibited_locations=frozenset({"CU", "IR", "KP", "SY"}),
        ),
        Sku(FLOW_FREE, "FLOW_FREE", seats.flow, (FLOW, FOUNDATION)),
    ]
