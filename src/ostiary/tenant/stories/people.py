"""The staff, guests and service accounts of the small story."""

from dataclasses import dataclass
from typing import Any

from ostiary.tenant.stories.builder import Builder, day, from_active_directory

_STAFF = """\
dana Dana Whitfield|IT Manager|IT|carol
erin Erin Castellan|Identity Engineer|IT|dana
hugo Hugo Brandt|Chief Executive Officer|Executive|
ines Inês Carvalho|Chief Operating Officer|Operations|hugo
jonas Jonas Keller|Controller|Finance|alice
kira Kira Novak|Accountant|Finance|jonas
liam Liam Doyle|Payroll Clerk|Finance|jonas
mona Mona Haddad|Treasury Analyst|Finance|jonas
nils Nils Åkerström|Auditor|Finance|kira
olga.b Olga Berg|Warehouse Lead|Operations|ines
pete Pete Sanders|Forklift Driver|Operations|olga.b
quentin Quentin Leroy|Buyer|Operations|ines
rosa Rosa Jiménez|Planner|Operations|quentin
sven Sven Lund|Help Desk Agent|IT|dana
tara Tara McAllister|Network Engineer|IT|dana
uma Uma Patel|Data Engineer|IT|erin
victor Victor Popescu|Head of Sales|Sales|hugo
wanda Wanda Kowalska|Account Executive|Sales|victor
xavier Xavier Dubois|Account Executive|Sales|victor
yara Yara Santos|Sales Assistant|Sales|wanda
zeno Zeno Ricci|Intern|Sales|yara
amir Amir Rahimi|Field Engineer|Operations|ines
bela Béla Nagy|Counsel|Legal|hugo
chloe Chloë van Dijk|Recruiter|People|ines
dario Dario Conti|Developer|IT|erin
"""


@dataclass
class People:
    """Object ids by login."""

    ids: dict[str, str]
    guests: dict[str, str]

    def __getitem__(self, login: str) -> str:
        return self.ids[login]


def hire(build: Builder) -> People:
    people = People({}, {})
    _principal_cast(build, people)
    managers = {"alice": "hugo", "bob": "alice", "dave": "alice", "frank": "ines", "gina": "victor"}
    for number, line in enumerate(_STAFF.splitlines()):
        login, _, rest = line.partition(" ")
        name, title, department, manager = rest.split("|")
        details = _particulars(number, title, department)
        people.ids[login] = build.user(name, login, **details)
        if manager:
            managers[login] = manager
    for login, manager in managers.items():
        build.directory.set_manager(people[login], people[manager])
    _guests(build, people)
    _sign_ins(build, people)
    _leavers(build)
    return people


def _principal_cast(build: Builder, people: People) -> None:
    def hired(name: str, login: str, **props: Any) -> None:
        people.ids[login] = build.user(name, login, **props)

    hired("Alice Marlow", "alice", **_particulars(100, "Chief Financial Officer", "Finance"))
    hired("Bob Smith", "bob", **_particulars(101, "Financial Analyst", "Finance"))
    hired("Carol Reyes", "carol", **_particulars(102, "IT Administrator", "IT"))
    dave = _particulars(103, "Financial Analyst", "Finance") | {"accountEnabled": False}
    hired("Dave Quinn", "dave", **dave, employeeLeaveDateTime=day(-12))
    frank = _particulars(104, "Plant Manager", "Operations") | from_active_directory("frank")
    hired("Frank Osei", "frank", **frank)
    gina = _particulars(105, "Sales Engineer", "Sales") | {"usageLocation": None}
    hired("Gina Rossi", "gina", **gina)
    hired(
        "Svc-Backup",
        "svc-backup",
        mail=None,
        proxyAddresses=[],
        givenName=None,
        jobTitle=None,
        usageLocation=None,
        passwordPolicies="DisablePasswordExpiration",
    )
    hired("Break Glass 1", "breakglass1", mail=None, proxyAddresses=[], usageLocation=None)


def _particulars(number: int, title: str, department: str) -> dict[str, Any]:
    located = {7: "KP", 21: "IR"}.get(number, "CH")
    return {
        "businessPhones": [f"+41 61 555 {number:04d}"],
        "city": "Basel",
        "country": "Switzerland",
        "department": department,
        "employeeHireDate": day(-900 - number),
        "employeeId": f"E{number:05d}",
        "employeeOrgData": {"costCenter": f"CC-{number % 7}", "division": "EMEA"},
        "employeeType": "Employee",
        "jobTitle": title,
        "officeLocation": f"B{number % 4}/{number}",
        "onPremisesExtensionAttributes": _extension_attributes(number),
        "preferredLanguage": "en-GB",
        "usageLocation": located,
    }


def _extension_attributes(number: int) -> dict[str, str | None]:
    given = {1: f"badge-{number:05d}", 15: "EMEA"}
    return {f"extensionAttribute{n}": given.get(n) for n in range(1, 16)}


def _guests(build: Builder, people: People) -> None:
    people.guests["eve"] = build.guest(
        "Eve Lindqvist", "eve@partner.example", jobTitle="Consultant"
    )
    people.guests["ivan"] = build.guest(
        "Ivan Horák", "ivan@vendor.example", externalUserState="PendingAcceptance"
    )
    people.guests["mei"] = build.guest("Mei Tanaka", "mei@partner.example", accountEnabled=False)
    people.guests["ext"] = build.guest(
        "Sam Contractor", "sam@agency.example", userType="Member", employeeType="Contractor"
    )


def _sign_ins(build: Builder, people: People) -> None:
    """Some signed in lately, some long ago, some never."""
    sign_ins = build.directory.sign_ins
    for number, (login, user_id) in enumerate(people.ids.items()):
        if number % 4 == 3 or login == "svc-backup":
            continue
        last = -200 if login == "dave" or number % 9 == 8 else -(number % 20) - 0.3
        sign_ins[user_id] = {
            "lastSignInDateTime": day(last),
            "lastSignInRequestId": build.object_id("signIn", login),
            "lastSuccessfulSignInDateTime": day(last),
            "lastSuccessfulSignInRequestId": build.object_id("signIn", login),
        }
    sign_ins[people["svc-backup"]] = {
        "lastNonInteractiveSignInDateTime": day(-0.1),
        "lastNonInteractiveSignInRequestId": build.object_id("signIn", "svc-backup"),
    }


def _leavers(build: Builder) -> None:
    for name, login in (("Henk Visser", "henk"), ("Irma Feld", "irma")):
        gone = build.user(name, login, department="Sales")
        build.directory.soft_delete(gone)
    build.directory.soft_delete(build.guest("Old Guest", "old@partner.example"))
