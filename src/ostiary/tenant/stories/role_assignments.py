"""Directory roles: permanent, for a while, eligible, through groups, in scopes."""

from ostiary.tenant.directory import RoleDefinition
from ostiary.tenant.directory.builtin_roles import GLOBAL_ADMINISTRATOR, USER_ADMINISTRATOR
from ostiary.tenant.directory.ids import stable_id
from ostiary.tenant.stories.builder import Builder, days
from ostiary.tenant.stories.people import People

HELPDESK_ADMINISTRATOR = "729827e3-9c14-49f7-bb1b-9608f156bbb8"
APPLICATION_ADMINISTRATOR = "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3"
GROUPS_ADMINISTRATOR = "fdd7a751-b60b-444a-984c-02652fe8fa1c"
DIRECTORY_READERS = "88d8e3e3-8f55-4a1e-953a-9b9898b8876b"
SECURITY_READER = "5d6b6bb7-de71-4623-b4af-96380a352509"
GLOBAL_READER = "f2ef992c-3afb-46b9-b7cf-a126ee74c451"
EXPENSE_AUDITOR = stable_id("roleDefinition", "Expense Auditor")

TWO_HOURS = 2 / 24


def appoint(build: Builder, people: People) -> None:
    _global_administrators(build, people)
    _through_groups(build, people)
    _scoped(build, people)
    _others(build, people)


def _global_administrators(build: Builder, people: People) -> None:
    directory = build.directory
    directory.assign_role(people["carol"], GLOBAL_ADMINISTRATOR, start=days(-800))
    directory.assign_role(people["breakglass1"], GLOBAL_ADMINISTRATOR, start=days(-800))
    directory.make_eligible(people["alice"], GLOBAL_ADMINISTRATOR, start=days(-90))
    directory.make_eligible(people["erin"], GLOBAL_ADMINISTRATOR, start=days(-90), end=days(275))
    directory.activate_role(people["erin"], GLOBAL_ADMINISTRATOR, end=days(TWO_HOURS))


def _through_groups(build: Builder, people: People) -> None:
    directory = build.directory
    directory.assign_role(directory.id_of("SG-Admins"), USER_ADMINISTRATOR, start=days(-300))
    standby = build.group("SG-PIM-Standby", isAssignableToRole=True)
    build.members(standby, people["dana"], people["tara"])
    directory.make_eligible(standby, GROUPS_ADMINISTRATOR, start=days(-30), end=days(150))
    directory.activate_role(people["dana"], GROUPS_ADMINISTRATOR, end=days(TWO_HOURS * 2))


def _scoped(build: Builder, people: People) -> None:
    directory = build.directory
    unit = f"/administrativeUnits/{directory.id_of('AU-Basel')}"
    directory.assign_role(people["sven"], HELPDESK_ADMINISTRATOR, unit)
    directory.make_eligible(people["tara"], HELPDESK_ADMINISTRATOR, unit, end=days(90))
    app = f"/{build.object_id('application', 'Expenses')}"
    directory.assign_role(people["dario"], APPLICATION_ADMINISTRATOR, app)
    directory.make_eligible(people["bob"], APPLICATION_ADMINISTRATOR, app)


def _others(build: Builder, people: People) -> None:
    directory = build.directory
    directory.role_definitions[EXPENSE_AUDITOR] = RoleDefinition(
        id=EXPENSE_AUDITOR,
        template_id=EXPENSE_AUDITOR,
        display_name="Expense Auditor",
        description="Sees who may use the expenses application",
        is_built_in=False,
        allowed_actions=("microsoft.directory/servicePrincipals/appRoleAssignedTo/read",),
        version=None,
    )
    directory.assign_role(people["nils"], EXPENSE_AUDITOR)
    directory.assign_role(directory.id_of("Warehouse API"), DIRECTORY_READERS)
    directory.assign_role(directory.id_of("vm-backup-01"), DIRECTORY_READERS)
    directory.assign_role(people["bela"], SECURITY_READER, start=days(-5), end=days(25))
    directory.assign_role(people["dave"], GLOBAL_READER, start=days(-500))
