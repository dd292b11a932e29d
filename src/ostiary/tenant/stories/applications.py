"""Enterprise applications, what they hold on to, and who is assigned to them."""

from ostiary.tenant.directory import DEFAULT_ACCESS, Properties
from ostiary.tenant.directory.ids import stable_id
from ostiary.tenant.stories.app_builder import (
    App,
    app_role,
    certificate,
    foreign_app,
    managed_identity,
    registered_app,
    secret,
    service_principal,
)
from ostiary.tenant.stories.builder import Builder, day
from ostiary.tenant.stories.graph_app import GRAPH_PERMISSIONS, first_party_apps, microsoft_graph
from ostiary.tenant.stories.people import People

INTEGRATION_PERMISSIONS = (
    "Application.Read.All",
    "AuditLog.Read.All",
    "Directory.Read.All",
    "GroupMember.Read.All",
    "RoleManagement.Read.Directory",
    "User.Read.All",
)


def deploy(build: Builder, people: People) -> None:
    graph = microsoft_graph(build)
    first_party_apps(build)
    _expenses(build, people)
    _legacy(build)
    _integration(build, people, graph)
    _by_number_of_assignments(build, people)
    _credentials(build, people)
    _from_elsewhere(build, people)
    _old_types(build, people)
    _identities(build, graph)


def _expenses(build: Builder, people: People) -> None:
    roles = [
        app_role("Expenses", "User"),
        app_role("Expenses", "Approver"),
        app_role("Expenses", "Retired", enabled=False),
        app_role("Expenses", "Import", for_apps=True),
    ]
    app = registered_app(
        build,
        "Expenses",
        roles=roles,
        appRoleAssignmentRequired=True,
        loginUrl="https://expenses.example/login",
        preferredSingleSignOnMode="saml",
        keyCredentials=[certificate("Expenses SAML", -300, 795, "Sign")],
        notificationEmailAddresses=[f"it@{build.domain}"],
    )
    assign = build.directory.assign_app_role
    assign(build.directory.id_of("SG-Finance"), app.service_principal_id, app.roles["User"])
    assign(people["alice"], app.service_principal_id, app.roles["Approver"])
    assign(people["alice"], app.service_principal_id, app.roles["User"])
    build.owners(app.service_principal_id, people["alice"])
    build.owners(app.application_id or "", people["dario"])
    build.directory.sync_jobs[app.service_principal_id] = [_scim_job(app)]


def _scim_job(app: App) -> Properties:
    """`schema` is a navigation property: served at `jobs/{id}/schema`, not with the job."""
    ran = {"activityIdentifier": stable_id("run", app.name), "state": "Succeeded"}
    ran |= {"timeBegan": day(-0.03), "timeEnded": day(-0.02)}
    return {
        "id": f"scim.{stable_id('job', app.name).replace('-', '')}",
        "templateId": "scim",
        "schedule": {"expiration": None, "interval": "PT40M", "state": "Active"},
        "status": {
            "code": "Active",
            "countSuccessiveCompleteFailures": 0,
            "escrowsPruned": False,
            "lastExecution": ran,
            "lastSuccessfulExecution": ran,
            "quarantine": None,
            "steadyStateFirstAchievedTime": day(-200),
            "steadyStateLastAchievedTime": day(-0.02),
        },
        "synchronizationJobSettings": [],
        "schema": {
            "id": stable_id("schema", app.name),
            "synchronizationRules": [
                {"id": stable_id("rule", app.name), "name": "USER_OUTBOUND_USER", "priority": 1}
            ],
        },
    }


def _legacy(build: Builder) -> None:
    registered_app(build, "Legacy", accountEnabled=False)


def _integration(build: Builder, people: People, graph: App) -> None:
    """The app Ostiary itself signs in as; its secret ends 90 days after the story is played, so
    that it can sign in whenever that is."""
    in_use = secret("ostiary", -90, 90, build.directory.clock.now())
    app = registered_app(
        build,
        "OurIntegration",
        registration={
            "passwordCredentials": [in_use, secret("before", -600, -230)],
            "requiredResourceAccess": [
                {
                    "resourceAppId": graph.app_id,
                    "resourceAccess": [
                        {"id": GRAPH_PERMISSIONS[name], "type": "Role"}
                        for name in INTEGRATION_PERMISSIONS
                    ],
                }
            ],
        },
    )
    for name in INTEGRATION_PERMISSIONS:
        build.directory.assign_app_role(
            app.service_principal_id, graph.service_principal_id, graph.roles[name]
        )
    build.owners(app.application_id or "", people["carol"], people["erin"])
    build.owners(app.service_principal_id, people["carol"])


def _by_number_of_assignments(build: Builder, people: People) -> None:
    """$expand shows at most 20: an app with exactly 20, one with 21, one with over 100."""
    everyone = list(people.ids.values())
    for name, count in (("App-Twenty", 20), ("App-TwentyOne", 21)):
        app = registered_app(build, name)
        for user_id in everyone[:count]:
            build.directory.assign_app_role(user_id, app.service_principal_id, DEFAULT_ACCESS)
    roles = [app_role("App-Crowded", value) for value in ("Read", "Write", "Admin", "Audit")]
    crowded = registered_app(build, "App-Crowded", roles=roles)
    for role_id in crowded.roles.values():
        for user_id in everyone:
            build.directory.assign_app_role(user_id, crowded.service_principal_id, role_id)


def _credentials(build: Builder, people: People) -> None:
    """Expired, about to expire, far from it; on the application, on its principal, on both."""
    app = registered_app(
        build,
        "Warehouse API",
        registration={
            "passwordCredentials": [secret("wh-expired", -730, -3), secret("wh-soon", -350, 6)],
            "keyCredentials": [certificate("wh-cert-old", -900, -170)],
        },
        passwordCredentials=[secret("wh-sp-secret", -10, 355)],
        keyCredentials=[certificate("wh-sp-cert", -5, 1)],
    )
    build.owners(app.service_principal_id, people["olga.b"])
    build.owners(build.directory.id_of("SG-Twin"), app.service_principal_id)
    robots = build.group("SG-Robots")
    build.members(robots, app.service_principal_id, people["svc-backup"])
    build.directory.assign_app_role(robots, app.service_principal_id, DEFAULT_ACCESS)
    registered_app(
        build,
        "Ticket Bot",
        registration={"passwordCredentials": [secret("never-ends", -30, 36_000)]},
    )


def _from_elsewhere(build: Builder, people: People) -> None:
    partner = stable_id("tenant", "Partner")
    crm = foreign_app(build, "Partner CRM", owner=partner, roles=[app_role("CRM", "Seller")])
    for login in ("victor", "wanda", "xavier"):
        build.directory.assign_app_role(
            people[login], crm.service_principal_id, crm.roles["Seller"]
        )
    build.directory.assign_app_role(
        people.guests["eve"], crm.service_principal_id, crm.roles["Seller"]
    )
    foreign_app(build, "Gallery Notes", owner=partner, tags=["HideApp"])
    offered = registered_app(
        build,
        "Public Portal",
        registration={"signInAudience": "AzureADMultipleOrgs"},
        signInAudience="AzureADMultipleOrgs",
    )
    nested = build.directory.id_of("SG-Nested")
    build.directory.assign_app_role(nested, offered.service_principal_id, DEFAULT_ACCESS)
    retired = registered_app(build, "Retired App")
    build.directory.assign_app_role(people["bob"], retired.service_principal_id, DEFAULT_ACCESS)
    build.directory.soft_delete(retired.service_principal_id)
    build.directory.soft_delete(retired.application_id or "")


def _old_types(build: Builder, people: People) -> None:
    """Service principals without an application behind them."""
    legacy = service_principal(
        build,
        "FTP Gateway",
        stable_id("legacy", "FTP Gateway"),
        appId=None,
        servicePrincipalType="Legacy",
        servicePrincipalNames=["http://ftp.corp.example"],
        passwordCredentials=[secret("ftp", -1500, -400)],
        tags=[],
    )
    build.directory.assign_app_role(people["sven"], legacy, DEFAULT_ACCESS)
    service_principal(
        build,
        "Google",
        stable_id("social", "Google"),
        servicePrincipalType="SocialIdp",
        tags=[],
    )


def _identities(build: Builder, graph: App) -> None:
    machine = managed_identity(
        build,
        "vm-backup-01",
        "providers/Microsoft.Compute/virtualMachines/vm-backup-01",
        explicit=False,
    )
    shared = managed_identity(
        build,
        "id-shared-jobs",
        "providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-shared-jobs",
        explicit=True,
    )
    for identity in (machine, shared):
        build.directory.assign_app_role(
            identity, graph.service_principal_id, graph.roles["User.Read.All"]
        )
    build.members(build.directory.id_of("SG-Robots"), shared)
